"""RoIAlign and RoIPool: features of regions on grids of bins.

Shapes: input (N, C, H, W), rois (K, 5) with the image's index and x1, y1, x2, y2 in input
pixels, output (K, C, ph, pw). ``spatial_scale`` converts input pixels to those of the map.
"""

import math
from typing import NamedTuple

import torch

from .precision import full_precision, kernel

MAX, AVERAGE = range(2)  # pool_mode's numbers in MMCV


def roi_align_forward(
    input: torch.Tensor,
    rois: torch.Tensor,
    output: torch.Tensor,
    argmax_y: torch.Tensor,
    argmax_x: torch.Tensor,
    aligned_height: int,
    aligned_width: int,
    spatial_scale: float,
    sampling_ratio: int,
    pool_mode: int,
    aligned: bool,
) -> None:
    """Fill ``output`` with the mean (pool_mode 1) or maximum (0) of bilinear samples in bins.

    A bin has ``sampling_ratio`` squared samples; for 0 as many as its size in feature pixels,
    rounded up. ``aligned`` shifts regions by half a feature pixel (He et al., "Mask R-CNN",
    2017, and Detectron2). The maximum also fills ``argmax_y`` and ``argmax_x``, both of
    output's shape, with its sample's coordinates in the feature map. A region without samples
    (no area, ``sampling_ratio`` 0, ``aligned``) is 0; MMCV's maximum is -10000 there.
    """
    features = full_precision(input)
    rois = rois.to(features.dtype)
    size = aligned_height, aligned_width
    if pool_mode == AVERAGE:
        settings = spatial_scale, *size, sampling_ratio, aligned
        output.copy_(kernel('roi_align')(features, rois, *settings))
        return
    for region, roi in enumerate(rois):
        y, x = _samples(roi, size, spatial_scale, sampling_ratio, aligned)
        if not len(y) * len(x):
            output[region], argmax_y[region], argmax_x[region] = 0, -2, -2
            continue
        values = _bilinear(features[int(roi[0])], y, x)
        grid = values.unflatten(2, (size[1], -1)).unflatten(1, (size[0], -1)).transpose(2, 3)
        best, which = grid.flatten(3).max(dim=3)  # (C, ph, pw)
        columns = len(x) // size[1]
        rows = torch.arange(size[0], device=y.device)[:, None] * (len(y) // size[0])
        bins = torch.arange(size[1], device=x.device) * columns
        output[region] = best
        argmax_y[region] = y[rows + which // columns]
        argmax_x[region] = x[bins + which % columns]


def roi_align_backward(
    grad_output: torch.Tensor,
    rois: torch.Tensor,
    argmax_y: torch.Tensor,
    argmax_x: torch.Tensor,
    grad_input: torch.Tensor,
    aligned_height: int,
    aligned_width: int,
    spatial_scale: float,
    sampling_ratio: int,
    pool_mode: int,
    aligned: bool,
) -> None:
    """Fill ``grad_input``, which is zero before.

    A maximum at exactly y = -1 has a gradient here, in contrast to MMCV.
    """
    grads = full_precision(grad_output)
    rois = rois.to(grads.dtype)
    if pool_mode == AVERAGE:
        settings = spatial_scale, aligned_height, aligned_width
        backward = kernel('_roi_align_backward')
        shape = grad_input.shape
        grad_input.copy_(backward(grads, rois, *settings, *shape, sampling_ratio, aligned))
        return
    y = _corners(argmax_y.to(grads.dtype), grad_input.shape[2])
    x = _corners(argmax_x.to(grads.dtype), grad_input.shape[3])
    total = torch.zeros_like(grad_input, dtype=grads.dtype)
    for row, row_weight in ((y.low, 1 - y.fraction), (y.high, y.fraction)):
        for column, column_weight in ((x.low, 1 - x.fraction), (x.high, x.fraction)):
            inside = y.inside & x.inside
            share = grads * row_weight * column_weight * inside
            _add_at(total, rois, row * grad_input.shape[3] + column, share)
    grad_input.copy_(total)


def roi_pool_forward(
    input: torch.Tensor,
    rois: torch.Tensor,
    output: torch.Tensor,
    argmax: torch.Tensor,
    pooled_height: int,
    pooled_width: int,
    spatial_scale: float,
) -> None:
    """Fill ``output`` with maxima over the whole pixels that a bin touches.

    ``argmax`` is filled with indices ``y W + x``, and -1 for a bin outside of the feature map.
    MMCV's regions end at ``(x2 + 1) spatial_scale`` and are not rounded, in contrast to
    torchvision's.
    """
    features = full_precision(input)
    height, width = features.shape[2:]
    rows = _bins(rois[:, 2], rois[:, 4], spatial_scale, pooled_height, height)
    columns = _bins(rois[:, 1], rois[:, 3], spatial_scale, pooled_width, width)
    output.zero_()
    argmax.fill_(-1)
    images = rois[:, 0].long().tolist()
    for region, image in enumerate(images):
        for j, (left, right) in enumerate(columns[region]):
            if left >= right:
                continue
            best, column = features[image, :, :, left:right].max(dim=2)  # (C, H)
            for i, (top, bottom) in enumerate(rows[region]):
                if top >= bottom:
                    continue
                value, row = best[:, top:bottom].max(dim=1)
                row = row + top
                column_of_row = column.gather(1, row[:, None])[:, 0] + left
                output[region, :, i, j] = value.to(output.dtype)
                argmax[region, :, i, j] = (row * width + column_of_row).to(argmax.dtype)


def roi_pool_backward(
    grad_output: torch.Tensor,
    rois: torch.Tensor,
    argmax: torch.Tensor,
    grad_input: torch.Tensor,
    pooled_height: int,
    pooled_width: int,
    spatial_scale: float,
) -> None:
    """Fill ``grad_input``, which is zero before."""
    total = torch.zeros_like(grad_input, dtype=full_precision(grad_output).dtype)
    share = grad_output.to(total.dtype) * (argmax >= 0)
    _add_at(total, rois, argmax.long().clamp(min=0), share)
    grad_input.copy_(total)


class _Corners(NamedTuple):
    """The two pixels beside a coordinate, the second one's weight, and whether it counts."""

    low: torch.Tensor
    high: torch.Tensor
    fraction: torch.Tensor
    inside: torch.Tensor


def _corners(coordinates: torch.Tensor, size: int) -> _Corners:
    """Find the neighbours of samples; up to a pixel outside of the map, the border counts."""
    inside = (coordinates >= -1) & (coordinates <= size)
    clamped = coordinates.clamp(0, size - 1)
    low = clamped.long()
    return _Corners(low, (low + 1).clamp(max=size - 1), clamped - low, inside)


def _samples(
    roi: torch.Tensor,
    size: tuple[int, int],
    spatial_scale: float,
    sampling_ratio: int,
    aligned: bool,
) -> list[torch.Tensor]:
    """Return the y (ph * n,) and x (pw * m,) of a region's samples, bin by bin."""
    box = roi[1:].view(2, 2) * spatial_scale - (0.5 if aligned else 0.0)
    axes = []
    for axis, bins in ((1, size[0]), (0, size[1])):
        start, length = box[0, axis], box[1, axis] - box[0, axis]
        if not aligned:
            length = length.clamp(min=1)
        count = sampling_ratio if sampling_ratio > 0 else math.ceil(length / bins)
        steps = torch.arange(count * bins, device=roi.device, dtype=roi.dtype) + 0.5
        axes.append(start + steps * (length / (bins * max(count, 1))))
    return axes


def _bilinear(features: torch.Tensor, y: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """Sample features (C, H, W) at every pair of a y and an x: (C, len(y), len(x))."""
    rows, columns = _corners(y, features.shape[1]), _corners(x, features.shape[2])
    low, high = features[:, rows.low], features[:, rows.high]
    between = low + (high - low) * rows.fraction[:, None]
    low, high = between[:, :, columns.low], between[:, :, columns.high]
    values = low + (high - low) * columns.fraction
    return values * (rows.inside[:, None] & columns.inside)


def _bins(
    start: torch.Tensor, end: torch.Tensor, spatial_scale: float, count: int, size: int
) -> list[list[tuple[int, int]]]:
    """Return the first pixel and the one after the last of each bin, for each region."""
    start = start * spatial_scale
    length = (end + 1) * spatial_scale - start
    edges = torch.arange(count + 1, device=start.device) * (length / count)[:, None]
    edges = edges + start[:, None]
    first = edges[:, :-1].floor().clamp(0, size).long()
    last = edges[:, 1:].ceil().clamp(0, size).long()
    last[length <= 0] = 0
    return [
        list(zip(*pair, strict=True))
        for pair in zip(first.tolist(), last.tolist(), strict=True)
    ]


def _add_at(
    total: torch.Tensor, rois: torch.Tensor, pixels: torch.Tensor, values: torch.Tensor
) -> None:
    """Add values (K, C, ph, pw) to ``total`` (N, C, H, W) at pixels ``y W + x``."""
    images, channels = rois[:, 0].long(), total.shape[1]
    maps = images[:, None] * channels + torch.arange(channels, device=total.device)
    places = maps[..., None, None] * total[0, 0].numel() + pixels
    total.view(-1).index_add_(0, places.flatten(), values.flatten())
