"""Decoding: from heatmaps to points and scores, one function a method.

Each function takes one heatmap a keypoint, (..., H, W), NumPy or torch, and gives points
(..., 2), heatmap px, (x, y), and scores (...). What a heatmap pixel is in the network's input
depends on how the heatmaps were drawn, not on the method: see :mod:`.grid`. Codecs and exported
graphs share these functions.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from ..arrays import Array
from ..choices import DECODERS
from .blur import kernel_size_for
from .dark import dark_refine
from .peaks import heatmap_peaks, quarter_shift
from .soft_argmax import soft_argmax
from .udp import udp_refine

Decoder = Callable[[Array], tuple[Array, Array]]


def decode_argmax(heatmaps: Array) -> tuple[Array, Array]:
    """Return the pixel of the maximum, int64, and its value (see :func:`heatmap_peaks`)."""
    return heatmap_peaks(heatmaps)


def decode_quarter_shift(heatmaps: Array) -> tuple[Array, Array]:
    """Move the maximum by 0.25 px towards the higher neighbour (Simple Baselines)."""
    peaks, scores = heatmap_peaks(heatmaps)
    return quarter_shift(heatmaps, peaks), scores


def decode_dark(
    heatmaps: Array, blur_kernel_size: int = 11, accept_any_step: bool = False
) -> tuple[Array, Array]:
    """Refine the maximum by DARK's Newton step (see :func:`dark_refine`)."""
    peaks, scores = heatmap_peaks(heatmaps)
    return dark_refine(heatmaps, peaks, blur_kernel_size, accept_any_step), scores


def decode_udp(
    heatmaps: Array, blur_kernel_size: int = 7, accept_any_step: bool = False
) -> tuple[Array, Array]:
    """Refine the maximum by UDP's Newton step (see :func:`udp_refine`)."""
    peaks, scores = heatmap_peaks(heatmaps)
    return udp_refine(heatmaps, peaks, blur_kernel_size, accept_any_step), scores


def decode_soft_argmax(
    heatmaps: Array, beta: float = 160.0, shift: bool = False
) -> tuple[Array, Array]:
    """Apply LPN's beta-soft-argmax (see :func:`soft_argmax`); `shift` adds 0.25 px."""
    points, scores = cast(Any, soft_argmax)(heatmaps, beta)
    return (quarter_shift(heatmaps, points) if shift else points), scores


def decoder_for(method: str, sigma: float = 2.0) -> Decoder:
    """Return a method by its name in :data:`~mmpose_addons_core.choices.DECODERS`.

    Args:
        method: The name.
        sigma: Of the heatmaps' Gaussians, heatmap px; DARK's blur depends on it.

    Raises:
        ValueError: There is no such method.

    Example:
        >>> import numpy as np
        >>> point, score = decoder_for('argmax')(np.eye(3, dtype=np.float32)[1:, :2])
        >>> point.tolist(), float(score)
        ([1, 0], 1.0)
    """
    dark = partial(decode_dark, blur_kernel_size=kernel_size_for(sigma))
    functions = decode_argmax, decode_quarter_shift, dark, decode_udp, decode_soft_argmax
    decoders: dict[str, Decoder] = dict(zip(DECODERS, functions, strict=True))
    if method not in decoders:
        raise ValueError(f'method must be one of {[*decoders]}, got {method!r}')
    return decoders[method]
