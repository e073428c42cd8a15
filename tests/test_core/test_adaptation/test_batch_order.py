import numpy as np
import pytest

from mmpose_addons_core.adaptation.batch_order import batch_order


@pytest.mark.parametrize('shares', [(0.5, 0.25, 0.25), (0.7, 0.2, 0.1), (1 / 3,) * 3, (1.0,)])
def test_each_group_has_its_share_at_any_time(shares):
    order = np.array(batch_order(shares, 60))
    given = np.cumsum(order[:, None] == np.arange(len(shares)), axis=0)
    expected = np.arange(1, 61)[:, None] * np.array(shares)
    assert np.abs(given - expected).max() < 1
    assert given[-1] == pytest.approx(60 * np.array(shares))


def test_a_shorter_epoch_has_the_same_beginning():
    assert batch_order([0.6, 0.4], 12)[:5] == batch_order([0.6, 0.4], 5) == [0, 1, 0, 1, 0]
