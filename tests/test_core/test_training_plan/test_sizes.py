"""Input size, batch and length of a training."""

import pytest

from mmpose_addons_core.training_plan.sizes import (
    LABELLING_SHARE,
    LONGEST,
    Measured,
    input_size,
    labelling,
    sizes_by_seconds,
    sizes_by_steps,
)

CHEAP = Measured(seconds=0.01, bytes=1e6, free=1e10)


@pytest.mark.parametrize(
    ('box', 'side'), [(20, 64), (51, 64), (52, 96), (102, 128), (150, 192), (1000, 256)]
)
def test_the_input_is_the_crop_rounded_up(box, side):
    boxes = [(box, box / 2), (box / 2, box), (box, box)]
    assert input_size(boxes, 256) == (side, side)


@pytest.mark.parametrize(
    ('box', 'image', 'size'),
    [
        (640, (640, 480), (128, 96)),  # as large as a crop
        (320, (640, 480), (128, 96)),
        (60, (60, 60), (96, 96)),
        (200, (480, 640), (192, 256)),
        (10, (640, 480), (256, 192)),
        (100, (300, 300), (192, 192)),
    ],
)
def test_whole_images_keep_their_shape(box, image, size):
    assert input_size([(box, box / 2)], 128, [image], 256) == size


def test_the_batch_follows_memory_and_the_number_of_images():
    assert sizes_by_steps(500, CHEAP, 1500).batch == 32
    assert sizes_by_steps(10, CHEAP, 1500).batch == 10
    assert sizes_by_steps(500, Measured(0.01, 1e8, 2e9), 1500).batch == 10
    tight = Measured(0.01, 1e9, 1e9)
    assert sizes_by_steps(500, tight, 1500).batch == sizes_by_seconds(500, tight, 60).batch == 2
    assert sizes_by_steps(500, tight, 1500, least=4).batch == 4
    plan = sizes_by_seconds(500, tight, 60, least=4)
    assert plan.batch == 4
    assert plan.seconds == pytest.approx(plan.epochs * plan.steps * 0.04)


def test_many_images_need_fewer_epochs():
    few, many = sizes_by_steps(100, CHEAP, 1500), sizes_by_steps(3200, CHEAP, 1500)
    assert (few.steps, few.epochs) == (20, 75)
    assert (many.steps, many.epochs) == (100, 15)
    assert sizes_by_steps(100, CHEAP, 3).steps == 3


@pytest.mark.parametrize('seconds', [1, 60, 600, 7200])
@pytest.mark.parametrize('cost', [0.01, 0.2, 2.0])
def test_the_plan_fills_the_time(seconds, cost):
    plan = sizes_by_seconds(320, Measured(cost, 1e6, 1e10), seconds)
    step = plan.batch * cost
    assert plan.seconds == pytest.approx(plan.epochs * plan.steps * step)
    assert plan.seconds <= max(seconds, step)
    assert plan.steps * step <= max(LONGEST, step)
    if seconds > 100 * step:
        assert plan.seconds > 0.85 * seconds


def test_little_time_makes_the_batch_smaller_not_the_steps_fewer():
    assert sizes_by_seconds(320, CHEAP, 600).batch == 32
    assert sizes_by_seconds(320, CHEAP, 64).batch == 16
    assert sizes_by_seconds(320, CHEAP, 1).batch == 8


@pytest.mark.parametrize('seconds', [10, 100, 1000, 10_000])
def test_labelling_takes_its_share_of_the_time(seconds):
    rounds, views, frames = labelling(200, seconds, 0.05)
    assert frames <= 200
    assert rounds >= 2
    assert rounds * views * frames * 0.05 <= LABELLING_SHARE * seconds
