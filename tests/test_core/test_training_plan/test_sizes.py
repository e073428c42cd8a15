"""Input size, batch and length of a training."""

import pytest

from mmpose_addons_core.training_plan.sizes import (
    TIME_SHARE,
    Measured,
    input_side,
    plan_sizes,
)

CHEAP = Measured(seconds=0.01, bytes=1e6, free=1e10)


@pytest.mark.parametrize(
    ('box', 'side'), [(20, 64), (51, 64), (52, 96), (102, 128), (150, 192), (1000, 256)]
)
def test_the_input_is_the_crop_rounded_up(box, side):
    assert input_side([(box, box / 2), (box / 2, box), (box, box)]) == side


def test_the_batch_follows_memory_and_the_number_of_images():
    assert plan_sizes(500, CHEAP, 1500).batch == 32
    assert plan_sizes(10, CHEAP, 1500).batch == 10
    assert plan_sizes(500, Measured(0.01, 1e8, 2e9), 1500).batch == 10
    assert plan_sizes(500, Measured(0.01, 1e9, 1e9), 1500).batch == 2


def test_many_images_need_fewer_epochs():
    few, many = plan_sizes(100, CHEAP, 1500), plan_sizes(3200, CHEAP, 1500)
    assert (few.steps, few.epochs) == (20, 75)
    assert (many.steps, many.epochs) == (100, 15)


def test_the_time_limit_is_kept_by_the_plan():
    for minutes in (1, 2, 5):
        plan = plan_sizes(320, CHEAP, 10**6, minutes)
        assert plan.seconds == pytest.approx(plan.epochs * plan.steps * 0.32)
        assert plan.seconds <= TIME_SHARE * 60 * minutes
        assert plan.seconds > TIME_SHARE * 60 * minutes - 20 * 0.32
    assert plan_sizes(320, CHEAP, 1500, 0.001).epochs == 1
