import numpy as np
import pytest

from mmpose_addons_core.adaptation.self_paced import SelfPaced, surer_labels

# ten animals of two joints; the second joint is the surer the less the first one is
CONFIDENCE = np.stack([np.arange(1, 11), np.arange(10, 0, -1) / 2], 1) / 10
ALL = np.ones(10, bool)


def test_levels_by_hand():
    shares = [SelfPaced(start=0.2, step=0.3, end=0.9).level(n) for n in range(4)]
    np.testing.assert_allclose(shares, [0.2, 0.5, 0.8, 0.9])
    limits = [SelfPaced(0.9, 0.2, 0.4, 'confidence').level(n) for n in range(4)]
    np.testing.assert_allclose(limits, [0.9, 0.7, 0.5, 0.4])


def test_joints_by_hand():
    """The surest three tenths: animals 7 to 9 for the first joint, 0 to 2 for the second."""
    kept, thresholds = SelfPaced(by='joint').chosen(CONFIDENCE, ALL, 2)
    assert np.flatnonzero(kept[:, 0]).tolist() == [7, 8, 9]
    assert np.flatnonzero(kept[:, 1]).tolist() == [0, 1, 2]
    np.testing.assert_allclose(thresholds, [0.7, 0.35])


def test_animals_by_hand():
    """Means are (n + (11 - n) / 2) / 20, so animal 9 is surest."""
    kept, thresholds = SelfPaced(by='animal').chosen(CONFIDENCE, ALL, 1)
    assert np.flatnonzero(kept.all(1)).tolist() == [8, 9]
    assert kept.sum() == 4
    assert not thresholds.any()


def test_both():
    kept, _ = SelfPaced(start=0.5, by='both').chosen(CONFIDENCE, ALL, 0)
    assert np.argwhere(kept).tolist() == [[5, 0], [6, 0], [7, 0], [8, 0], [9, 0]]


def test_samples_without_labels_count_for_nothing():
    there = ALL.copy()
    there[9] = False
    kept, thresholds = SelfPaced(start=0.34, by='joint').chosen(CONFIDENCE, there, 0)
    assert np.flatnonzero(kept[:, 0]).tolist() == [6, 7, 8]  # three of nine
    assert not kept[9].any()
    assert thresholds[0] == pytest.approx(0.6)


def test_absolute_confidence():
    paced = SelfPaced(start=0.75, step=0.1, end=0.5, measure='confidence', by='joint')
    kept, thresholds = paced.chosen(CONFIDENCE, ALL, 1)
    assert thresholds.tolist() == [0.65, 0.65]
    assert np.flatnonzero(kept[:, 0]).tolist() == [6, 7, 8, 9]
    assert not kept[:, 1].any()


def test_whole_set_leaves_out_what_has_no_confidence():
    confidence = CONFIDENCE.copy()
    confidence[3] = 0
    kept, _ = SelfPaced(start=1, end=1).chosen(confidence, ALL, 0)
    assert not kept[3].any()
    assert kept.sum() == 18


def test_surer_of_two_rounds():
    def labels(points, confidence, origin):
        keypoints = np.array(points, np.float32)[None, :, None].repeat(2, 2)
        return keypoints, np.array([confidence], np.float32), np.array([origin], np.uint8)

    old = labels([1, 2, 3], [0.5, 0.5, 0.5], [1, 1, 1])
    new = labels([4, 5, 6], [0.4, 0.5, 0.6], [0, 0, 0])
    keypoints, confidence, origin = surer_labels(old, new)
    assert keypoints[0, :, 1].tolist() == [1, 5, 6]
    np.testing.assert_allclose(confidence, [[0.5, 0.5, 0.6]])
    assert origin.tolist() == [[1, 0, 0]]
    assert origin.dtype == np.uint8


@pytest.mark.parametrize(
    'bad',
    [
        dict(measure='rank'),
        dict(by='image'),
        dict(start=0.9, end=0.2),
        dict(start=0.1, end=1.2),
        dict(start=0.1, end=0.5, measure='confidence'),
        dict(step=-0.1),
    ],
)
def test_bad_arguments(bad):
    with pytest.raises(ValueError, match='got'):
        SelfPaced(**bad)
