"""Input size, batch and length of a training."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SIDES = (64, 96, 128, 192, 256, 384)
"""Longer sides of the input, px."""
PADDING = 1.25
"""Side of the crop over that of the box, MMPose's default."""
ANIMAL = 64
"""Longer side that an animal should have in the input if the whole image is the crop, px."""
MULTIPLE = 32
"""Sides of the input are multiples of this, for the strides of the networks."""
SHORTEST = 20
"""By steps, an epoch has at least so many, so that few images are not an epoch a moment."""
SMALLEST_BATCH, BATCH = 8, 32
WANTED_STEPS = 400
"""In a given time, the batch is smaller before a training has fewer steps."""
EPOCHS = 15
"""In a given time, which is divided into so many epochs, as far as an epoch is short."""
LONGEST = 60.0
"""Seconds of an epoch in a given time; a run that is killed loses less than one."""
MEMORY_SHARE = 0.5
LABELLING_SHARE = 0.25
"""Most of the time of an adaptation that its rounds of labelling may take."""
VIEWS, ROUNDS = (5, 3, 1), (5, 4, 3, 2)


@dataclass(frozen=True)
class Measured:
    """What a few steps have cost.

    Attributes:
        seconds: Of training on one image.
        bytes: Of memory for one image of a batch.
        free: Bytes of memory that are free.
        test_seconds: Of a prediction for one image, with the mirrored one.
    """

    seconds: float
    bytes: float
    free: float
    test_seconds: float = 0.0


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


def input_size(
    boxes: Sequence[tuple[float, float]],
    largest: int,
    whole: Sequence[tuple[float, float]] = (),
    largest_whole: int | None = None,
) -> tuple[int, int]:
    """Return width and height of the input, px.

    Of a crop round the box it is a square as large as the median crop. Of whole images it has
    their shape, is at least as large as a crop would be, and so large that the median animal
    has ``ANIMAL`` px. Both are rounded up to one of ``SIDES``.

    Args:
        boxes: Width and height of boxes, image px.
        largest: Longest side of a crop, px.
        whole: Width and height of the image of each box, if whole images are the crops.
        largest_whole: Longest side then, px; ``largest`` by default.

    Example:
        >>> input_size([(80, 60), (90, 100), (50, 70)], 256), input_size([(400, 300)], 128)
        ((128, 128), (128, 128))
        >>> input_size([(200, 100)], 128, [(640, 480)], 256)
        (256, 192)
    """
    side = _side(PADDING * float(np.median([max(box) for box in boxes])), largest)
    if not whole:
        return side, side
    pairs = zip(boxes, whole, strict=True)
    share = float(np.median([max(box) / max(image) for box, image in pairs]))
    wide = float(np.median([image[0] / image[1] for image in whole]))
    side = max(side, _side(ANIMAL / max(share, 1e-6), largest_whole or largest))
    other = max(MULTIPLE, math.ceil(side * min(wide, 1 / wide) / MULTIPLE) * MULTIPLE)
    return (side, other) if wide >= 1 else (other, side)


def _side(wanted: float, largest: int) -> int:
    return min(largest, next((side for side in SIDES if side >= wanted), SIDES[-1]))


def sizes_by_steps(images: int, measured: Measured, steps: int, least: int = 2) -> Sizes:
    """Plan batch and epochs of a training of a number of steps.

    Args:
        images: Of the training set.
        measured: Time and memory of an image.
        steps: Number of steps.
        least: Images of a batch, even where the set or the memory is smaller.

    Example:
        >>> sizes_by_steps(100, Measured(0.1, 1e6, 1e9), 1500)
        Sizes(batch=32, steps=20, epochs=75, seconds=4800.0)
    """
    batch = max(least, min(BATCH, images, _fits(measured)))
    of_epoch = min(steps, max(SHORTEST, math.ceil(images / batch)))
    epochs = max(1, steps // of_epoch)
    return Sizes(batch, of_epoch, epochs, epochs * of_epoch * batch * measured.seconds)


def sizes_by_seconds(images: int, measured: Measured, seconds: float, least: int = 2) -> Sizes:
    """Plan batch and epochs of a training that takes a given time.

    An epoch is a part of the time, not once over the images, so that checkpoints are frequent.

    Args:
        images: Of the training set.
        measured: Time and memory of an image.
        seconds: Time of all steps.
        least: Images of a batch, even where the set or the memory is smaller.

    Example:
        >>> sizes_by_seconds(100, Measured(0.1, 1e6, 1e9), 600)
        Sizes(batch=14, steps=28, epochs=15, seconds=588.0)
    """
    batch = int(seconds / measured.seconds / WANTED_STEPS) // 2 * 2
    most = min(BATCH, images, _fits(measured))
    batch = max(least, min(most, max(SMALLEST_BATCH, batch)))
    step = batch * measured.seconds
    of_epoch = max(1, int(min(seconds / EPOCHS, LONGEST) / step))
    epochs = max(1, int(seconds / (of_epoch * step)))
    return Sizes(batch, of_epoch, epochs, epochs * of_epoch * step)


def labelling(frames: int, seconds: float, test_seconds: float) -> tuple[int, int, int]:
    """Return rounds, views of each frame and frames that an adaptation has time to label.

    Args:
        frames: Number of frames that are wanted.
        seconds: Of the adaptation.
        test_seconds: Of a prediction for one image.

    Example:
        >>> labelling(200, 3600, 0.05), labelling(200, 600, 0.05), labelling(200, 60, 0.05)
        ((5, 5, 200), (3, 5, 200), (2, 1, 150))
    """
    most = LABELLING_SHARE * seconds / max(test_seconds, 1e-9)
    for views in VIEWS:
        for rounds in ROUNDS:
            if frames * views * rounds <= most:
                return rounds, views, frames
    return ROUNDS[-1], VIEWS[-1], max(2, int(most / ROUNDS[-1]))


def _fits(measured: Measured) -> int:
    """Return how many images of a batch fit into memory."""
    return int(MEMORY_SHARE * measured.free / max(measured.bytes, 1))
