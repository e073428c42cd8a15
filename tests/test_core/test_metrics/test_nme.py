"""Errors of faces against hand-worked and published values."""

import numpy as np
import pytest

from mmpose_addons_core.metrics import extent, face_errors, group_distance


@pytest.mark.reference
def test_published_nme_by_predicted_extent(reference):
    with np.load(reference / 'face_metrics.npz', allow_pickle=False) as values:
        crop, truth, box = (values[k] for k in ('pred_crop256', 'gt_image_px', 'roi_xyxy'))
        expected = values['nme_by_pred_extent']
    predicted = box[:, None, :2] + crop / 256 * (box[:, 2:] - box[:, :2])[:, None]
    visible = np.ones(truth.shape[:2], dtype=bool)
    errors = face_errors(predicted, truth, visible, extent(predicted))
    np.testing.assert_allclose(errors, expected, rtol=1e-9)


def test_by_hand_with_invisible_landmarks():
    truth = np.zeros((1, 3, 2))
    predicted = np.array([[[3.0, 4.0], [0.0, 1.0], [1000.0, np.nan]]])
    errors = face_errors(predicted, truth, np.array([[True, True, False]]), np.array([20.0]))
    assert errors.tolist() == [(5 + 1) / 2 / 20]


@pytest.mark.parametrize(
    ('change', 'expected'),
    [
        (lambda p, t, v, size: v.fill(False), np.nan),
        (lambda p, t, v, size: t.__setitem__((0, 1, 0), np.nan), np.nan),
        (lambda p, t, v, size: size.fill(0), np.nan),
        (lambda p, t, v, size: size.fill(np.inf), np.nan),
        (lambda p, t, v, size: size.fill(np.nan), np.nan),
        (lambda p, t, v, size: p.__setitem__((0, 1, 0), np.nan), np.inf),
        (lambda p, t, v, size: p.__setitem__((0, 1, 0), -np.inf), np.inf),
    ],
)
@pytest.mark.filterwarnings('error')
def test_bad_faces_are_neither_zero_nor_in_a_mean(change, expected):
    predicted, truth = np.ones((2, 3, 2)), np.zeros((2, 3, 2))
    visible, length = np.ones((2, 3), dtype=bool), np.ones(2)
    change(predicted[:1], truth[:1], visible[:1], length[:1])
    errors = face_errors(predicted, truth, visible, length)
    np.testing.assert_equal(errors[0], expected)
    assert errors[1] == pytest.approx(2**0.5)


def test_lengths():
    points = np.array([[[0, 0], [4, 0], [0, 3.0]], [[1, 1], [1, 5], [1, 9.0]]])
    assert extent(points).tolist() == [12**0.5, 0]
    assert group_distance(points, [0], [1]).tolist() == [4, 4]
    assert group_distance(points, [1, 2], [0]).tolist() == [2.5, 6]
