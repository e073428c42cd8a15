import numpy as np
import pytest

from mmpose_addons.evaluation.pseudo_label_pck import near_truth, pseudo_label_pck
from mmpose_addons_core.adaptation import PseudoLabels

SHAPE = 4, 3


@pytest.fixture
def truth(rng):
    return rng.uniform(20, 80, (*SHAPE, 2)).astype(np.float32)


def labels_at(points, kept=None, found=None):
    """Labels in boxes of 60 x 80 px."""
    return PseudoLabels(
        sample_id=np.arange(4),
        image_id=np.arange(4),
        file_name=np.array(['a.png'] * 4),
        bbox=np.tile([10.0, 10, 60, 80], (4, 1)),
        keypoints=points,
        confidence=np.ones(SHAPE, np.float32),
        kept=np.ones(SHAPE, bool) if kept is None else kept,
        origin=np.zeros(SHAPE, np.uint8),
        found=np.ones(4, bool) if found is None else found,
        threshold=np.zeros(3),
        epoch=np.array(0),
        names=np.array(['left', 'right', 'nose']),
        skeleton=np.zeros((0, 2), np.int64),
    )


def test_near_is_a_share_of_the_longer_side(truth):
    """0.05 of 80 px are 4 px."""
    assert near_truth(labels_at(truth + np.float32([3.9, 0])), truth).all()
    assert not near_truth(labels_at(truth + np.float32([0, 4.1])), truth).any()


def test_share_of_kept_and_of_all_joints(truth):
    points = truth.copy()
    points[0] += 10  # three wrong labels in the first image
    kept = np.ones(SHAPE, bool)
    kept[0, :2] = False
    labelled = np.ones(SHAPE, bool)
    labelled[3, 0] = False
    pck = pseudo_label_pck(labels_at(points, kept), truth, labelled)
    assert pck == pytest.approx(dict(pck_kept=8 / 9, pck_all=8 / 11))
    unread = labels_at(points, kept, found=np.array([False, True, True, True]))
    assert pseudo_label_pck(unread, truth, labelled)['pck_all'] == 1


def test_no_joint_to_judge_gives_nan(truth):
    nothing = pseudo_label_pck(labels_at(truth), truth, np.zeros(SHAPE, bool))
    assert np.isnan([*nothing.values()]).all()
