"""Find the boxes of batches of images, in this process or on a Ray cluster."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from .boxes import Detector
from .frames import Lost, read_frames
from .on_ray import OnCluster, Worker

UNIT = 64
"""Images that a worker of a cluster does at a time, at least."""

Batch = Sequence[dict[str, Any]]
"""Images that the detector sees together: ``id`` and ``file_name``."""
Found = list[tuple[Any, Sequence[tuple[list[float], float]] | str]]
"""Of each image its id, and boxes (x1, y1, x2, y2) in image px with scores, or why it cannot be
read.
"""
FindBoxes = Callable[[Sequence[Batch]], Iterator[Found]]
"""Does batches, in any order."""


def batches_of(images: Batch, size: int, done: Callable[[Any], bool]) -> list[Batch]:
    """Return the batches of images that are not done.

    They have the same images in each start of a run, so that results do not depend on where an
    earlier start ended.

    Args:
        images: All images.
        size: Of a batch.
        done: Returns whether an image is done, by its id.
    """
    batches = [images[start : start + size] for start in range(0, len(images), size)]
    left = [[image for image in batch if not done(image['id'])] for batch in batches]
    return [batch for batch in left if batch]


def find_here(detector: Detector, folder: Path, batches: Sequence[Batch]) -> Iterator[Found]:
    """Find boxes in this process, one batch after the other; a :data:`FindBoxes`."""
    for batch in batches:
        yield _found(detector, folder, batch)


def find_on_cluster(
    on_cluster: OnCluster,
    make_detector: Callable[[], Detector],
    folder: Path,
    batches: Sequence[Batch],
) -> Iterator[Found]:
    """Find boxes on a Ray cluster; a :data:`FindBoxes`.

    Args:
        on_cluster: Of :func:`~.on_ray.joined_cluster`.
        make_detector: Loads the detector in a worker; it can be pickled.
        folder: Where the images are, on all machines.
        batches: To do.
    """
    units: list[list[Batch]] = []
    for batch in batches:
        if not units or sum(map(len, units[-1])) >= UNIT:
            units.append([])
        units[-1].append(batch)
    for row in on_cluster(partial(_worker, make_detector, folder), units):
        yield json.loads(row['found'])


def _worker(make_detector: Callable[[], Detector], folder: Path) -> Worker:
    detector = make_detector()

    def do(batches: Sequence[Batch]) -> dict[str, Any]:
        found = [image for batch in batches for image in _found(detector, folder, batch)]
        return dict(found=json.dumps(found))

    return do


def _found(detector: Detector, folder: Path, batch: Batch) -> Found:
    """Return what is found in a batch."""
    lost: list[Lost] = []
    frames = read_frames((folder / image['file_name'] for image in batch), lost.append)
    first = [frame for frame in frames if frame.number == 0]
    found = iter(detector([frame.image for frame in first]) if first else ())
    there = {frame.source for frame in first}
    messages = {one.source: one.message for one in lost}
    result: Found = []
    for number, image in enumerate(batch):
        if number in there:
            boxes, scores = next(found)
            pairs = zip(boxes.tolist(), scores.tolist(), strict=True)
            result.append((image['id'], [*pairs]))
        else:
            result.append((image['id'], messages[number]))
    return result
