"""Input size, batch and length of a training."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SIDES = (64, 96, 128, 192, 256)
"""Sides of the square input, px."""
PADDING = 1.25
"""Side of the crop over that of the box, MMPose's default."""
SOURCE_STEPS, ADAPTATION_STEPS = 1500, 1000
"""Without a time limit; a network of a few hundred images needs one or two thousand."""
SHORTEST = 20
"""An epoch has at least so many steps, so that few images are not an epoch a moment."""
BATCH = 32
MEMORY_SHARE = 0.5
TIME_SHARE = 0.8
"""Of the time limit that is planned for steps; the rest is for starting, labels and tests."""


@dataclass(frozen=True)
class Measured:
    """What a few steps have cost.

    Attributes:
        seconds: Of training on one image.
        bytes: Of memory for one image of a batch.
        free: Bytes of memory that are free.
    """

    seconds: float
    bytes: float
    free: float


@dataclass(frozen=True)
class Sizes:
    """Of one training.

    Attributes:
        batch: Images a step.
        steps: Of an epoch.
        epochs: Number of epochs.
        seconds: What its steps take, by the measured time.
    """

    batch: int
    steps: int
    epochs: int
    seconds: float


def input_side(boxes: Sequence[tuple[float, float]], largest: int = SIDES[-1]) -> int:
    """Return the side of the input: that of the median crop, rounded up to one of ``SIDES``.

    Args:
        boxes: Width and height of boxes, image px.
        largest: The most, px.

    Example:
        >>> input_side([(80, 60), (90, 100), (50, 70)]), input_side([(400, 300)], 128)
        (128, 128)
    """
    crop = PADDING * float(np.median([max(box) for box in boxes]))
    side = next((side for side in SIDES if side >= crop), SIDES[-1])
    return min(side, largest)


def plan_sizes(
    images: int, measured: Measured, steps: int, minutes: float | None = None
) -> Sizes:
    """Plan batch and epochs of a training.

    Args:
        images: Number of labelled instances.
        measured: Cost of an image.
        steps: Wanted number of steps.
        minutes: Time limit of this training; then at most what fits into it, at least one
            epoch.

    Example:
        >>> plan_sizes(100, Measured(0.1, 1e6, 1e9), 1500)
        Sizes(batch=32, steps=20, epochs=75, seconds=4800.0)
        >>> plan_sizes(100, Measured(0.1, 1e6, 1e9), 1500, minutes=10).epochs
        7
    """
    fits = int(MEMORY_SHARE * measured.free / max(measured.bytes, 1))
    batch = max(2, min(BATCH, images, fits))
    step = batch * measured.seconds
    if minutes is not None:
        steps = min(steps, int(TIME_SHARE * 60 * minutes / step))
    of_epoch = max(SHORTEST, math.ceil(images / batch))
    epochs = max(1, steps // of_epoch)
    return Sizes(batch, of_epoch, epochs, epochs * of_epoch * step)
