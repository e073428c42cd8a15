"""Outputs of MMPose's heads in one form.

Shape letters: B samples, K keypoints. Coordinates are (x, y).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmpose_addons_runtime.geometry import CropGeometry


def last_stage(outputs: Any) -> Any:
    """Return the output of the last stage of a head that may have several."""
    while isinstance(outputs, (list, tuple)):
        outputs = outputs[-1]
    return outputs


def stacked_points(predicted: Sequence[InstanceData], geometry: CropGeometry) -> np.ndarray:
    """Stack predicted points to (B, K, 2) in input px, one instance per sample.

    The codecs of MMPose return :attr:`CropGeometry.codec_stretch` times the input px.
    """
    points = np.stack([np.asarray(pose.keypoints)[0, :, :2] for pose in predicted])
    return points / geometry.codec_stretch


def stacked_scores(predicted: Sequence[InstanceData]) -> np.ndarray:
    """Stack predicted scores to (B, K), one instance per sample."""
    return np.stack([np.asarray(pose.keypoint_scores)[0] for pose in predicted])


def map_tensors(function: Callable[[Tensor], Any], outputs: Any) -> Any:
    """Apply a function to a tensor, or to each tensor in nested lists and tuples."""
    if isinstance(outputs, Tensor):
        return function(outputs)
    if isinstance(outputs, (list, tuple)):
        return type(outputs)(map_tensors(function, item) for item in outputs)
    return outputs


def scaled(values: Any, factor: float) -> Any:
    """Multiply a tensor, or each tensor in nested lists and tuples."""
    return map_tensors(lambda part: part * factor, values)


def tensors_in(outputs: Any) -> list[Tensor]:
    """Return the tensors in nested lists and tuples."""
    found: list[Tensor] = []
    map_tensors(found.append, outputs)
    return found


def picked(values: Any, rows: Sequence[int]) -> Any:
    """Return rows of a tensor, or of each tensor in nested lists and tuples.

    Successive rows are a view, for which a GPU need not wait.
    """
    first, last = rows[0], rows[-1]
    if list(rows) == list(range(first, last + 1)):
        return map_tensors(lambda part: part[first : last + 1], values)
    index = torch.tensor(rows)
    return map_tensors(lambda part: part[index.to(part.device)], values)


def finite_rows(outputs: Any) -> Tensor:
    """Return whether all outputs for a sample are finite, (B,), bool."""
    parts = [part.detach().flatten(1).isfinite().all(1) for part in tensors_in(outputs)]
    return torch.stack(parts).all(0)


@contextmanager
def forward_gives(head: nn.Module, outputs: Any) -> Iterator[None]:
    """Let a head's ``loss`` or ``predict`` work with outputs that are there already."""
    head.forward = lambda *_: outputs
    try:
        yield
    finally:
        del head.forward
