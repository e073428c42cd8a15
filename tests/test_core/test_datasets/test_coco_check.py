import pytest

from helpers.coco_faults import FAULTS, FIRST, broken_data
from helpers.coco_files import good_data, hide, write_data, write_images
from mmpose_addons_core.datasets.coco_check import DatasetError, check_coco_keypoints
from mmpose_addons_core.datasets.coco_report import PROBLEM_KINDS

REAL = ['coco', 'ap10k', 'animalpose', '300w', 'wflw', 'atrw']


def test_a_good_file_has_no_problems(tmp_path):
    data = good_data()
    report = check_coco_keypoints(
        write_data(tmp_path, data), write_images(tmp_path, data), 'decode', evaluation=True
    )
    assert report.problems == []
    assert report.summary == dict(
        images=2,
        images_used=2,
        annotations=3,
        annotations_used=3,
        keypoints=[17],
        visible_share=1.0,
        box_size_px=dict.fromkeys(('min', 'median', 'max'), (40 * 30) ** 0.5),
    )


@pytest.mark.parametrize('name', FAULTS)
def test_each_fault_is_found_once_with_record_and_value(tmp_path, name):
    fault = FAULTS[name]
    path = write_data(tmp_path, broken_data(name))
    report = check_coco_keypoints(path)
    found = [problem for problem in report.problems if problem.kind == fault.kind]
    assert [(problem.severity, problem.record) for problem in found] == [
        (fault.severity, fault.record.replace('people.json', path))
    ]
    assert fault.value in found[0].value
    assert len(report.errors) == (fault.severity == 'error')


def test_every_kind_has_a_fault():
    elsewhere = {'file', 'image_missing', 'image_unreadable', 'image_size'}
    elsewhere |= {'encoding', 'detection_record', 'detection_box_size', 'frame_number'}
    assert {fault.kind for fault in FAULTS.values()} == set(PROBLEM_KINDS) - elsewhere


@pytest.mark.parametrize(
    ('content', 'value'),
    [
        (None, 'cannot be read: No such file'),
        ('', 'is not JSON: the file is empty'),
        ('{"images": [', 'is not JSON: Expecting value: line 1 column 13'),
        ('\xff', 'is not JSON'),
    ],
    ids=['missing', 'empty', 'cut off', 'not text'],
)
def test_a_file_that_is_not_json(tmp_path, content, value):
    path = tmp_path / 'people.json'
    if content is not None:
        path.write_text(content, encoding='latin-1')
    (problem,) = check_coco_keypoints(path).problems
    assert (problem.kind, problem.severity) == ('file', 'error')
    assert problem.record == str(path)
    assert value in problem.value


def test_a_list_is_not_coco(tmp_path):
    (problem,) = check_coco_keypoints(write_data(tmp_path, [1])).problems
    assert str(problem).endswith('expected a dictionary, got a list')


def test_the_number_of_keypoints_may_be_given(tmp_path):
    path = write_data(tmp_path, good_data(num_keypoints=3))
    assert check_coco_keypoints(path, num_keypoints=3).problems == []
    problems = check_coco_keypoints(path, num_keypoints=4).problems
    assert [problem.kind for problem in problems] == ['keypoint_count'] * 3
    assert 'expected 12' in problems[0].value


def test_one_other_count_among_annotations_without_names_is_an_error(tmp_path):
    data = good_data(num_keypoints=3)
    data['categories'][0]['keypoints'] = []
    data['annotations'][1]['keypoints'] += [1, 1, 2]
    (problem,) = check_coco_keypoints(write_data(tmp_path, data)).problems
    assert (problem.kind, problem.severity) == ('keypoint_count', 'error')
    assert problem.record == 'annotation 2 (image 2, 2.jpg)'


@pytest.mark.parametrize('name', ['no bbox', 'no keypoints', 'no area', 'area zero'])
def test_what_only_evaluation_needs(tmp_path, name):
    path = write_data(tmp_path, broken_data(name))
    assert len(check_coco_keypoints(path).warnings) == 1
    report = check_coco_keypoints(path, evaluation=True)
    assert len(report.errors) == len(report.problems) == 1


def test_a_file_without_annotations_where_none_is_needed(tmp_path):
    data = good_data()
    del data['annotations']
    path = write_data(tmp_path, data)
    assert [problem.kind for problem in check_coco_keypoints(path).errors] == ['layout']
    assert check_coco_keypoints(path, unlabelled=True).problems == []


def test_evaluation_keeps_people_whom_mmpose_keeps(tmp_path):
    data = good_data()
    hide(data['annotations'][0], num_keypoints=17)
    hide(data['annotations'][1], num_keypoints=0)
    path = write_data(tmp_path, data)
    assert list(check_coco_keypoints(path).skipped) == [1, 2]
    assert list(check_coco_keypoints(path, evaluation=True).skipped) == [2]


def test_tolerated_errors_are_warnings(tmp_path):
    data = good_data(num_keypoints=3)
    for name in ('unknown category', 'area zero', 'visibility 3'):
        FAULTS[name].change(data)
    data['annotations'][1]['image_id'] = 9
    tolerate = ['unknown_category', 'area', 'visibility', 'unknown_image']
    path = write_data(tmp_path, data)
    assert len(check_coco_keypoints(path).errors) == 3
    report = check_coco_keypoints(path, tolerate=tolerate)
    assert report.errors == []
    assert report.skipped == {2: 'unknown_image'}


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(images='look'), "got 'look'"),
        (dict(num_keypoints=0), 'at least 1, got 0'),
        (dict(tolerate=['keypoint_count']), r"only \['area'.* got \['keypoint_count'\]"),
    ],
    ids=['images', 'num_keypoints', 'tolerate'],
)
def test_wrong_arguments(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        check_coco_keypoints(tmp_path / 'people.json', **arguments)


def test_the_skip_text_counts_each_record_once(tmp_path):
    data = good_data(people=6)
    for ann in data['annotations'][1:3]:
        hide(ann, 0)
    data['annotations'][1]['bbox'][2] = 0  # also hidden: counted there
    data['annotations'][3]['bbox'][3] = 0
    data['annotations'][5]['bbox'][0] = 30
    path = write_data(tmp_path, data)
    assert check_coco_keypoints(path).skip_text() == (
        f'{path}: skipped 3 of 6 records: '
        '2 without a visible keypoint (first: annotation 2), '
        '1 with a box of zero or negative size (first: annotation 4); '
        'used all the same: 1 x box partly outside the image (first: annotation 6)'
    )


def test_the_error_names_file_records_values_and_the_tool(tmp_path):
    data = good_data(people=4)
    for ann in data['annotations']:
        ann['keypoints'] = ann['keypoints'][: 3 * (17 - ann['id'])]
    path = write_data(tmp_path, data)
    with pytest.raises(DatasetError) as caught:
        check_coco_keypoints(path).raise_for_errors(limit=2, more=['--images', 'a b'])
    assert str(caught.value).splitlines() == [
        f'{path}: 4 errors in 4 records',
        f'  {FIRST}: keypoints has 48 numbers (16 keypoints), expected 51',
        '  annotation 2 (image 2, 2.jpg): keypoints has 45 numbers (15 keypoints), expected 51',
        '  ... and 2 more',
        f"`mmpose-addons check-data {path} --images 'a b'` prints all.",
    ]


@pytest.mark.real_data
@pytest.mark.parametrize('evaluation', [False, True])
@pytest.mark.parametrize('mode', ['header', 'decode'])
@pytest.mark.parametrize('name', REAL)
def test_real_files_have_no_errors(sample_data, name, mode, evaluation):
    files = [path for path in (sample_data / name).glob('*.json') if '_det_' not in path.name]
    assert files
    for path in files:
        report = check_coco_keypoints(path, path.parent, mode, evaluation=evaluation)
        assert report.errors == [], path
        assert report.summary['annotations_used'] > 0


def detection(**values):
    return dict(dict(image_id=1, category_id=1, bbox=[8, 6, 40, 30], score=0.9), **values)


@pytest.mark.parametrize(
    ('detections', 'kind', 'severity', 'record', 'value'),
    [
        (None, 'file', 'error', '', 'cannot be read: No such file'),
        (dict(a=1), 'layout', 'error', '', 'must be a list of detections, got a dict'),
        ([], 'no_annotations', 'error', '', 'none of 0 detections'),
        ([detection(category_id=2)], 'no_annotations', 'error', '', 'none of 1 detections'),
        ([7], 'detection_record', 'error', ': detection 0', 'got 7'),
        (
            [detection(), dict(image_id=1)],
            'detection_record',
            'error',
            ': detection 1',
            "with category_id, got {'image_id': 1}",
        ),
        (
            [detection(image_id=5)],
            'detection_record',
            'error',
            ': detection 0 (image 5)',
            'image_id 5 is not among the images of',
        ),
        (
            [detection(bbox=[1, 2, 3])],
            'detection_record',
            'error',
            ': detection 0 (image 1, 1.jpg)',
            'got [1, 2, 3]',
        ),
        (
            [detection(bbox=[1, 2, 3, 4, 0.8])],
            'detection_record',
            'error',
            ': detection 0 (image 1, 1.jpg)',
            'got [1, 2, 3, 4, 0.8]',
        ),
        (
            [detection(score=None)],
            'detection_record',
            'error',
            ': detection 0 (image 1, 1.jpg)',
            'score must be a number, got None',
        ),
        (
            [detection(), detection(bbox=[1, 2, 0, 3])],
            'detection_box_size',
            'warning',
            ': detection 1 (image 1, 1.jpg)',
            'bbox [1, 2, 0, 3] is 0 x 3 px',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and ' ' in value else '',
)
def test_each_kind_of_broken_detection(tmp_path, detections, kind, severity, record, value):
    path = write_data(tmp_path, good_data())
    boxes = str(tmp_path / 'boxes.json')
    if detections is not None:
        write_data(tmp_path, detections, 'boxes.json')
    (problem,) = check_coco_keypoints(path, bbox_file=boxes).problems
    assert (problem.kind, problem.severity) == (kind, severity)
    assert problem.record == boxes + record
    assert value in problem.value


def test_a_score_may_stand_behind_the_box(tmp_path):
    boxes = write_data(tmp_path, [detection(bbox=[1, 2, 3, 4, 0.9])], 'boxes.json')
    report = check_coco_keypoints(write_data(tmp_path, good_data()), bbox_file=boxes)
    assert (report.problems, report.detections) == ([], [detection(bbox=[1, 2, 3, 4])])


@pytest.mark.real_data
def test_real_detections_have_no_errors(sample_data):
    report = check_coco_keypoints(
        sample_data / 'coco' / 'test_coco.json',
        sample_data / 'coco',
        bbox_file=sample_data / 'coco' / 'test_coco_det_AP_H_56.json',
        evaluation=True,
    )
    assert report.errors == []
    assert report.records == 118
    assert report.skip_text() == ''
