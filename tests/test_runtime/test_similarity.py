"""Likeness of poses and boxes, and assignments, against MMPose and SciPy."""

import numpy as np
import pytest
import torch
from mmpose.evaluation.functional.nms import oks_iou, oks_nms
from mmpose.structures.bbox import bbox_overlaps
from scipy.optimize import linear_sum_assignment

from helpers.poses import some_boxes
from mmpose_addons_runtime.assignment import least_cost_assignment
from mmpose_addons_runtime.people import People, people_of
from mmpose_addons_runtime.similarity import iou, oks, without_duplicates

SIGMAS = np.linspace(0.02, 0.1, 5)


def some_people(rng, count) -> People:
    boxes = some_boxes(rng, count)
    points = boxes[:, None, :2] + rng.uniform(0, 30, (count, 5, 2))
    return people_of(points, rng.uniform(0, 1, (count, 5)), boxes, np.ones(count, np.float32))


def flat(people: People) -> np.ndarray:
    poses = np.concatenate((people.keypoints, people.keypoint_scores[..., None]), -1)
    return poses.reshape(len(people), -1)


@pytest.mark.parametrize('least', [None, 0.2, 0.99])
def test_oks_is_that_of_mmpose(rng, least):
    people, others = some_people(rng, 4), some_people(rng, 6)
    others.keypoints[:4] = people.keypoints + rng.normal(0, 2, (4, 5, 2))
    found = oks(people, others, SIGMAS, least)
    expected = [
        oks_iou(pose, flat(others), area, others.areas, SIGMAS, vis_thr=least)
        for pose, area in zip(flat(people), people.areas, strict=True)
    ]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert 0.2 < found.max() <= 1 or least == 0.99
    assert found.dtype == np.float32


def test_iou_is_that_of_mmpose(rng):
    boxes, others = some_boxes(rng, 5), some_boxes(rng, 7)
    expected = bbox_overlaps(torch.from_numpy(boxes), torch.from_numpy(others))
    np.testing.assert_allclose(iou(boxes, others), expected, rtol=1e-6)


def test_iou_of_an_empty_box_is_zero():
    boxes = np.array([[0, 0, 2, 2], [0, 0, 0, 0]], np.float32)
    others = np.array([[1, 0, 3, 2], [0, 0, 2, 2], [5, 5, 6, 6], [0, 0, 0, 0]], np.float32)
    np.testing.assert_allclose(iou(boxes, others), [[1 / 3, 1, 0, 0], [0, 0, 0, 0]])


@pytest.mark.parametrize('threshold', [0.3, 0.8])
def test_duplicates_are_those_of_mmpose(rng, threshold):
    people = some_people(rng, 12)
    people.keypoints[6:] = people.keypoints[:6] + rng.normal(0, 0.5, (6, 5, 2))
    db = [
        dict(keypoints=pose.reshape(-1, 3), score=score, area=area)
        for pose, score, area in zip(
            flat(people), people.pose_scores, people.areas, strict=True
        )
    ]
    expected = people[sorted(oks_nms(db, threshold, SIGMAS))]
    left = without_duplicates(people, threshold, SIGMAS)
    np.testing.assert_array_equal(left.keypoints, expected.keypoints)
    assert 6 <= len(left) < 12


@pytest.mark.parametrize('shape', [(1, 1), (3, 3), (4, 9), (9, 4), (20, 20), (0, 3), (3, 0)])
def test_assignments_cost_as_little_as_those_of_scipy(rng, shape):
    for digits in (8, 1):  # with one digit many assignments cost the same
        costs = rng.uniform(-1, 1, shape).round(digits)
        pairs = least_cost_assignment(costs)
        rows, columns = linear_sum_assignment(costs)
        assert [row for row, _ in pairs] == rows.tolist()
        assert len({column for _, column in pairs}) == min(shape)
        total = sum(costs[pair] for pair in pairs)
        assert total == pytest.approx(costs[rows, columns].sum())
        if digits == 8:
            assert [column for _, column in pairs] == columns.tolist()


def test_people_are_chosen_with_all_their_fields(rng):
    people = some_people(rng, 3)
    assert people[[0]].track_ids is None
    people.track_ids = np.array([5, 6, 7])
    some = people[np.array([True, False, True])]
    assert some.track_ids.tolist() == [5, 7]
    np.testing.assert_array_equal(some.bboxes, people.bboxes[[0, 2]])
    assert len(some) == 2
