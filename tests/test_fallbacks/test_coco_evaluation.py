"""pycocotools behind xtcocotools' name: by hand, and against numbers of the real one."""

import io
import json
from contextlib import redirect_stdout

import numpy as np
import pytest

from helpers.keypoint_results import (
    KEYPOINT_COUNTS,
    RECORDED,
    evaluated,
    made_results,
    made_truth,
    sigmas_of,
)
from mmpose_addons_fallbacks.coco_evaluation import mask
from mmpose_addons_fallbacks.coco_evaluation.coco import COCO
from mmpose_addons_fallbacks.coco_evaluation.cocoeval import COCOeval


@pytest.mark.parametrize('use_area', [True, False])
@pytest.mark.parametrize('kind', KEYPOINT_COUNTS)
def test_recorded_numbers(kind, use_area):
    truth = made_truth()
    stats, _, _ = evaluated(truth, made_results(truth), kind, sigmas_of(kind), use_area)
    np.testing.assert_allclose(
        stats, RECORDED[kind.removeprefix('keypoints_'), use_area], rtol=0, atol=1e-6
    )


def one_person(**values):
    """A person of three keypoints in one of two images."""
    person = dict(
        id=7, image_id=1, category_id=1, bbox=[10, 10, 80, 60], area=2500.0, iscrowd=0
    )
    person.update(keypoints=[20, 20, 2, 50, 40, 1, 80, 60, 0], num_keypoints=2)
    person.update(values)
    images = [dict(id=index, width=200, height=100) for index in (1, 2)]
    names = [dict(id=1, name='person'), dict(id=2, name='dog')]
    return dict(images=images, annotations=[person], categories=names)


def one_result(x=20.0, **values):
    keypoints = [x, 20.0, 0.9, 50.0, 40.0, 0.9, 30.0, 30.0, 0.9]
    return dict(dict(image_id=1, category_id=1, keypoints=keypoints, score=0.5), **values)


THREE = np.array([0.05, 0.05, 0.05])


def test_oks_by_hand():
    truth = one_person()
    # OKS = (exp(-d^2 / (2 area (2 sigma)^2)) + 1) / 2 with d = 5 px, area 2500 px^2
    with redirect_stdout(io.StringIO()):
        index = COCO()
        index.dataset = truth
        index.createIndex()
        run = COCOeval(index, index.loadRes([one_result(25.0)]), 'keypoints', THREE)
        run.evaluate()
    assert run.ious[1, 1] == pytest.approx((np.exp(-25 / (2 * 2500 * 0.01)) + 1) / 2)
    # 0.53 of the box
    run.use_area = False
    with redirect_stdout(io.StringIO()):
        run.evaluate()
    assert run.ious[1, 1] == pytest.approx((np.exp(-25 / (2 * 2544 * 0.01)) + 1) / 2)
    assert 'ignore' not in truth['annotations'][0]  # annotations stay as they are


@pytest.mark.parametrize(
    ('person', 'results', 'expected'),
    [
        ({}, [one_result()], [1, 1, 1, 1, -1, 1, 1, 1, 1, -1]),
        ({}, [], [0, 0, 0, 0, -1, 0, 0, 0, 0, -1]),
        ({'id': 0}, [one_result()], [1, 1, 1, 1, -1, 1, 1, 1, 1, -1]),
        ({'iscrowd': 1}, [one_result()], [-1] * 10),
        ({'keypoints': [0] * 9}, [one_result()], [-1] * 10),
        (
            {},
            [one_result(score=0.9, image_id=2), one_result()],
            [0.5] * 3 + [1, -1] + [1] * 4 + [-1],
        ),
        ({'area': 99999.0}, [one_result()], [1, 1, 1, -1, 1, 1, 1, 1, -1, 1]),
    ],
    ids=['right', 'no results', 'id 0', 'crowd', 'no keypoints', 'false positive', 'large'],
)
def test_one_person(person, results, expected):
    stats, _, _ = evaluated(one_person(**person), results, 'keypoints', THREE)
    np.testing.assert_allclose(stats, expected, atol=1e-9)


def test_part_score_ranks_where_there_is_one():
    truth = one_person(lefthand_kpts=[20, 20, 2], area=2500.0)
    wrong = one_result(lefthand_kpts=[150, 20, 1.0], score=0.1, lefthand_score=0.9)
    right = one_result(lefthand_kpts=[20, 20, 1.0], score=0.9, lefthand_score=0.1)
    stats, _, _ = evaluated(truth, [wrong, right], 'keypoints_lefthand', THREE[:1])
    assert stats[0] == pytest.approx(0.5)
    del wrong['lefthand_score'], right['lefthand_score']
    stats, _, _ = evaluated(truth, [wrong, right], 'keypoints_lefthand', THREE[:1])
    assert stats[0] == pytest.approx(1)


def test_crowd_summary(capsys):
    truth = made_truth()
    stats, _, _ = evaluated(truth, made_results(truth), 'keypoints_crowd')
    assert stats.shape == (9,)
    index = COCO()
    index.dataset = truth
    index.createIndex()
    run = COCOeval(index, index.loadRes(made_results(truth)), 'keypoints_crowd')
    run.evaluate()
    run.accumulate()
    before = run.eval['precision'].copy()
    capsys.readouterr()
    run.summarize()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 9
    assert 'type=  hard' in lines[-1]
    assert lines[-1].endswith(f'{stats[8]:.3f}')
    np.testing.assert_array_equal(run.eval['precision'], before)  # of all images


@pytest.mark.parametrize(
    ('person', 'kind', 'sigmas', 'message'),
    [
        ({}, 'segments', None, "got 'segments'"),
        ({}, 'keypoints', None, r'as many keypoints as there are sigmas \(17\), got 3'),
        ({'area': None}, 'keypoints', THREE, 'annotation 7 must have an area'),
        ({}, 'keypoints_crowd', THREE, "image 1 must have 'crowdIndex', got"),
    ],
)
def test_mistakes(person, kind, sigmas, message):
    truth = one_person(**person)
    if truth['annotations'][0]['area'] is None:
        del truth['annotations'][0]['area']
    with pytest.raises(ValueError, match=message):
        evaluated(truth, [one_result()], kind, sigmas)


def test_index(tmp_path):
    truth = one_person()
    del truth['annotations'][0]['iscrowd']
    file = tmp_path / 'truth.json'
    file.write_text(json.dumps(truth))
    with redirect_stdout(io.StringIO()):
        index = COCO(str(file), test_index=[2, 0])
        given = COCO('not.read', ann_data=truth)
        results = index.loadRes('results.json', resData=[one_result()])
    assert index.anns[7]['keypoints'] == [80, 60, 0, 20, 20, 2]
    assert index.anns[7]['iscrowd'] is False
    assert index.anno_file == [str(file), 'results.json']
    assert index.getAnnIds(areaRng=[2500, 2501]) == [7]
    assert index.getAnnIds(areaRng=[0, 2500]) == []
    assert index.getAnnIds(imgIds=1, catIds=2) == []
    assert index.getCatIds(catNms='person') == [1]
    assert given.getImgIds() == [1, 2]
    assert isinstance(results, COCO)
    assert results.anns[1]['area'] == 30 * 20
    with redirect_stdout(io.StringIO()), pytest.raises(ValueError, match='got image_id 3'):
        index.loadRes([one_result(image_id=3)])
    with redirect_stdout(io.StringIO()), pytest.raises(TypeError, match='got dict'):
        index.loadRes({})


def test_masks():
    rle = mask.frPyObjects([[1, 1, 5, 1, 5, 4, 1, 4]], 8, 9)
    assert mask.decode(mask.merge(rle)).sum() == mask.area(rle)[0] == 12


@pytest.mark.parametrize('kind', ['keypoints', 'keypoints_crowd'])
def test_coco_metric(tmp_path, kind):
    """MMPose's metric, whichever xtcocotools answers, gives the recorded numbers."""
    from mmpose.datasets.datasets.utils import parse_pose_metainfo
    from mmpose.evaluation import CocoMetric

    truth = made_truth()
    (tmp_path / 'truth.json').write_text(json.dumps(truth))
    with redirect_stdout(io.StringIO()):
        metric = CocoMetric(
            str(tmp_path / 'truth.json'), iou_type=kind, score_mode='bbox', nms_mode='none'
        )
    meta = parse_pose_metainfo(dict(from_file='configs/_base_/datasets/coco.py'))
    metric.dataset_meta = meta
    for number, result in enumerate(made_results(truth)):
        points = np.reshape(result['keypoints'], (1, -1, 3))
        found = dict(keypoints=points[..., :2], keypoint_scores=points[..., 2])
        found['bbox_scores'] = np.array([result['score']])
        sample = dict(id=number, img_id=result['image_id'], pred_instances=found)
        metric.process([], [dict(sample, gt_instances={})])
    with redirect_stdout(io.StringIO()):
        measures = metric.evaluate(len(metric.results))
    np.testing.assert_allclose(
        list(measures.values()), RECORDED[kind.removeprefix('keypoints_'), True], atol=1e-6
    )


@pytest.mark.parametrize('keypoints', [None, [5, 5, 2, 9, 9, 2], []])
def test_a_category_without_comparable_keypoints_does_not_count(keypoints):
    truth = one_person()
    dog = dict(truth['annotations'][0], id=8, category_id=2, keypoints=keypoints)
    if keypoints is None:
        del dog['keypoints']
    truth['annotations'].append(dog)
    stats, _, _ = evaluated(truth, [one_result()], 'keypoints', THREE)
    assert stats[0] == pytest.approx(1)
    dog['category_id'] = 1
    if keypoints is None:
        with pytest.raises(ValueError, match=r"annotation 8 must have \['keypoints'\]"):
            evaluated(truth, [one_result()], 'keypoints', THREE)
