"""Category ids of `infer --ann`: those of the file, so that COCO's tools find the poses."""

import contextlib
import io
import json

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from helpers.poses import pose_config, pose_model, random_image
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons_core.datasets.coco_categories import CategoryError, category_to_write

POINTS = [f'point {k}' for k in range(17)]
HORSE, CAR = dict(id=9, name='horse', keypoints=POINTS), dict(id=4, name='car')


@pytest.fixture(scope='module')
def pose(tmp_path_factory):
    folder = tmp_path_factory.mktemp('pose')
    config = pose_config()
    Config(dict(config)).dump(folder / 'pose.py')
    write_checkpoint(folder / 'pose.pth', pose_model(config).state_dict(), {})
    return [folder / 'pose.py', folder / 'pose.pth']


@pytest.fixture
def infer(tmp_path, rng, pose, run_command):
    """Runs the command on two images: exit status, errors and results."""
    for name in ('a.png', 'b.png'):
        cv2.imwrite(str(tmp_path / name), random_image(rng))

    def run(categories, annotations=(), *more):
        images = [
            dict(id=key, file_name=name, width=160, height=120)
            for key, name in ((3, 'a.png'), (5, 'b.png'))
        ]
        content = dict(images=images, annotations=annotations, categories=categories)
        (tmp_path / 'ann.json').write_text(json.dumps(content))
        line = ['infer', tmp_path / 'a.png', tmp_path / 'b.png', '--pose', *pose]
        line += ['--ann', tmp_path / 'ann.json', '--device', 'cpu', '--save-json']
        line += ['--no-visualizations', '--out', tmp_path / 'out']
        status, _, errors = run_command(*line, *more)
        file = tmp_path / 'out/results.json'
        return status, errors, json.loads(file.read_text()) if file.exists() else None

    return run


def person(number, image, category, box):
    return dict(id=number, image_id=image, category_id=category, bbox=box, area=900, iscrowd=0)


def test_coco_evaluates_the_results(infer, tmp_path):
    status, errors, results = infer([CAR, HORSE], ())
    assert (status, errors) == (0, '')
    assert [result['category_id'] for result in results] == [9, 9]
    content = json.loads((tmp_path / 'ann.json').read_text())
    for number, result in enumerate(results):
        truth = person(number + 1, result['image_id'], 9, result['bbox'])
        points = np.reshape(result['keypoints'], (-1, 3))
        points[:, 2] = 2
        truth.update(keypoints=points.ravel().tolist(), num_keypoints=17)
        content['annotations'].append(truth)
    (tmp_path / 'truth.json').write_text(json.dumps(content))
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(tmp_path / 'truth.json'))
        found = truth.loadRes(str(tmp_path / 'out/results.json'))
        evaluation = COCOeval(truth, found, 'keypoints')
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1)


def test_given_boxes_keep_their_category(infer):
    zebra = dict(HORSE, id=2, name='zebra')
    boxes = [
        person(1, 3, 4, [0, 0, 50, 50]),
        person(2, 3, 9, [5, 5, 50, 50]),
        person(3, 3, 2, [60, 20, 50, 50]),
    ]
    status, errors, results = infer([CAR, HORSE, zebra], boxes, '--ann-boxes')
    assert status == 0
    assert 'ann.json: 1 boxes are left out: of a category that is not used' in errors
    found = [(result['category_id'], result['bbox']) for result in results]
    assert found == [(9, [5, 5, 50, 50]), (2, [60, 20, 50, 50])]


@pytest.mark.parametrize('options', [(), ('--ann-boxes',)])
def test_a_category_with_other_keypoints_is_said(infer, options):
    face = dict(id=9, name='face', keypoints=POINTS[:5])
    status, errors, results = infer([CAR, face], [person(1, 3, 9, [5, 5, 50, 50])], *options)
    assert status == 0
    assert 'ann.json: category 9 (face) has 5 keypoints and the network 17' in errors
    assert {result['category_id'] for result in results} == {9}


def test_several_categories_need_a_name(infer):
    both = [HORSE, dict(HORSE, id=2, name='zebra')]
    status, errors, results = infer(both)
    assert (status, results) == (2, None)
    assert '--category-id, got category 9 (horse), category 2 (zebra)' in errors
    status, _, results = infer(both, (), '--category-id', 'zebra')
    assert (status, results[0]['category_id']) == (0, 2)
    status, errors, _ = infer(both, (), '--category-id', '7')
    assert (status, "no category has the id or name '7'" in errors) == (2, True)


@pytest.mark.parametrize(
    ('categories', 'arguments', 'category'),
    [
        ([], (), 1),
        ([], (None, '8'), 8),
        ([dict(id=7)], (), 7),
        ([dict(id=1), dict(id=2)], (), 1),
        ([CAR, HORSE], (17,), 9),
        ([dict(id=5, keypoints=['a']), HORSE], (17,), 9),
    ],
)
def test_category_to_write(categories, arguments, category):
    assert category_to_write(dict(categories=categories), *arguments) == category


def test_several_categories_without_keypoints():
    with pytest.raises(CategoryError, match=r'got category 2 \(None\), category 3'):
        category_to_write(dict(categories=[dict(id=2), dict(id=3)]))


@pytest.mark.parametrize(
    ('boxes', 'message'),
    [
        ([person(n, 3, 9, [100, 60, 140, 110]) for n in range(4)], 'fit as [x1, y1, x2, y2]'),
        ([person(1, 3, 9, [5, 5, 9, float('nan')])], 'bbox[3] is nan'),
        ([person(1, 3, 9, [5, 5, 0, 9])], 'is 0 x 9 px'),
        ([person(1, '3', 9, [5, 5, 9, 9])], "image_id must be a whole number, got '3'"),
        ([person(1, 3, 9, [5, 5, 9, 9])] * 2, 'annotations[0] has the same id'),
        (
            [person(1, 3, 9, [5, 5, 9, 9]) | dict(iscrowd='0')],
            "iscrowd must be 0 or 1, got '0'",
        ),
    ],
)
def test_boxes_that_are_refused(infer, boxes, message):
    status, errors, results = infer([HORSE], boxes, '--ann-boxes')
    assert (status, results) == (2, None)
    assert message in errors


def test_boxes_that_are_left_out_are_counted(infer):
    boxes = [
        person(1, 3, 9, [5, 5, 50, 50]),
        person(2, 3, 9, [5, 5, 50, 50]) | dict(iscrowd=1),
        person(3, 77, 9, [5, 5, 50, 50]),
        person(4, 5, 9, [500, 5, 50, 50]),
    ]
    status, errors, results = infer([HORSE], boxes, '--ann-boxes')
    assert (status, len(results)) == (0, 1)
    for why in ('crowds', 'of an unknown image', 'with a box outside the image'):
        assert f'ann.json: 1 annotations are left out: {why}' in errors
