import numpy as np
import pytest
import torch

from mmpose_addons_core.adaptation import (
    Views,
    fuse_points,
    maps_of_image,
    move_points,
    points_of_image,
)

FLIP_INDICES = [1, 0, 2]


def test_points_come_back_with_their_names():
    views = Views(np.array([[1.0, 1.2]]), np.array([[0.0, 40.0]]), np.array([[True, False]]))
    matrices = views.matrices((32, 32))[0]
    points = torch.rand(2, 3, 2, dtype=torch.float64) * 32
    seen = move_points(points, matrices)
    seen[0] = seen[0][FLIP_INDICES]  # the network calls the mirrored left eye the right one
    back = points_of_image(seen, matrices, torch.tensor([True, False]), FLIP_INDICES)
    torch.testing.assert_close(back, points)


def test_mirrored_maps_come_back_exactly():
    views = Views(np.ones((1, 1)), np.zeros((1, 1)), np.array([[True]]))
    maps = torch.rand(1, 3, 8, 12)
    seen = maps.flip(-1)[:, FLIP_INDICES]
    back = maps_of_image(seen, views.matrices((12, 8))[0], torch.tensor([True]), FLIP_INDICES)
    torch.testing.assert_close(back, maps)


def test_agreement_and_disagreement():
    """Two views of equal score, d px apart: the spread is d / 2."""
    points = torch.zeros(2, 1, 3, 2)
    points[1, 0, :, 0] = torch.tensor([0.0, 4.0, 40.0])
    mean, confidence = fuse_points(points, torch.full((2, 1, 3), 0.8), tolerance=2.0)
    assert mean[0, :, 0].tolist() == [0, 2, 20]
    expected = 0.8 * np.exp([0, -0.5, -50])
    torch.testing.assert_close(confidence[0], torch.tensor(expected).float())


def test_sure_views_count_more():
    points = torch.tensor([[[[0.0, 0.0]]], [[[4.0, 8.0]]]])
    mean, _ = fuse_points(points, torch.tensor([[[3.0]], [[1.0]]]), tolerance=100.0)
    assert mean[0, 0].tolist() == [1, 2]
    # without any score the plain mean, of which nobody is sure
    mean, confidence = fuse_points(points, torch.tensor([[[0.0]], [[-1.0]]]), tolerance=1.0)
    assert mean[0, 0].tolist() == [2, 4]
    assert confidence.item() == 0


def test_nan_passes_on():
    points = torch.full((2, 1, 1, 2), float('nan'))
    assert fuse_points(points, torch.ones(2, 1, 1), 1.0)[1].isnan().all()


def test_bad_tolerance():
    with pytest.raises(ValueError, match='tolerance must be positive, got 0'):
        fuse_points(torch.zeros(1, 1, 1, 2), torch.ones(1, 1, 1), 0)
