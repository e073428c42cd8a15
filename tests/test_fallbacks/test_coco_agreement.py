"""pycocotools behind xtcocotools' name agrees with the real xtcocotools, where it is there."""

import importlib
import json
from importlib.machinery import PathFinder

import numpy as np
import pytest

from helpers.keypoint_results import (
    FIELDS,
    KEYPOINT_COUNTS,
    evaluated,
    made_results,
    made_truth,
    sigmas_of,
)


@pytest.fixture(scope='module')
def real():
    """Modules of the real xtcocotools, whatever answers for its name."""
    if PathFinder.find_spec('xtcocotools') is None:
        pytest.skip('the real xtcocotools is not installed')
    return importlib.import_module('xtcocotools.coco'), importlib.import_module(
        'xtcocotools.cocoeval'
    )


def assert_agree(real, folder, truth, results, *options, **change):
    coco, cocoeval = real
    kwargs = dict(change, folder=folder)
    got = evaluated(truth, results, *options, **kwargs)
    want = evaluated(
        truth, results, *options, api=coco.COCO, evaluation=cocoeval.COCOeval, **kwargs
    )
    np.testing.assert_allclose(got[0], want[0], rtol=0, atol=1e-6)
    for name in ('precision', 'recall', 'scores'):
        np.testing.assert_allclose(got[1][name], want[1][name], rtol=0, atol=1e-6)
    for ours, theirs in zip(got[2], want[2], strict=True):
        assert (ours is None) == (theirs is None)
        for name in theirs or {}:
            np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)
    return got[0]


def spoiled(truth, rng):
    """Results near people: jittered, of rounded scores (ties), some missing, some wrong."""
    results = []
    for person in truth['annotations']:
        for _ in range(rng.integers(0, 4)):
            result = dict(image_id=person['image_id'], category_id=person['category_id'])
            result['score'] = round(float(rng.random()), 1)
            for field in FIELDS:
                if field in person:
                    points = np.reshape(person[field], (-1, 3)).astype(float)
                    size = max(person['bbox'][2:]) * rng.choice([0.01, 0.03, 0.1])
                    points += rng.normal(0, size, points.shape)
                    points[:, 2] = rng.random(len(points))
                    result[field] = points.ravel().tolist()
            if rng.random() < 0.2:
                result['keypoints'] = rng.uniform(0, 300, len(result['keypoints'])).tolist()
            results.append(result)
    return results


@pytest.mark.parametrize('use_area', [True, False])
@pytest.mark.parametrize('kind', KEYPOINT_COUNTS)
@pytest.mark.filterwarnings("ignore:'.*_score' not found")
def test_agrees_on_made_people(real, tmp_path, kind, use_area):
    truth = made_truth()
    results = made_results(truth)
    stats = assert_agree(real, tmp_path, truth, results, kind, sigmas_of(kind), use_area)
    assert 0 < stats[0] < 1


@pytest.mark.parametrize('use_area', [True, False])
@pytest.mark.parametrize('kind', ['keypoints', 'keypoints_crowd'])
@pytest.mark.parametrize(
    'file', ['coco/test_coco.json', 'minicoco/annotations/person_keypoints_val2017.json']
)
@pytest.mark.real_data
def test_agrees_on_coco(real, sample_data, tmp_path, rng, file, kind, use_area):
    truth = json.loads((sample_data / file).read_text())
    for image in truth['images']:
        image['crowdIndex'] = float(rng.random())
    stats = assert_agree(real, tmp_path, truth, spoiled(truth, rng), kind, None, use_area)
    assert 0 < stats[0] < 1


@pytest.mark.parametrize('kind', KEYPOINT_COUNTS)
@pytest.mark.real_data
@pytest.mark.filterwarnings("ignore:'.*_score' not found")
def test_agrees_on_wholebody(real, sample_data, tmp_path, rng, kind):
    if kind == 'keypoints_crowd':
        pytest.skip('COCO-WholeBody has no crowding levels')
    truth = json.loads((sample_data / 'coco/test_coco_wholebody.json').read_text())
    results = spoiled(truth, rng)
    stats = assert_agree(real, tmp_path, truth, results, kind, sigmas_of(kind))
    assert 0 < stats[0] < 1
    for result in results:  # part scores rank, where there are any
        result[kind.replace('keypoints_', '') + '_score'] = round(float(rng.random()), 1)
    assert_agree(real, tmp_path, truth, results, kind, sigmas_of(kind))


@pytest.mark.parametrize(
    'change',
    [
        dict(maxDets=[5, 20]),
        dict(iouThrs=np.array([0.5, 0.75])),
        dict(recThrs=np.linspace(0, 1, 11)),
        dict(imgIds=[3, 1, 5]),
        dict(catIds=[1]),
        dict(catIds=[]),
        dict(useCats=0),
        dict(areaRng=[[0, 1e10], [0, 5000], [5000, 1e10]]),
    ],
    ids=lambda change: next(iter(change)),
)
def test_agrees_on_settings(real, tmp_path, rng, change):
    truth = made_truth()
    truth['categories'].append(dict(id=2, name='child'))
    for person in truth['annotations'][::3]:
        person['category_id'] = 2
    assert_agree(real, tmp_path, truth, spoiled(truth, rng), **change)


@pytest.mark.parametrize('kind', ['keypoints', 'keypoints_crowd', 'keypoints_wholebody'])
@pytest.mark.parametrize('case', ['no results', 'no people', 'ties', 'no area', 'no iscrowd'])
@pytest.mark.filterwarnings("ignore:'.*_score' not found")
def test_agrees_on_corner_cases(real, tmp_path, kind, case):
    truth = made_truth()
    results = made_results(truth)
    if case == 'no results':
        results = []
    elif case == 'no people':
        truth['annotations'] = []
    for result in results if case == 'ties' else []:
        result['score'] = 0.5
    for person in truth['annotations']:
        for name in ('area', 'iscrowd'):
            if case == f'no {name}':
                del person[name]
    area = case != 'no area'
    assert_agree(real, tmp_path, truth, results, kind, sigmas_of(kind), area)


@pytest.mark.parametrize('kind', ['bbox', 'segm'])
@pytest.mark.real_data
def test_agrees_on_boxes_and_masks(real, sample_data, tmp_path, rng, kind):
    truth = json.loads((sample_data / 'coco/test_coco.json').read_text())
    truth['annotations'][0]['id'] = 0
    results = []
    for person in truth['annotations']:
        for _ in range(rng.integers(1, 4)):
            box = np.array(person['bbox']) + rng.normal(0, 9, 4)
            box = np.maximum(box, 1).tolist()
            result = dict(image_id=person['image_id'], category_id=1, bbox=box)
            results.append(dict(result, score=round(float(rng.random()), 1)))
    stats = assert_agree(real, tmp_path, truth, results, kind)
    assert 0 < stats[0] < 1
