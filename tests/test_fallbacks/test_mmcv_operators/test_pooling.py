"""RoIAlign and RoIPool by loops over samples and pixels, and as the compiled ones."""

import itertools
import math

import pytest
import torch
from mmcv.ops import RoIAlign, roi_align, roi_pool

from helpers.operators import output_and_gradients

# Second image too, partly outside of the map, smaller than a pixel, and without area.
ROIS = torch.tensor(
    [
        [0, 2.3, 1.1, 13.7, 9.4],
        [1, 0, 0, 15, 11],
        [1, -6.5, -7.25, 4, 5],
        [0, 10, 8, 25, 21],
        [0, 5.1, 5.2, 5.3, 5.4],
        [1, 3, 3, 3, 3],
    ]
)


def features(dtype=torch.float32):
    return torch.randn(2, 3, 6, 8, dtype=dtype, requires_grad=True)


def plain_sample(feature, y, x):
    height, width = feature.shape
    if not (-1 <= y <= height and -1 <= x <= width):
        return 0.0
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    value = 0.0
    for row, column in itertools.product(range(height), range(width)):
        weight = max(0, 1 - abs(y - row)) * max(0, 1 - abs(x - column))
        value += weight * float(feature[row, column])
    return value


def plain_roi_align(input, rois, size, scale, ratio, mode, aligned):
    output = torch.zeros(len(rois), input.shape[1], size, size)
    for k, (image, *box) in enumerate(rois.tolist()):
        x1, y1, x2, y2 = (v * scale - (0.5 if aligned else 0) for v in box)
        w, h = x2 - x1, y2 - y1
        if not aligned:
            w, h = max(w, 1), max(h, 1)
        ny, nx = (ratio or max(1, math.ceil(v / size)) for v in (h, w))
        for c, i, j in itertools.product(range(input.shape[1]), range(size), range(size)):
            samples = [
                plain_sample(
                    input[int(image), c],
                    y1 + (i + (a + 0.5) / ny) * h / size,
                    x1 + (j + (b + 0.5) / nx) * w / size,
                )
                for a, b in itertools.product(range(ny), range(nx))
            ]
            output[k, c, i, j] = max(samples) if mode == 'max' else sum(samples) / len(samples)
    return output


def plain_roi_pool(input, rois, size, scale):
    output = torch.zeros(len(rois), input.shape[1], size, size)
    for k, (image, x1, y1, x2, y2) in enumerate(rois.tolist()):
        w, h = (x2 + 1 - x1) * scale / size, (y2 + 1 - y1) * scale / size
        for i, j in itertools.product(range(size), range(size)):
            top, bottom = math.floor(y1 * scale + i * h), math.ceil(y1 * scale + (i + 1) * h)
            left, right = math.floor(x1 * scale + j * w), math.ceil(x1 * scale + (j + 1) * w)
            part = input[int(image), :, max(top, 0) : max(bottom, 0)]
            part = part[:, :, max(left, 0) : max(right, 0)]
            if part.numel():
                output[k, :, i, j] = part.amax((1, 2))
    return output


@pytest.mark.parametrize('aligned', [True, False])
@pytest.mark.parametrize('mode', ['avg', 'max'])
@pytest.mark.parametrize('ratio', [0, 2])
def test_roi_align_is_that_of_loops(device, mode, ratio, aligned):
    maps, rois = features().detach(), ROIS[[0, 2, 4]]
    layer = RoIAlign(2, 0.5, ratio, mode, aligned)
    result = layer(maps.to(device), rois.to(device)).cpu()
    expected = plain_roi_align(maps[:, :1], rois, 2, 0.5, ratio, mode, aligned)
    torch.testing.assert_close(result[:, :1], expected)


def test_roi_align_of_a_ramp_is_the_bins_centre():
    ramp = torch.arange(8.0).expand(1, 1, 6, 8)
    roi = torch.tensor([[0, 2.0, 2, 6, 4]])
    assert roi_align(ramp, roi, (1, 2), 1.0, 0, 'avg', True).flatten().tolist() == [2.5, 4.5]
    assert roi_align(ramp, roi, (1, 2), 1.0, 0, 'avg', False).flatten().tolist() == [3, 5]


@pytest.mark.parametrize('mode', ['avg', 'max'])
def test_roi_align_of_a_region_without_area_is_zero(mode):
    output, gradient = output_and_gradients(
        lambda maps: roi_align(maps, ROIS[5:], (2, 3), 0.5, 0, mode, True), features()
    )
    assert output.eq(0).all()
    assert gradient.eq(0).all()


@pytest.mark.parametrize('aligned', [True, False])
@pytest.mark.parametrize('mode', ['avg', 'max'])
def test_gradient_of_roi_align(mode, aligned):
    rois = ROIS.double()
    assert torch.autograd.gradcheck(
        lambda maps: roi_align(maps, rois, (2, 3), 0.3, 2, mode, aligned),
        features(torch.float64)[:, :1, :3, :4],
    )


def test_roi_pool_is_that_of_loops(device):
    maps = features().detach()
    rois = (ROIS * 4).round() / 4  # bins that float32 knows exactly
    result = roi_pool(maps.to(device), rois.to(device), 2, 0.5)
    torch.testing.assert_close(result.cpu(), plain_roi_pool(maps, rois, 2, 0.5))


def test_roi_pool_outside_of_the_map_is_zero():
    maps = features() - 9  # all are negative
    result = roi_pool(maps, torch.tensor([[0, 40, 40, 50, 50], [0, 9, 9, 3, 3.0]]), 2, 0.5)
    assert result.eq(0).all()
    assert torch.autograd.grad(result.sum(), maps)[0].eq(0).all()


def test_gradient_of_roi_pool():
    rois = ROIS.double()
    assert torch.autograd.gradcheck(
        lambda maps: roi_pool(maps, rois, 2, 0.3), features(torch.float64)[:, :1, :3, :4]
    )


@pytest.mark.parametrize('mode', ['avg', 'max'])
def test_no_regions(mode):
    def align(maps):
        return roi_align(maps, torch.zeros(0, 5), (2, 3), 1.0, 0, mode, True)

    output, gradient = output_and_gradients(align, features())
    assert output.shape == (0, 3, 2, 3)
    assert gradient.eq(0).all()
    output, gradient = output_and_gradients(
        lambda maps: roi_pool(maps, torch.zeros(0, 5), 2, 1.0), features()
    )
    assert output.shape == (0, 3, 2, 2)
    assert gradient.eq(0).all()


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_is_rounded_at_the_end(dtype):
    maps = features(dtype)
    layer = RoIAlign(2, 0.5)
    output, gradient = output_and_gradients(lambda maps: layer(maps, ROIS.to(dtype)), maps)
    expected = layer(maps.float(), ROIS.to(dtype).float())
    assert output.dtype == gradient.dtype == dtype
    torch.testing.assert_close(output, expected.to(dtype))


@pytest.mark.parametrize('aligned', [True, False])
@pytest.mark.parametrize('mode', ['avg', 'max'])
@pytest.mark.parametrize('ratio', [0, 1, 2])
@pytest.mark.parametrize('count', [0, 1, len(ROIS)])
def test_roi_align_agrees_with_compiled(agrees, mode, ratio, aligned, count):
    maps, rois = features(), ROIS[:count]
    if mode == 'max' and ratio == 0:
        rois = rois[:5]  # the last one has no area: 0, but -10000 by MMCV

    def align(maps):
        return roi_align(maps, rois, (3, 2), 0.5, ratio, mode, aligned)

    agrees(lambda: output_and_gradients(align, maps))
