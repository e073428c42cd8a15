import numpy as np

from mmpose_addons_core.metrics import landmark_jitter


def test_by_hand_and_by_definition(rng):
    """Noise of 2 px along x and y gives sqrt(8) px, less a little for the mean of 400 views."""
    still, moving = np.zeros((400, 3, 1, 2)), rng.normal(50, 2, (400, 3, 1, 2))
    jitter = landmark_jitter(np.concatenate([still, moving], axis=2), np.array([1, 2, 4]))
    assert not jitter[:, 0].any()
    # the spread of a deviation from 400 views is 2.5 % at most
    np.testing.assert_allclose(jitter[:, 1] * (1, 2, 4), 8**0.5, rtol=0.1)
    constant = np.ones((5, 3, 4, 2)) * rng.normal(size=(3, 4, 2))
    np.testing.assert_allclose(landmark_jitter(constant, np.ones(3)), 0, atol=1e-12)
