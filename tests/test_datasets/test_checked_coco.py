import itertools
import json
import logging

import pytest
from mmengine.logging import MMLogger
from mmengine.runner import Runner
from mmpose.registry import DATASETS

import mmpose_addons  # noqa: F401  registers
from helpers.coco_faults import FAULTS, broken_data
from helpers.coco_files import good_data, hide, write_data, write_images
from helpers.tiny import Line, Scores
from mmpose_addons_core.datasets.coco_check import DatasetError, check_coco_keypoints

SURVIVED = [name for name, fault in FAULTS.items() if fault.severity == 'warning']

THREE_POINTS = dict(
    dataset_name='three points',
    keypoint_info={
        index: dict(name=f'{index}', id=index, color=[0, 0, 0], type='', swap='')
        for index in range(3)
    },
    skeleton_info={},
    joint_weights=[1.0] * 3,
    sigmas=[0.05] * 3,
)


def build(folder, ann_file, kind='CheckedCocoDataset', **values):
    return DATASETS.build(
        dict(
            type=kind,
            ann_file=ann_file,
            data_prefix=dict(img=str(folder)),
            pipeline=[],
            **values,
        )
    )


def ids(dataset) -> list:
    return [dataset.get_data_info(index)['id'] for index in range(len(dataset))]


@pytest.fixture
def log():
    """Warnings that reach MMEngine's current log."""
    messages: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: messages.append(record.getMessage())
    logger = MMLogger.get_current_instance()
    logger.addHandler(handler)
    yield messages
    logger.removeHandler(handler)


@pytest.mark.parametrize('data_mode', ['topdown', 'bottomup'])
@pytest.mark.parametrize('test_mode', [False, True])
def test_a_good_file_loads_as_in_mmpose_without_a_word(tmp_path, log, test_mode, data_mode):
    data = good_data()
    path = write_data(tmp_path, data)
    write_images(tmp_path, data)
    modes = dict(test_mode=test_mode, data_mode=data_mode)
    checked = build(tmp_path, path, **modes)
    plain = build(tmp_path, path, kind='CocoDataset', **modes)
    assert log == []
    assert ids(checked) == ids(plain)
    assert len(checked) == (3 if data_mode == 'topdown' else 2)


@pytest.mark.parametrize('name', SURVIVED)
def test_warnings_are_left_out_as_counted(tmp_path, log, name):
    path = write_data(tmp_path, broken_data(name))
    report = check_coco_keypoints(path, num_keypoints=3)
    dataset = build(tmp_path, path, check_images=None, metainfo=THREE_POINTS)
    assert ids(dataset) == [index for index in (1, 3, 2) if index not in report.skipped]
    assert log == ([report.skip_text()] if report.problems else [])


def test_one_warning_counts_all(tmp_path, log):
    data = good_data(people=6)
    hide(data['annotations'][2], 0)
    hide(data['annotations'][4], 17)
    data['annotations'][3]['bbox'][2] = 0
    path = write_data(tmp_path, data)
    dataset = build(tmp_path, path, check_images=None)
    assert ids(dataset) == [1, 2, 6]
    assert log == [
        f'{path}: skipped 3 of 6 records: '
        '2 without a visible keypoint (first: annotation 3), '
        '1 with a box of zero or negative size (first: annotation 4); used all the same: '
        '1 x num_keypoints disagrees with the visibilities (first: annotation 5)'
    ]


@pytest.mark.parametrize('data_mode', ['topdown', 'bottomup'])
@pytest.mark.parametrize('name', SURVIVED)
def test_evaluation_leaves_out_what_mmpose_leaves_out(tmp_path, name, data_mode):
    if name == 'empty keypoints' and data_mode == 'bottomup':
        pytest.skip('MMPose can not stack them')
    data = broken_data(name)
    hide(data['annotations'][1], num_keypoints=17)
    path = write_data(tmp_path, data)
    values = dict(test_mode=True, data_mode=data_mode, metainfo=THREE_POINTS)
    checked = build(
        tmp_path,
        path,
        check_images=None,
        check_tolerate=['area', 'missing_field'],
        **values,
    )
    assert ids(checked) == ids(build(tmp_path, path, kind='CocoDataset', **values))


def test_bottom_up_leaves_out_people_that_can_not_be_stacked(tmp_path, log):
    data = good_data()
    data['annotations'][0].update(keypoints=[], num_keypoints=0)
    path = write_data(tmp_path, data)
    dataset = build(tmp_path, path, check_images=None, data_mode='bottomup')
    assert ids(dataset) == [[3], [2]]
    assert log[0].startswith(f'{path}: masked 1 of 3 records: 1 without a visible')


@pytest.mark.parametrize('data_mode', ['topdown', 'bottomup'])
@pytest.mark.parametrize('test_mode', [False, True])
def test_errors_stop_the_loading(tmp_path, test_mode, data_mode):
    data = good_data()
    data['annotations'][0]['keypoints'] = [9, 9, 2] * 16
    path = write_data(tmp_path, data)
    with pytest.raises(DatasetError) as caught:
        build(tmp_path, path, check_images=None, test_mode=test_mode, data_mode=data_mode)
    message = str(caught.value)
    assert f'{path}: 1 error in 3 records' in message
    assert (
        'annotation 1 (image 1, 1.jpg): keypoints has 48 numbers (16 keypoints), expected 51'
    ) in message
    command = f'`mmpose-addons check-data {path} --max-per-kind 0 --num-keypoints 17'
    assert command + ' --evaluation' * test_mode + '` prints all.' in message


def test_k_is_that_of_the_data_set_not_of_the_file(tmp_path):
    path = write_data(tmp_path, good_data(num_keypoints=5))
    assert check_coco_keypoints(path).problems == []
    with pytest.raises(DatasetError, match='expected 51'):
        build(tmp_path, path, check_images=None)


def test_a_missing_file_stops_the_loading(tmp_path):
    with pytest.raises(DatasetError, match=r'none\.json: cannot be read: No such file'):
        build(tmp_path, str(tmp_path / 'none.json'))


def test_images_are_checked_where_they_are_used(tmp_path):
    data = good_data(people=1)  # in image 1
    path = write_data(tmp_path, data)
    with pytest.raises(DatasetError, match=r'image 1 \(1\.jpg\).*does not exist'):
        build(tmp_path, path)
    write_images(tmp_path, data)
    (tmp_path / '2.jpg').unlink()
    assert len(build(tmp_path, path)) == 1
    with pytest.raises(DatasetError, match=r'image 2 \(2\.jpg\).*does not exist'):
        build(tmp_path, path, data_mode='bottomup')


def test_tolerated_errors_are_counted(tmp_path, log):
    data = good_data()
    del data['annotations'][0]['area']
    path = write_data(tmp_path, data)
    arguments = dict(test_mode=True, check_images=None)
    with pytest.raises(DatasetError, match=r"check_tolerate=\['area'\] turns them"):
        build(tmp_path, path, **arguments)
    assert len(build(tmp_path, path, check_tolerate=['area'], **arguments)) == 3
    assert log == [
        f'{path}: used all the same: 1 x area missing or not positive (first: annotation 1)'
    ]


def detections(*boxes) -> list:
    return [dict(image_id=1, category_id=1, bbox=box, score=0.9) for box in boxes]


def test_detections_of_zero_size_are_skipped(tmp_path, log):
    data = good_data()
    path = write_data(tmp_path, data)
    boxes = write_data(
        tmp_path, detections([8, 6, 0, 30], [8, 6, 40, 30], [8, 6, 4, -3]), 'boxes.json'
    )
    dataset = build(tmp_path, path, bbox_file=boxes, test_mode=True, check_images=None)
    assert len(dataset) == 1
    assert dataset.get_data_info(0)['bbox'].tolist() == [[8, 6, 48, 36]]
    assert log == [
        f'{path}: skipped 2 of 3 records: 2 detections with a box of zero or negative '
        f'size (first: detection 0)'
    ]


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (None, 'cannot be read: No such file'),
        ([], 'none of 0 detections is a usable box'),
        (dict(a=1), 'must be a list of detections, got a dict'),
        ([dict(image_id=7, category_id=1, bbox=[1, 2, 3, 4], score=1)], 'image_id 7 is'),
    ],
    ids=['missing', 'empty', 'no list', 'unknown image'],
)
def test_broken_detections_stop_the_loading(tmp_path, content, message):
    path = write_data(tmp_path, good_data())
    boxes = tmp_path / 'boxes.json'
    if content is not None:
        boxes.write_text(json.dumps(content))
    with pytest.raises(DatasetError, match=message) as caught:
        build(tmp_path, path, bbox_file=str(boxes), test_mode=True, check_images=None)
    assert f'{boxes}' in str(caught.value)
    assert f'--boxes {boxes}' in str(caught.value)


def test_the_runner_stops_before_the_first_step(tmp_path):
    data = good_data()
    good = write_data(tmp_path, data)
    write_images(tmp_path, data)
    (tmp_path / '2.jpg').write_bytes(b'')

    def loader(ann_file, **values):
        dataset = dict(
            type='CheckedCocoDataset',
            ann_file=ann_file,
            data_prefix=dict(img=str(tmp_path)),
            **values,
        )
        return dict(
            batch_size=1,
            num_workers=0,
            dataset=dataset,
            sampler=dict(type='DefaultSampler', shuffle=False),
        )

    number = itertools.count()

    def runner(train, test):
        return Runner(
            model=Line(),
            work_dir=str(tmp_path / 'work'),
            train_dataloader=train,
            train_cfg=dict(by_epoch=True, max_epochs=1),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1)),
            val_dataloader=test,
            val_cfg={},
            val_evaluator=[Scores([])],
            test_dataloader=test,
            test_cfg={},
            test_evaluator=[Scores([])],
            default_scope='mmpose',
            experiment_name=f'{tmp_path.name}-{next(number)}',
        )

    data['annotations'][0]['bbox'] = [1, 2, 3]
    bad = write_data(tmp_path, data, 'bad.json')
    broken_image = r'image 2 \(2\.jpg\): .*2\.jpg: empty file'
    with pytest.raises(DatasetError, match=broken_image):
        runner(loader(good), loader(good, test_mode=True)).train()
    broken_box = r'bbox must be \[x, y, width, height\], got \[1, 2, 3\]'
    stopped = runner(loader(good, check_images=None), loader(bad, test_mode=True))
    with pytest.raises(DatasetError, match=broken_box):
        stopped.train()
    assert stopped.iter == 0
    with pytest.raises(DatasetError, match=broken_box):
        stopped.test()


@pytest.mark.real_data
@pytest.mark.parametrize(
    ('test_mode', 'boxes'),
    [(False, None), (True, None), (True, 'test_coco_det_AP_H_56.json')],
)
def test_real_files_load_as_in_mmpose(sample_data, log, test_mode, boxes):
    folder = sample_data / 'coco'
    values = dict(test_mode=test_mode, bbox_file=boxes and str(folder / boxes))
    path = str(folder / 'test_coco.json')
    checked = build(folder, path, **values)
    assert ids(checked) == ids(build(folder, path, kind='CocoDataset', **values))
    assert len(checked) == (118 if boxes else 12)
    skipped = (
        f'{path}: skipped 2 of 14 records: '
        '2 without a visible keypoint (first: annotation 1202706)'
    )
    assert log == ([] if boxes else [skipped])
