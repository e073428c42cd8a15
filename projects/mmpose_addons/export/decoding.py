"""Decode keypoints of network outputs by operations that ONNX has.

Shape letters: B crops, K keypoints, C channels, H x W a map. Coordinates are (x, y).
"""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from mmpose.codecs import MSRAHeatmap, RegressionLabel, SimCCLabel, UDPHeatmap
from mmpose.codecs.base import BaseKeypointCodec
from torch import Tensor

from mmpose_addons_core.choices import DECODERS
from mmpose_addons_core.heatmaps import heatmap_peaks
from mmpose_addons_core.heatmaps.decoders import Decoder, decoder_for
from mmpose_addons_core.heatmaps.peaks import values_at

from ..codecs import HeatmapCodec
from ..codecs.disk_codec import DiskCodec
from .errors import ExportError

KeypointDecoder = Callable[[Tensor], Tensor]
"""Keypoints (B, K, 3) as (x, y, score), input px, of a network's outputs."""

METHODS = ('codec', *DECODERS)
"""How heatmaps are decoded: as the config's codec does, or by another method."""


def keypoint_decoder(codec: BaseKeypointCodec, method: str = 'codec') -> KeypointDecoder:
    """Return a function that decodes the output of a head.

    For every method, the codec of the config defines the scale between heatmap px and input px.

    Args:
        codec: The head's decoder.
        method: One of :data:`METHODS`; all but ``'codec'`` need a codec with one heatmap a
            keypoint, whose sigma they take.

    Raises:
        ExportError: This codec or method cannot be exported.
    """
    if method not in METHODS:
        raise ExportError(f'method must be one of {[*METHODS]}, got {method!r}')
    if method == 'codec' and isinstance(codec, RegressionLabel):
        return partial(_regressed, input_size=codec.input_size)
    if method == 'codec' and type(codec) is SimCCLabel:
        return _simcc_decoder(codec)
    decode = _codec_decoder(codec) if method == 'codec' else _named_decoder(codec, method)
    return partial(_scaled, decode=decode, scale=input_px_per_heatmap_px(codec))


def simcc_bins(codec: SimCCLabel) -> int:
    """Return the number of SimCC's bins along x."""
    return int(np.around(codec.input_size[0] * codec.simcc_split_ratio))


def input_px_per_heatmap_px(codec: BaseKeypointCodec) -> np.ndarray:
    """Return the scale (x, y) by which a codec multiplies heatmap px.

    Raises:
        ExportError: The codec has no such heatmaps, or none that are known here.
    """
    if isinstance(codec, HeatmapCodec):
        return codec.scale
    if type(codec) in (MSRAHeatmap, UDPHeatmap):
        return np.asarray(codec.scale_factor)
    raise ExportError(
        f'expected a codec of heatmaps (one of mmpose_addons, MSRAHeatmap or UDPHeatmap), got '
        f'{type(codec).__name__}'
    )


def decodes_alike(codec: BaseKeypointCodec, method: str) -> bool:
    """Return whether a method decodes exactly as the codec itself."""
    if method == 'codec':
        return True
    decoder = getattr(codec, 'decoder', None)
    return decoder is not None and _call(decoder) == _call(_named_decoder(codec, method))


def _codec_decoder(codec: BaseKeypointCodec) -> Decoder:
    if isinstance(codec, HeatmapCodec):
        return codec.decode_heatmaps
    if type(codec) is MSRAHeatmap and not codec.unbiased:
        return _mmpose_quarter_shift
    raise ExportError(
        f'{type(codec).__name__} cannot be decoded inside a graph; name one of {[*DECODERS]} '
        'to decode its heatmaps'
    )


def _named_decoder(codec: BaseKeypointCodec, method: str) -> Decoder:
    if isinstance(codec, DiskCodec) or getattr(codec, 'heatmap_type', '') == 'combined':
        raise ExportError(
            f'{method!r} decodes heatmaps, {type(codec).__name__} has disks and offsets'
        )
    return decoder_for(method, getattr(codec, 'sigma', 2.0))


def _call(decoder: Decoder) -> tuple[Callable, dict[str, Any]]:
    """Return the function of a decoder and all of its settings."""
    function = getattr(decoder, 'func', decoder)
    bound = inspect.signature(function).bind(None, **getattr(decoder, 'keywords', {}))
    bound.apply_defaults()
    return function, bound.arguments


def _scaled(maps: Tensor, decode: Decoder, scale: np.ndarray) -> Tensor:
    """Decode maps (B, C, H, W) to keypoints (B, K, 3), input px."""
    points, scores = decode(maps)
    per_pixel = torch.as_tensor(scale, dtype=torch.float32, device=maps.device)
    return torch.cat((points.float() * per_pixel, scores[..., None]), -1)


def _mmpose_quarter_shift(maps: Tensor) -> tuple[Tensor, Tensor]:
    """Apply MSRAHeatmap's rule: also next to a border, along it; no peak is (-1, -1)."""
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


def _simcc_decoder(codec: SimCCLabel) -> KeypointDecoder:
    if codec.use_dark or codec.decode_visibility:
        raise ExportError(
            'SimCCLabel with use_dark or decode_visibility cannot be decoded inside a graph'
        )
    return partial(_best_bins, bins=simcc_bins(codec), ratio=codec.simcc_split_ratio)


def _best_bins(outputs: Tensor, bins: int, ratio: float) -> Tensor:
    """Decode SimCC (Li et al., ECCV 2022): the best bin of each axis, keypoints (B, K, 3).

    As in MMPose, the score is the lower one of both axes, and no response is bin -1.

    Args:
        outputs: (B, K, Wx + Wy), the bins along x and then those along y.
        bins: Wx.
        ratio: Bins per input px.
    """
    axes = outputs[..., :bins], outputs[..., bins:]
    values, places = zip(*(axis.max(-1) for axis in axes), strict=True)
    scores = torch.minimum(*values)
    points = torch.stack(places, -1).float()
    points = torch.where(scores[..., None] > 0, points, -torch.ones_like(points))
    return torch.cat((points / ratio, scores[..., None]), -1)


def _regressed(outputs: Tensor, input_size: tuple[int, int]) -> Tensor:
    """Return coordinates (B, K, 2 or 4, with spread) as shares of the input's size."""
    points = outputs[..., :2] * torch.tensor(input_size, dtype=outputs.dtype)
    if outputs.shape[-1] == 4:
        scores = (1 - outputs[..., 2:]).mean(-1, keepdim=True)
    else:
        scores = torch.ones_like(outputs[..., :1])
    return torch.cat((points, scores), dim=-1)
