"""FaceLandmarkMetric(jitter=True) through MMEngine's evaluator."""

import numpy as np
import pytest
from mmpose.registry import METRICS

from helpers.face_samples import FACE, evaluate, sample


def moved_samples(*offsets, id=7, **arguments):
    return [sample(FACE, FACE + offset, id=id, **arguments) for offset in offsets]


def test_jitter_of_several_crops(tmp_path):
    """Crops 2 px apart are 1 px from their mean; the other results are the first crop's."""
    samples = [
        *moved_samples((1, 0), (3, 0), (1, 0), (3, 0), id=1),
        *moved_samples(*[(0, 0)] * 4, id=2),
    ]
    settings = dict(frame_rate=20, cutoff=2, beta=0)
    metrics = evaluate(samples, tmp_path, norm=(0, 1), jitter=True, one_euro=settings)
    assert metrics['NME'] == pytest.approx(0.05)  # 1 px of 10, and 0
    assert metrics['faces'] == 2
    assert metrics['jitter'] == pytest.approx(0.05)
    assert metrics['jitter_worst'] == pytest.approx(0.05)
    assert metrics['jitter_faces'] == 2
    # without beta the filter is x + a (new - x): from 1 to 1 + 2 a, 1 + 2 a (1 - a), ...
    change = 2 * np.pi * 2 / 20
    a = change / (change + 1)
    third = 1 + 2 * a * (1 - a)
    fourth = third + a * (3 - third)
    expected = abs(fourth - third) / 2 / 10
    assert metrics['jitter_worst_one_euro'] == pytest.approx(expected / 2)
    assert metrics['jitter_one_euro'] == pytest.approx(expected / 2)


def test_faces_without_a_prediction_have_no_jitter(tmp_path):
    nothing = (np.nan, 0)
    samples = [
        *moved_samples((1, 0), nothing, id=1),
        *moved_samples((0, 0), (0, 4), id=2),
    ]
    metrics = evaluate(samples, tmp_path, norm=(0, 1), jitter=True)
    assert metrics['faces'] == 2
    assert metrics['jitter'] == pytest.approx(0.2)
    assert metrics['jitter_faces'] == 1


def test_the_order_of_the_samples_does_not_matter(tmp_path, rng):
    """Crops have numbers; a sampler may shuffle them or give them to several processes."""
    samples = [
        sample(FACE, FACE + (0.1 * crop * face, crop % 3), id=face, crop=crop)
        for face in range(3)
        for crop in range(6)
    ]
    arguments = dict(norm=(0, 1), jitter=True, one_euro={})
    expected = evaluate(samples, tmp_path, **arguments)
    assert expected['NME'] == 0  # the first crops are exact
    shuffled = [samples[index] for index in rng.permutation(len(samples))]
    assert evaluate(shuffled, tmp_path, **arguments) == pytest.approx(expected)


def test_faces_of_one_name_are_told_apart(tmp_path):
    """A pipeline may pack no id: the faces of a file then have one name."""
    samples = [
        sample(face, face + offset, id=None)
        for face, offsets in ((FACE, [(1, 0), (3, 0)]), (FACE + 100, [(0, 0), (0, 4)]))
        for offset in offsets
    ]
    metrics = evaluate(samples, tmp_path, norm=(0, 1), jitter=True)
    assert [metrics['faces'], metrics['jitter_faces']] == [2, 2]
    assert metrics['jitter'] == pytest.approx((0.1 + 0.2) / 2)


def test_jitter_needs_several_crops(tmp_path):
    with pytest.raises(ValueError, match=r'got 1 of faces.jpg \(annotation 1\)'):
        evaluate(moved_samples((0, 0), id=1), tmp_path, norm=(0, 1), jitter=True)
    samples = [*moved_samples((0, 0), (1, 1), id=1), *moved_samples((0, 0), id=2)]
    with pytest.raises(ValueError, match=r'got 1 of faces.jpg \(annotation 2\)'):
        evaluate(samples, tmp_path, norm=(0, 1), jitter=True)
    with pytest.raises(ValueError, match='got jitter=False'):
        METRICS.build(dict(type='FaceLandmarkMetric', one_euro={}))


def test_faces_without_a_box_have_no_one_euro(tmp_path):
    """The size of the box is the filter's unit of length."""
    samples = [
        *moved_samples((1, 0), (3, 0), (1, 0), (3, 0), id=1, box=(5, 5, 0, 0)),
        *moved_samples((0, 0), (0, 4), (0, 0), (0, 4), id=2),
    ]
    metrics = evaluate(samples, tmp_path, norm=(0, 1), jitter=True, one_euro={})
    assert metrics['faces'] == 2
    assert metrics['jitter_faces'] == 1
    assert metrics['jitter'] == pytest.approx(0.2)
    assert 0 < metrics['jitter_one_euro'] < 0.2
    assert evaluate(samples, tmp_path, norm=(0, 1), jitter=True)['jitter_faces'] == 2


def test_half_of_too_few_crops_would_not_move(tmp_path):
    faces = moved_samples((0, 0), (0, 4), (0, 0))
    with pytest.raises(ValueError, match=r'one_euro needs at least 4 crops .*got 3'):
        evaluate(faces, tmp_path, norm=(0, 1), jitter=True, one_euro={})
