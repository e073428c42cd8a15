import numpy as np
import pytest

from mmpose_addons_core.metrics import jitter_scores, landmark_jitter, one_euro_views
from mmpose_addons_core.tracking.one_euro import PoseSmoother


def test_by_hand_and_by_definition(rng):
    """Noise of 2 px along x and y gives sqrt(8) px, less a little for the mean of 400 views."""
    still, moving = np.zeros((400, 3, 1, 2)), rng.normal(50, 2, (400, 3, 1, 2))
    jitter = landmark_jitter(np.concatenate([still, moving], axis=2), np.array([1, 2, 4]))
    assert not jitter[:, 0].any()
    # the spread of a deviation from 400 views is 2.5 % at most
    np.testing.assert_allclose(jitter[:, 1] * (1, 2, 4), 8**0.5, rtol=0.1)
    constant = np.ones((5, 3, 4, 2)) * rng.normal(size=(3, 4, 2))
    np.testing.assert_allclose(landmark_jitter(constant, np.ones(3)), 0, atol=1e-12)


def test_scores_are_means_over_faces(rng):
    views, length = rng.normal(50, 2, (9, 3, 5, 2)), np.array([10.0, 20, 40])
    moved = landmark_jitter(views, length)
    found = jitter_scores(views, length)
    assert found['jitter'] == pytest.approx(moved.mean())
    assert found['jitter_worst'] == pytest.approx(moved.max(1).mean())
    assert np.isnan([*jitter_scores(views[:, :0], length[:0]).values()]).all()


def test_one_euro_is_that_of_the_pose_smoother(rng):
    """Faces of 20 and 60 px, 10 frames a second."""
    views, size = rng.normal(50, 2, (6, 2, 5, 2)), np.array([20.0, 60])
    smooth = one_euro_views(views, size, frame_rate=10, cutoff=1.0, beta=2.0)
    smoother = PoseSmoother(cutoff=1.0, beta=2.0)
    boxes = np.stack((0 * size, 0 * size, size, size), axis=1)
    expected = [smoother(np.arange(2), view, boxes, i / 10) for i, view in enumerate(views)]
    np.testing.assert_allclose(smooth, expected, rtol=1e-12)
    assert landmark_jitter(smooth, size).mean() < landmark_jitter(views, size).mean()
    with pytest.raises(ValueError, match=r'got 0\.0'):
        one_euro_views(views, np.array([3.0, 0]))
