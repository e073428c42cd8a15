"""From a network's outputs to keypoints with operations that ONNX has.

Shape letters: B crops, K keypoints, C channels, H x W a map. Coordinates are (x, y).
"""

from collections.abc import Callable

import torch
from mmpose.codecs import MSRAHeatmap, RegressionLabel
from mmpose.codecs.base import BaseKeypointCodec
from torch import Tensor

from mmpose_addons_core.heatmaps import heatmap_peaks
from mmpose_addons_core.heatmaps.peaks import values_at

from ..codecs import (
    DARKHeatmap,
    HeatmapCodec,
    QuarterShiftHeatmap,
    SoftArgmaxHeatmap,
    UDPGaussianHeatmap,
)
from ..codecs.disk_codec import DiskCodec

Reader = Callable[[Tensor], Tensor]
"""Keypoints (B, K, 3) as (x, y, score), input px, of a network's outputs."""

METHODS = {
    'codec': None,
    'argmax': None,
    'quarter-shift': QuarterShiftHeatmap,
    'dark': DARKHeatmap,
    'udp': UDPGaussianHeatmap,
    'soft-argmax': SoftArgmaxHeatmap,
}
"""How heatmaps are read: as the config's codec does, or as another one."""


class ExportError(ValueError):
    """A network that cannot be exported as asked."""


def reader_for(codec: BaseKeypointCodec, method: str = 'codec') -> Reader:
    """How to read what a head gives.

    Args:
        codec: The head's decoder.
        method: A key of :data:`METHODS`; all but ``'codec'`` need a codec of heatmaps, whose
            sizes and sigma they take.

    Raises:
        ExportError: This codec or method cannot be exported.
    """
    if method not in METHODS:
        raise ExportError(f'a method is one of {[*METHODS]}, not {method!r}')
    name = type(codec).__name__
    if method != 'codec':
        if not hasattr(codec, 'heatmap_size'):
            raise ExportError(f'{method!r} reads heatmaps, {name} has none')
        if isinstance(codec, DiskCodec) or getattr(codec, 'heatmap_type', '') == 'combined':
            raise ExportError(f'{method!r} reads heatmaps, {name} has disks and offsets')
        sizes = dict(input_size=codec.input_size, heatmap_size=codec.heatmap_size)
        if method == 'argmax':
            return _reader(_argmax, QuarterShiftHeatmap(**sizes).scale)
        codec = METHODS[method](**sizes, sigma=getattr(codec, 'sigma', 2.0))
    if isinstance(codec, HeatmapCodec):
        return _reader(codec.read, codec.scale)
    if type(codec) is MSRAHeatmap and not codec.unbiased:
        return _reader(_mmpose_quarter_shift, codec.scale_factor)
    if isinstance(codec, RegressionLabel):
        return lambda outputs: _regressed(outputs, codec.input_size)
    raise ExportError(
        f'{name} cannot be read inside a graph; name one of {[*METHODS][1:]} to read its '
        'heatmaps'
    )


def _reader(read: Callable[[Tensor], tuple[Tensor, Tensor]], scale: object) -> Reader:
    per_pixel = torch.as_tensor(scale, dtype=torch.float32)

    def points_and_scores(maps: Tensor) -> Tensor:
        points, scores = read(maps)
        return torch.cat((points.float() * per_pixel.to(maps.device), scores[..., None]), -1)

    return points_and_scores


def _argmax(maps: Tensor) -> tuple[Tensor, Tensor]:
    return heatmap_peaks(maps)


def _mmpose_quarter_shift(maps: Tensor) -> tuple[Tensor, Tensor]:
    """MSRAHeatmap's rule, which next to a border still shifts along it; no peak is (-1, -1)."""
    peaks, scores = heatmap_peaks(maps)
    peaks = peaks - (scores <= 0).long()[..., None]
    x, y = peaks.unbind(-1)
    height, width = maps.shape[-2:]
    right = values_at(maps, x + 1, y) - values_at(maps, x - 1, y)
    down = values_at(maps, x, y + 1) - values_at(maps, x, y - 1)
    across = (x > 1) & (x < width - 1) & (y > 0) & (y < height)
    along = (y > 1) & (y < height - 1) & (x > 0) & (x < width)
    step = torch.stack((torch.sign(right) * across, torch.sign(down) * along), dim=-1)
    return peaks + 0.25 * step, scores


def _regressed(outputs: Tensor, input_size: tuple[int, int]) -> Tensor:
    """Coordinates (B, K, 2), or with their spread (B, K, 4), all parts of the input's size."""
    points = outputs[..., :2] * torch.tensor(input_size, dtype=outputs.dtype)
    if outputs.shape[-1] == 4:
        scores = (1 - outputs[..., 2:]).mean(-1, keepdim=True)
    else:
        scores = torch.ones_like(outputs[..., :1])
    return torch.cat((points, scores), dim=-1)
