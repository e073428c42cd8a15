import json
import re

import pytest

from helpers.coco_faults import FIRST, broken_data
from helpers.coco_files import good_data, hide, write_data, write_images


@pytest.fixture
def check(run_command, monkeypatch):
    """The tool's exit code and all that it printed."""
    monkeypatch.setenv('COLUMNS', '120')

    def run(*arguments) -> tuple[int, str]:
        code, out, errors = run_command('check-data', *arguments)
        return code, out + errors

    return run


def test_a_good_file(tmp_path, check):
    data = good_data()
    path = write_data(tmp_path, data)
    write_images(tmp_path, data)
    code, output = check(path, '--images', tmp_path, '--strict')
    assert code == 0
    assert f'{path}: 0 errors, 0 warnings' in output
    rows = dict(re.findall(r'│ +(.+?) +│ (.+?) +│', output))
    assert rows == {
        'images': '2',
        'with a usable record': '2',
        'annotations': '3',
        'usable': '3',
        'keypoints': '17',
        'visible': '100.0%',
        'box size sqrt(w h), px': 'min 35, median 35, max 35',
    }


def test_errors_are_counted_with_examples_and_written(tmp_path, check):
    data = good_data(people=6)
    for ann in data['annotations'][:4]:
        del ann['keypoints'][-3:]
    hide(data['annotations'][4], 0)
    path = write_data(tmp_path, data)
    out = tmp_path / 'new' / 'problems.json'
    code, output = check(path, '--max-per-kind', 2, '--json', out)
    assert code == 1
    assert re.search(r'error +│ keypoint_count +│ wrong number of keypoints +│ +4 ', output)
    assert f'  {FIRST}: keypoints has 48 numbers (16 keypoints), expected 51' in output
    assert '  annotation 2 (image 2, 2.jpg): keypoints has 48' in output
    assert 'annotation 3' not in output
    assert '... and 2 more' in output
    assert f'{path}: 4 errors, 1 warnings' in output
    written = json.loads(out.read_text())
    assert (written['errors'], written['warnings']) == (4, 1)
    assert len(written['problems']) == 5
    assert written['problems'][0] == dict(
        kind='keypoint_count',
        severity='error',
        record=FIRST,
        value='keypoints has 48 numbers (16 keypoints), expected 51',
    )
    assert 'annotation 4' in check(path, '--max-per-kind', 0)[1]


def test_warnings_count_where_asked(tmp_path, check):
    path = write_data(tmp_path, broken_data('box of zero width'))
    assert check(path)[0] == 0
    code, output = check(path, '--strict')
    assert code == 1
    assert f'warning: box of zero or negative size\n  {FIRST}: bbox [1, 2, 0, 4]' in output


def test_purposes_change_what_is_an_error(tmp_path, check):
    path = write_data(tmp_path, broken_data('area zero'))
    assert check(path)[0] == 0
    assert check(path, '--evaluation')[0] == 1
    assert check(path, '--evaluation', '--tolerate', 'area')[0] == 0
    assert check(path, '--num-keypoints', 4)[0] == 1


def test_images_are_decoded(tmp_path, check):
    data = good_data()
    path = write_data(tmp_path, data)
    write_images(tmp_path, data)
    image = tmp_path / '2.jpg'
    image.write_bytes(image.read_bytes()[:-40])
    code, output = check(path, '--images', tmp_path)
    assert code == 1
    assert f'image 2 (2.jpg): {image}: truncated or no image' in output


def test_boxes_are_checked(tmp_path, check):
    path = write_data(tmp_path, good_data())
    boxes = [dict(image_id=3, category_id=1, bbox=[1, 2, 3, 4], score=1)]
    boxes = write_data(tmp_path, boxes, 'boxes.json')
    code, output = check(path, '--boxes', boxes)
    assert code == 1
    assert f'{boxes}: detection 0 (image 3): image_id 3 is not among' in output


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['none.json'], 'none.json: cannot be read: No such file or directory'),
        (['people.json', '--boxes', 'none.json'], 'none.json: cannot be read'),
        (['empty.json'], 'empty.json: is not JSON: the file is empty'),
        (['people.json', '--images', 'none'], 'is not a folder'),
        (
            ['people.json', '--num-keypoints', '0'],
            "--num-keypoints: must be a whole number from 1, got '0'",
        ),
        (
            ['people.json', '--workers', '0'],
            "--workers: must be a whole number from 1, got '0'",
        ),
        (
            ['people.json', '--max-per-kind', '-1'],
            "--max-per-kind: must be a whole number from 0, got '-1'",
        ),
        (['people.json', '--tolerate', 'crowd'], "invalid choice: 'crowd'"),
        ([], 'the following arguments are required: ann'),
    ],
    ids=[
        'missing',
        'boxes',
        'empty',
        'images',
        'keypoints',
        'workers',
        'kinds',
        'tolerate',
        'no file',
    ],
)
def test_wrong_usage_and_unreadable_files(tmp_path, monkeypatch, check, arguments, message):
    monkeypatch.chdir(tmp_path)
    write_data(tmp_path, good_data())
    (tmp_path / 'empty.json').write_text('')
    code, output = check(*arguments)
    assert code == 2
    assert message in output


def test_a_place_that_can_not_be_written(tmp_path, check):
    path = write_data(tmp_path, good_data())
    code, output = check(path, '--json', f'{path}/out.json')
    assert code == 2
    assert f'check-data: {path}: is a file, a folder is needed' in output


@pytest.mark.real_data
def test_a_real_file(check, sample_data):
    folder = sample_data / 'coco'
    code, output = check(folder / 'test_coco.json', '--images', folder)
    assert code == 0
    assert '0 errors, 2 warnings' in output


def test_what_the_converter_of_frames_writes_is_clean(tmp_path, check, run_command):
    data = good_data()
    write_images(tmp_path, data)
    out = tmp_path / 'frames.json'
    assert run_command('unlabelled-frames', tmp_path, '--out', out)[0] == 0
    code, output = check(out, '--images', tmp_path, '--unlabelled', '--strict')
    assert code == 0
    assert f'{out}: 0 errors, 0 warnings' in output
    assert 'visible' not in output
    assert re.search(
        r'checked 2 annotations in 0\.\d s and 2 image files \(decode\) in \d\.\d s', output
    )
    assert check(out)[0] == 1  # no keypoints to train with


@pytest.mark.parametrize(
    ('change', 'code', 'message'),
    [
        (dict(bbox=None), 1, 'bbox must be [x, y, width, height], got None'),
        (dict(bbox=[900, 900, 5, 5]), 0, 'lies outside the 64 x 48 image'),
        (dict(image_id='1'), 1, "image_id must be a whole number from 0 to 2^63 - 1, got '1'"),
        (dict(id=2), 1, 'annotations[1] has the id of annotations[0]'),
        (dict(category_id=5), 1, 'category_id is 5, not one of 1'),
        (dict(video_id=1, frame_id=None), 1, 'frame_id must be a number, got None'),
        (dict(video_id=[]), 1, 'video_id must be a number or a text, got []'),
        (dict(keypoints='none'), 0, '0 errors, 0 warnings'),
    ],
    ids=str,
)
def test_unlabelled_records(tmp_path, check, change, code, message):
    data = good_data()
    data['annotations'][0].update(change)
    found, output = check(write_data(tmp_path, data), '--unlabelled')
    assert (found, message in output) == (code, True), output


def test_a_frame_number_used_twice(tmp_path, check):
    data = good_data()
    for ann in data['annotations']:
        ann.update(video_id=1, frame_id=4)
    code, output = check(write_data(tmp_path, data), '--unlabelled')
    assert (code, 'video 1 has the frame 4 in annotations[0], too' in output) == (1, True)


def test_a_name_that_no_terminal_shows(tmp_path, check):
    data = good_data()
    data['images'][0]['file_name'] = 'a\udcff\n.jpg'
    code, output = check(write_data(tmp_path, data), '--images', tmp_path)
    assert code == 1
    assert r'image 1 (a\udcff\n.jpg)' in output
