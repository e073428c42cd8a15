"""Deformable attention beside MMCV's own version for the CPU."""

import pytest
import torch
from mmcv.ops.multi_scale_deform_attn import (
    MultiScaleDeformableAttnFunction,
    multi_scale_deformable_attn_pytorch,
)

from helpers.operators import output_and_gradients

SHAPES = torch.tensor([[4, 5], [2, 3], [1, 1]])
STARTS = torch.tensor([0, 20, 26])


def tensors(queries=7, dtype=torch.float32):
    """Values, locations, some of them outside of the maps, and weights of 2 images."""
    value = torch.randn(2, 27, 2, 3, dtype=dtype)
    locations = 1.4 * torch.rand(2, queries, 2, 3, 4, 2, dtype=dtype) - 0.2
    weights = torch.rand(2, queries, 2, 12, dtype=dtype).softmax(-1).unflatten(-1, (3, 4))
    return [v.requires_grad_() for v in (value, locations, weights)]


def attend(value, locations, weights):
    device = value.device
    where = SHAPES.to(device), STARTS.to(device)
    return MultiScaleDeformableAttnFunction.apply(value, *where, locations, weights, 64)


@pytest.mark.parametrize('queries', [0, 1, 7])
def test_it_is_mmcvs_version_for_the_cpu(device, queries):
    values = [v.to(device) for v in tensors(queries)]
    result = output_and_gradients(attend, *values)
    expected = output_and_gradients(
        lambda v, *rest: multi_scale_deformable_attn_pytorch(v, SHAPES.to(device), *rest),
        *values,
    )
    torch.testing.assert_close(result, expected, rtol=1e-5, atol=1e-5)


def test_sample_worked_by_hand():
    value = torch.arange(27.0)[None, :, None, None]
    locations = torch.full((1, 1, 1, 3, 1, 2), 9.0)  # outside
    locations[0, 0, 0, 0, 0] = torch.tensor([0.5, 0.5])  # map 4 x 5: column 2, row 1.5
    locations[0, 0, 0, 1, 0] = torch.tensor([1.0, 0.25])  # map 2 x 3: half of row 0's last
    weights = torch.tensor([0.5, 0.25, 0.25]).view(1, 1, 1, 3, 1)
    assert attend(value, locations, weights).item() == 0.5 * 9.5 + 0.25 * 0.5 * 22


def test_gradients():
    assert torch.autograd.gradcheck(attend, tensors(2, torch.float64))
