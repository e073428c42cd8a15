"""Differences of boxes, worked by hand."""

import numpy as np

from mmpose_addons.estimators.detector_network import Detections
from mmpose_addons.export.detector_checks import box_differences


def detections(*rows):
    """Detections of rows x1, y1, x2, y2, score, label."""
    rows = np.array(rows, np.float32).reshape(-1, 6)
    return Detections(rows[:, :4], rows[:, 4], rows[:, 5].astype(np.int64))


PERSON = 10, 10, 20, 30, 0.9, 0


def test_pairs_in_any_order():
    one = detections(PERSON, (50, 50, 60, 60, 0.8, 1))
    other = detections((50, 50.5, 60, 60, 0.75, 1), (10, 10, 20, 30.25, 0.9, 0))
    difference = box_differences([one], [other], 0.1, 0.001)
    assert sorted(difference.distances.tolist()) == [0.25, 0.5]
    np.testing.assert_allclose(difference.scores.max(), 0.05, atol=1e-6)
    assert (difference.lone, difference.borderline) == (0, 0)
    assert str(difference) == (
        '2 boxes of both, largest difference 0.5000 px, score 5.0e-02; 0 of only one'
    )
    assert difference.spread() == (
        '2 boxes of both, mean difference 0.38 px, 99 of 100 within 0.5 px, largest 0.5 px, '
        'score 0.05; 0 of only one'
    )


def test_boxes_of_one_side():
    """Another class, another place, below and next to the threshold."""
    one = detections(PERSON, (50, 50, 60, 60, 0.3001, 0), (70, 70, 80, 80, 0.2, 0))
    other = detections((*PERSON[:5], 1))
    difference = box_differences([one], [other], 0.3, 0.001)
    assert (len(difference.distances), difference.lone, difference.borderline) == (0, 2, 1)
    assert str(difference) == '0 boxes of both; 3 of only one (1 next to the threshold)'


def test_the_last_box_that_fits():
    """With a limit of two, the lower of them may be another box."""
    one = detections(PERSON, (50, 50, 60, 60, 0.5, 0))
    other = detections(PERSON, (70, 70, 80, 80, 0.5002, 0))
    difference = box_differences([one], [other], 0.1, 0.001, limit=2)
    assert (difference.lone, difference.borderline) == (0, 2)
    assert box_differences([one], [other], 0.1, 0.001, limit=3).lone == 2


def test_duplicates_pair_once():
    one = detections(PERSON, (10, 10, 20, 29, 0.8, 0))
    difference = box_differences([one], [detections(PERSON)], 0.1, 0.001)
    assert (len(difference.distances), difference.lone) == (1, 1)
