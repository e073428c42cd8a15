import numpy as np
import pytest

from mmpose_addons_core.adaptation import Curriculum


def test_quantile_by_hand():
    """Ten values and the 0 before them: p = 0.8 of 11 is index 8, the eighth value."""
    confidence = np.arange(1, 11).reshape(5, 2) / 10
    assert Curriculum().thresholds(confidence, 0).tolist() == [0.8, 0.8]
    kept = confidence > 0.8
    assert kept.sum() == 2


def test_per_joint():
    confidence = np.stack([np.arange(1, 11) / 10, np.arange(1, 11) / 100], 1)
    assert Curriculum(per_joint=True).thresholds(confidence, 0).tolist() == [0.8, 0.08]


@pytest.mark.parametrize(
    ('schedule', 'shares'),
    [
        ('paper', [0.8, 0.7, 0.4, 0.2]),
        ('linear', [0.9, 0.85, 0.7, 0.5]),
        ('constant', [0.9, 0.9, 0.9, 0.9]),
    ],
)
def test_schedules(schedule, shares):
    curriculum = Curriculum(schedule, first=0.9, last=0.5, epochs=40)
    np.testing.assert_allclose([curriculum.left_out(e) for e in (0, 5, 20, 60)], shares)


@pytest.mark.parametrize('schedule', ['paper', 'linear'])
def test_schedules_follow_the_training(schedule):
    paper = Curriculum(schedule)
    short = paper.within(12)
    shares = [paper.left_out(epoch) for epoch in (0, 10, 20, 30, 59)]
    assert shares[0] == 0.8
    assert shares[-1] == pytest.approx(0.2)
    np.testing.assert_allclose([short.left_out(e) for e in (0, 2, 4, 6, 11.8)], shares)
    assert Curriculum(schedule, total=60).within(12).left_out(30) == paper.left_out(30)


def test_limits():
    confidence = np.full((3, 2), 0.5)
    assert (Curriculum('constant', first=0).thresholds(confidence, 0) == 0).all()
    assert (Curriculum('constant', first=1).thresholds(confidence, 0) == 0.5).all()


@pytest.mark.parametrize('bad', [dict(schedule='cosine'), dict(first=1.2), dict(epochs=0)])
def test_bad_arguments(bad):
    with pytest.raises(ValueError, match=r'schedule must be one of|shares in'):
        Curriculum(**bad)
