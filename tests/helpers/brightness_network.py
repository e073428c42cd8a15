"""A network for inference without weights, whose keypoints depend on the crop."""

import os
import signal
from pathlib import Path

import numpy as np

from mmpose_addons_runtime.boxes import Boxes
from mmpose_addons_runtime.geometry import CropGeometry
from mmpose_addons_runtime.metadata import KeypointMetadata
from mmpose_addons_runtime.topdown import TopdownPipeline

KEYPOINTS = KeypointMetadata(('left', 'right'), ((0, 1),), (1, 0), (0.05, 0.05))


class BrightnessNetwork:
    """Two keypoints at the weighted mean of brightness, and at the mirrored place."""

    geometry = CropGeometry((24, 32))
    metadata = KEYPOINTS

    def __init__(self):
        self.batches = []

    def __call__(self, crops):
        self.batches.append(len(crops))
        weights = crops.astype(np.float64).sum(-1) + 1
        rows, columns = np.indices(weights.shape[1:])
        total = weights.sum((1, 2))
        x = (weights * columns).sum((1, 2)) / total
        y = (weights * rows).sum((1, 2)) / total
        points = np.stack((np.stack((x, y), -1), np.stack((23 - x, y), -1)), 1)
        return points, np.full((len(crops), 2), 0.9)


def brightness_pipeline():
    """For processes that load it anew, too."""
    return TopdownPipeline(BrightnessNetwork())


def killed_pipeline():
    """The same, but the first process that has seen a batch is killed before the second."""
    pipeline = brightness_pipeline()
    network, killed = pipeline.network, Path('killed')

    class Killed(BrightnessNetwork):
        def __call__(self, crops):
            if network.batches and not killed.exists():
                killed.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return network(crops)

    pipeline.network = Killed()
    return pipeline


def bright_boxes(images):
    """A detector: one box an image, as large as it is bright, scored by the batch's size."""
    boxes = [np.array([[0, 0, *[image.mean()] * 2]], np.float32) for image in images]
    return [Boxes(box, np.array([1 / len(images)], np.float32)) for box in boxes]


class KilledDetector:
    """The same; the first process that has seen a batch is killed before the second."""

    def __init__(self):
        self._batches = 0

    def __call__(self, images):
        killed = Path('killed')
        if self._batches and not killed.exists():
            killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        self._batches += 1
        return bright_boxes(images)
