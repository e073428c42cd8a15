"""What is found before the first step."""

import json
import shutil
from collections import namedtuple
from pathlib import Path

import cv2
import pytest
from mmengine.config import Config

from helpers.labelled_animals import write_labelled, write_tiny_network
from mmpose_addons.apis import InputError
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons.estimators.loading import load_pose_model
from mmpose_addons.training_run import checks
from mmpose_addons.training_run.options import Options
from mmpose_addons_core.datasets.coco_check import DatasetError
from mmpose_addons_core.training_plan import PlanError, read_labelled


@pytest.fixture(scope='module')
def whole(tmp_path_factory):
    return write_labelled(tmp_path_factory.mktemp('labelled'), images=5)


@pytest.fixture
def options(whole, tmp_path):
    """Of a run on a copy of a labelled folder, which a test may change."""
    folder = shutil.copytree(whole, tmp_path / 'labelled')
    return lambda **more: Options(folder, tmp_path / 'run', **more)


def change(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ('old', 'new', 'message'),
    [
        ("'chin'", "'jaw'", 'expected the keypoints .* got .*jaw'),
        ("swap='left_eye'", "swap='left_ear'", "swap and link: .* got 'left_ear'"),
        ('dataset_info = dict(', 'dataset_info = dict(]', 'dataset_info.py cannot be read'),
    ],
)
def test_mistakes_in_dataset_info_are_named(options, old, new, message):
    change(options().labelled / 'dataset_info.py', old, new)
    with pytest.raises(PlanError, match=message):
        checks.checked_labels(options())


def test_a_side_that_is_not_mutual_is_named(options):
    info = options().labelled / 'dataset_info.py'
    change(info, "swap='left_eye'", "swap=''")
    message = "swap: expected that 'right_eye' names 'left_eye', .* got 'right_eye'"
    with pytest.raises(PlanError, match=message):
        checks.check_pairs(checks.checked_labels(options()))


def test_pairs_that_are_missing_are_a_warning(options):
    info = options().labelled / 'dataset_info.py'
    change(info, "swap='left_eye'", "swap=''")
    change(info, "swap='right_eye'", "swap=''")
    lines = checks.check_pairs(checks.checked_labels(options()))
    assert 'left_eye' not in lines[0]
    assert lines[1].startswith('warning: left_eye and right_eye look like left and right, but')


def test_test_images_are_decoded_and_counted(options):
    found = options()
    test = found.labelled / 'annotations/val.json'
    assert checks.count_labelled(test) == 1
    checks.checked_labels(options(test=test))
    copy = found.out.with_name('other') / 'annotations/test.json'
    copy.parent.mkdir(parents=True)
    shutil.copy(test, copy)
    with pytest.raises(DatasetError, match=r'test\.json'):
        checks.checked_labels(options(test=copy))
    with pytest.raises(PlanError, match=r'--test must be a COCO file, got .*, not a file'):
        checks.checked_labels(options(test=copy.parent))


def test_images_that_were_learned_are_no_test(options, tmp_path):
    folder = options().labelled
    train, val = (folder / f'annotations/{part}.json' for part in ('train', 'val'))
    learned = dict(test=train, test_images=folder / 'images')
    with pytest.raises(PlanError, match=r'training part of --labelled and --test .* got 4 of'):
        checks.checked_labels(options(**learned))
    with pytest.raises(
        PlanError, match=r'--few and the val part of --labelled must have .* 1 of'
    ):
        checks.checked_labels(options(few=val))
    checks.checked_labels(options(few=train))
    # an image that no labelled animal is in is neither learned nor tested
    content = json.loads(train.read_text())
    val_part = json.loads(val.read_text())
    content['images'] += [dict(val_part['images'][0], id=99)]
    (tmp_path / 'few.json').write_text(json.dumps(content))
    checks.checked_labels(
        options(few=tmp_path / 'few.json', few_images=folder / 'images', test=val)
    )


def test_copies_of_images_are_the_same_images(options, tmp_path):
    folder = options().labelled
    copied = tmp_path / 'copied'
    for part in ('train', 'val'):
        content = json.loads((folder / f'annotations/{part}.json').read_text())
        for image in content['images']:
            name = f'{part}_{image["id"]}.jpg'
            (copied / 'images').mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / 'images' / image['file_name'], copied / 'images' / name)
            image['file_name'] = name
        (copied / f'{part}.json').write_text(json.dumps(content))
    at = dict(test_images=copied / 'images')
    message = r'4 of both, such as .*/labelled/images/train/.* and its copy .*/copied/images/t'
    with pytest.raises(PlanError, match=message):
        checks.checked_labels(options(test=copied / 'train.json', **at))
    few = dict(few=copied / 'train.json', few_images=copied / 'images')
    checks.checked_labels(options(test=copied / 'val.json', **at, **few))
    few = dict(few=folder / 'annotations/train.json')
    with pytest.raises(
        PlanError, match='--few and --test must have different images, got 4 of'
    ):
        checks.checked_labels(options(test=copied / 'train.json', **at, **few))


def test_what_the_test_needs_is_found_before_training(options, tmp_path):
    val = options().labelled / 'annotations/val.json'
    content = json.loads(val.read_text())
    content['annotations'][0].pop('area')
    (tmp_path / 'test.json').write_text(json.dumps(content))
    images = options().labelled / 'images'
    with pytest.raises(DatasetError, match='area is missing'):
        checks.checked_labels(options(test=tmp_path / 'test.json', test_images=images))


def test_records_that_are_not_used_are_not_counted(options):
    file = options().labelled / 'annotations/train.json'
    content = json.loads(file.read_text())
    content['annotations'][1]['bbox'] = [5, 5, 0, 0]
    file.write_text(json.dumps(content))
    labelled = checks.checked_labels(options())
    assert len(labelled.boxes) == 3
    name = content['annotations'][1]['id']
    left_out = f'left out of {file}: 1 of 4 records: annotation {name} (image '
    assert [line.startswith(left_out) for line in labelled.left_out] == [True]
    assert labelled.left_out[0].endswith('bbox [5, 5, 0, 0] is 0 x 0 px')
    assert checks.usable(file, 18) == (3, [*labelled.left_out])
    val = options().labelled / 'annotations/val.json'
    assert checks.usable(val, 18) == (1, [])


def test_a_start_of_other_keypoints_is_named(options, tmp_path):
    labelled = read_labelled(options().labelled)
    config = Config.fromfile(write_tiny_network(tmp_path / 'tiny.py'))
    metainfo = dict(from_file=str(labelled.info))
    config.test_dataloader = dict(dataset=dict(metainfo=metainfo))
    weights = load_pose_model(config, None, 'cpu').state_dict()
    start = tmp_path / 'start.pth'

    def check(**meta):
        write_checkpoint(start, weights, meta)
        checks.check_start(options(start=start), config, labelled)

    names = dict(enumerate(labelled.keypoints))
    check()
    check(dataset_meta=dict(keypoint_id2name=names))
    other = {**names, 0: 'nose'}
    message = r'start\.pth: expected the 18 keypoints of .*train\.json, got 18; the first dif'
    with pytest.raises(PlanError, match=message + r"ference is keypoint 0: .*, got 'nose'"):
        check(dataset_meta=dict(keypoint_id2name=other))


def test_inputs_that_cannot_be_read_are_named(options, tmp_path):
    (tmp_path / 'broken.mp4').write_bytes(b'no video')
    with pytest.raises(PlanError, match=r'expected images and videos that can be read, got .*'):
        checks.checked_target(options(unlabelled=(str(tmp_path / 'broken.mp4'),)))
    with pytest.raises(InputError, match=r'gone\.mp4 is missing'):
        checks.checked_target(options(unlabelled=(str(tmp_path / 'gone.mp4'),)))
    cv2.imwrite(
        str(tmp_path / 'a.png'),
        cv2.imread(str(next((options().labelled / 'images').rglob('*.jpg')))),
    )
    found = checks.checked_target(options(unlabelled=(str(tmp_path / 'a.png'),)))
    assert [len(part) for part in found] == [1, 0]


def test_what_a_folder_has_beside_images_is_named(options, tmp_path):
    shutil.copytree(options().labelled / 'images', tmp_path / 'new/images')
    shutil.copy(next((tmp_path / 'new').rglob('*.jpg')), tmp_path / 'new/a.jpg')
    (tmp_path / 'new/clip.mp4').write_bytes(b'')
    sources, not_read = checks.checked_target(options(unlabelled=(str(tmp_path / 'new'),)))
    assert [Path(source.location).name for source in sources] == ['a.jpg']
    assert sorted(path.name for path in not_read) == ['clip.mp4', 'images']


def test_a_disk_without_room_is_named(options, monkeypatch):
    usage = namedtuple('usage', 'total used free')
    monkeypatch.setattr(checks.shutil, 'disk_usage', lambda _: usage(10**9, 0, 10**8))
    with pytest.raises(PlanError, match=r'needs about 0\.7 GB of disk, got 0\.1 GB that are'):
        checks.check_disk(options().out, 10_000_000)
    assert checks.check_disk(options().out, 1_000_000) == 18 * 4 * 10**6
    assert checks.check_disk(options().out, 1_000_000, 3) == 18 * 4 * 10**6 + 3 * 10**6
    crops = r'0\.1 GB of disk, 0\.1 GB of it for the crop cache, got .* --no-crop-cache trains'
    with pytest.raises(PlanError, match=crops):
        checks.check_disk(options().out, 1_000_000, crops=5e7)


@pytest.mark.parametrize(
    ('boxes', 'message'),
    [
        (('gone.json',), "got 'gone.json', which is no file"),
        (('a', 'b', 'c'), 'got 3 values'),
    ],
)
def test_boxes_are_files(options, boxes, message):
    with pytest.raises(PlanError, match=message):
        checks.check_boxes(options(boxes=boxes))
    checks.check_boxes(options(boxes=('frame',)))


def test_boxes_of_a_file_are_checked_before_anything_is_read(options, tmp_path):
    file = tmp_path / 'boxes.json'
    file.write_text('{"clip/000000.jpg": [1, 2, NaN, 4]}')
    with pytest.raises(PlanError, match=r'boxes\.json: the box of .* got \[1, 2, nan, 4\]'):
        checks.check_boxes(options(boxes=(str(file),), unlabelled=('a.mp4',)))


def test_several_animals_in_a_frame_need_boxes(options):
    file = options().labelled / 'annotations/train.json'
    content = json.loads(file.read_text())
    content['annotations'].append(dict(content['annotations'][0], id=99))
    file.write_text(json.dumps(content))
    several = read_labelled(options().labelled).several
    adapts = dict(unlabelled=('a.mp4',))
    assert options().crops('') == 'frame'
    assert options().crops(several) == 'box'
    assert options(boxes=('labels',)).crops('') == 'box'
    assert options(boxes=('a.py', 'a.pth'), **adapts).crops(several) == 'box'
    with pytest.raises(PlanError, match=r'several animals in a labelled frame \(.* has 2\)'):
        options(**adapts).crops(several)
    with pytest.raises(PlanError, match='got frame'):
        options(boxes=('frame',)).crops(several)
    with pytest.raises(PlanError, match='the new frames have no labels'):
        options(boxes=('labels',), **adapts).crops('')


@pytest.mark.parametrize('option', ['test', 'few'])
def test_several_animals_count_in_other_labelled_images(option, options, tmp_path):
    labelled = options().labelled
    content = json.loads((labelled / 'annotations/val.json').read_text())
    first = content['annotations'][0]
    content['annotations'].append(dict(first, id=99))
    images = {image['id']: image for image in content['images']}
    for image in images.values():
        file = tmp_path / image['file_name']
        file.parent.mkdir(exist_ok=True)
        shutil.copy(labelled / 'images' / image['file_name'], file)
        file.write_bytes(file.read_bytes() + b'x')  # no copy of an image of val
    file = tmp_path / 'more.json'
    file.write_text(json.dumps(content))
    several = checks.checked_labels(options(**{option: file})).several
    content['annotations'][-1]['iscrowd'] = 1
    group = tmp_path / 'group.json'
    group.write_text(json.dumps(content))
    assert checks.checked_labels(options(**{option: group})).several == ''
    assert several == f'{images[first["image_id"]]["file_name"]} of {file} has 2'
