"""Deformable convolutions: plain ones without offsets, samples by hand, compiled ones."""

import pytest
import torch
import torch.nn.functional as F
from mmcv.ops import DeformConv2dPack, deform_conv2d, modulated_deform_conv2d

from helpers.operators import output_and_gradients

# stride, padding, dilation, groups, deformable groups
SETTINGS = [
    (1, 1, 1, 1, 1),
    (2, 1, 1, 2, 1),
    (1, (2, 1), 2, 1, 2),
    ((2, 1), 0, (1, 2), 2, 4),
]


def tensors(settings, dtype=torch.float32, reach=0.8):
    """Input, offset, mask, weight and bias for a 3 x 2 kernel and some settings."""
    stride, padding, dilation, groups, deformable = settings
    input = torch.randn(2, 4, 6, 7, dtype=dtype)
    weight = torch.randn(6, 4 // groups, 3, 2, dtype=dtype)
    size = F.conv2d(input, weight, None, stride, padding, dilation, groups).shape[2:]
    offset = reach * torch.randn(2, deformable * 12, *size, dtype=dtype)
    mask = torch.rand(2, deformable * 6, *size, dtype=dtype)
    values = input, offset, mask, weight, torch.randn(6, dtype=dtype)
    return [value.requires_grad_() for value in values]


def plain(input, offset, mask, weight, bias, settings):
    """Samples by grid_sample, one tap of the kernel after the other."""
    stride, padding, dilation, groups, deformable = settings
    (sy, sx), (py, px), (dy, dx) = (
        v if isinstance(v, tuple) else (v, v) for v in (stride, padding, dilation)
    )
    height, width = input.shape[2:]
    rows, columns = offset.shape[2:]
    taps = weight.shape[2] * weight.shape[3]
    offset = offset.unflatten(1, (deformable, taps, 2))
    mask = mask.unflatten(1, (deformable, taps))
    samples = []
    for tap in range(taps):
        i, j = divmod(tap, weight.shape[3])
        y = torch.arange(rows)[:, None] * sy - py + i * dy + offset[:, :, tap, 0]
        x = torch.arange(columns) * sx - px + j * dx + offset[:, :, tap, 1]
        grid = torch.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1], -1)
        maps = input.unflatten(1, (deformable, -1)).flatten(0, 1)
        sample = F.grid_sample(maps, grid.flatten(0, 1), align_corners=False)
        samples.append(sample.unflatten(0, (-1, deformable)) * mask[:, :, tap, None])
    columns_of_input = torch.stack(samples, 3).flatten(1, 2)  # (N, C, taps, H', W')
    parts = columns_of_input.unflatten(1, (groups, -1))
    weight = weight.flatten(2).unflatten(0, (groups, -1))
    output = torch.einsum('ngcthw,goct->ngohw', parts, weight).flatten(1, 2)
    return output + bias[:, None, None]


@pytest.mark.parametrize('settings', SETTINGS)
def test_without_offsets_it_is_a_convolution(device, settings):
    input, offset, _, weight, bias = (v.detach().to(device) for v in tensors(settings))
    expected = F.conv2d(input, weight, None, *settings[:4])
    result = deform_conv2d(input, 0 * offset, weight, *settings)
    torch.testing.assert_close(result, expected, rtol=1e-4, atol=1e-4)
    ones = torch.ones_like(offset[:, ::2])
    result = modulated_deform_conv2d(input, 0 * offset, ones, weight, bias, *settings)
    torch.testing.assert_close(result, expected + bias[:, None, None], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize('settings', SETTINGS)
def test_modulated_is_that_of_sampling(settings):
    values = tensors(settings, torch.float64)
    result = output_and_gradients(lambda *v: modulated_deform_conv2d(*v, *settings), *values)
    expected = output_and_gradients(lambda *v: plain(*v, settings), *values)
    torch.testing.assert_close(result, expected)


@pytest.mark.parametrize('settings', SETTINGS)
def test_unmodulated_is_that_of_sampling(settings):
    input, offset, mask, weight, bias = tensors(settings, torch.float64)
    ones, zeros = torch.ones_like(mask), torch.zeros_like(bias)
    result = output_and_gradients(
        lambda x, o, w: deform_conv2d(x, o, w, *settings), input, offset, weight
    )
    expected = output_and_gradients(
        lambda x, o, w: plain(x, o, ones, w, zeros, settings), input, offset, weight
    )
    torch.testing.assert_close(result, expected)


def test_sample_worked_by_hand():
    input = torch.arange(16.0).view(1, 1, 4, 4)
    offset = torch.zeros(1, 2, 4, 4)
    offset[0, :, 1, 2] = torch.tensor([0.5, -0.25])  # y, x: 6 + 0.5 * 4 - 0.25
    offset[0, :, 3, 3] = torch.tensor([0.75, 0.0])  # a quarter of the last row is left
    offset[0, :, 0, 0] = torch.tensor([-1.0, 0.0])  # a whole pixel outside
    result = deform_conv2d(input, offset, torch.ones(1, 1, 1, 1))[0, 0]
    assert result[1, 2] == 7.75
    assert result[3, 3] == 15 / 4
    assert result[0, 0] == 0
    assert result[2, 2] == 10


def test_offsets_that_are_no_numbers_sample_zeros():
    input, offset, _, weight, _ = tensors(SETTINGS[0])
    broken = offset.detach().clone()
    broken[:, :6] = torch.tensor([torch.nan, torch.inf, -torch.inf]).repeat(2)[:, None, None]
    rest = weight.detach().clone()
    rest.flatten(2)[..., :3] = 0  # the kernel's taps with these offsets
    result = deform_conv2d(input, broken.requires_grad_(), weight, *SETTINGS[0])
    torch.testing.assert_close(result, deform_conv2d(input, offset, rest, *SETTINGS[0]))
    gradients = torch.autograd.grad(result.square().sum(), [input, broken, weight])
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert gradients[1][:, :6].eq(0).all()


def test_only_the_weight_may_take_a_gradient():
    input, offset, _, weight, _ = tensors(SETTINGS[0])
    output = deform_conv2d(input.detach(), offset.detach(), weight, *SETTINGS[0])
    expected = deform_conv2d(input, offset, weight, *SETTINGS[0])
    (gradient,) = torch.autograd.grad(output.square().sum(), [weight])
    torch.testing.assert_close(
        gradient, torch.autograd.grad(expected.square().sum(), [weight])[0]
    )


def test_no_bias_and_half_precision():
    input, offset, mask, weight, _ = tensors(SETTINGS[0])
    half = [v.detach().bfloat16() for v in (input, offset, mask, weight)]
    result = modulated_deform_conv2d(*half, None, *SETTINGS[0])
    expected = modulated_deform_conv2d(*(v.float() for v in half), None, *SETTINGS[0])
    assert result.dtype == torch.bfloat16
    torch.testing.assert_close(result, expected.bfloat16())


def larger_offsets(settings=SETTINGS[0]):
    """As for DyHead: offset and mask have more pixels than the output."""
    input, offset, mask, weight, bias = tensors(settings)
    offset, mask = (
        torch.randn(*v.shape[:2], 9, 8).sigmoid().requires_grad_() for v in (offset, mask)
    )
    return input, offset, mask, weight, bias


def test_of_larger_offsets_the_first_elements_count():
    input, offset, mask, weight, bias = larger_offsets()
    first = [
        v.flatten(1)[:, : v.shape[1] * 48].view(2, -1, 6, 8).detach().requires_grad_()
        for v in (offset, mask)
    ]
    result = output_and_gradients(
        lambda *v: modulated_deform_conv2d(*v, *SETTINGS[0]), input, offset, mask, weight, bias
    )
    expected = output_and_gradients(
        lambda *v: modulated_deform_conv2d(*v, *SETTINGS[0]), input, *first, weight, bias
    )
    torch.testing.assert_close(result[0], expected[0])
    torch.testing.assert_close(result[2].flatten(1)[:, : 12 * 48], expected[2].flatten(1))
    assert result[2].flatten(1)[:, 12 * 48 :].eq(0).all()


def test_larger_offsets_agree_with_compiled(agrees):
    values = larger_offsets()
    agrees(
        lambda: output_and_gradients(
            lambda *v: modulated_deform_conv2d(*v, *SETTINGS[0]), *values
        )
    )


def test_smaller_offsets_are_refused():
    input, offset, mask, weight, bias = tensors(SETTINGS[0])
    with pytest.raises(RuntimeError, match='offset output dims'):
        modulated_deform_conv2d(input, offset[:, :, 1:], mask, weight, bias, *SETTINGS[0])


def test_layer_trains():
    layer = DeformConv2dPack(4, 6, 3, padding=1)
    layer(torch.randn(2, 4, 5, 5)).square().mean().backward()
    assert layer.weight.grad.abs().sum() > 0
    assert layer.conv_offset.weight.grad.abs().sum() > 0


@pytest.mark.parametrize('reach', [0.0, 0.8, 5.0])
@pytest.mark.parametrize('settings', SETTINGS)
def test_it_agrees_with_compiled(agrees, settings, reach):
    input, offset, mask, weight, bias = tensors(settings, reach=reach)
    values = input, offset, weight
    agrees(lambda: output_and_gradients(lambda *v: deform_conv2d(*v, *settings), *values))
    values = input, offset, mask, weight, bias
    agrees(
        lambda: output_and_gradients(lambda *v: modulated_deform_conv2d(*v, *settings), *values)
    )
    agrees(
        lambda: output_and_gradients(
            lambda *v: modulated_deform_conv2d(*v, None, *settings), *values[:-1]
        )
    )
