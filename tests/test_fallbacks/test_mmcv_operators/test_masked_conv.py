"""Convolution at chosen pixels beside the whole convolution."""

import pytest
import torch
from mmcv.ops import MaskedConv2d


@pytest.mark.parametrize('padding', [0, 1, 2])
@pytest.mark.parametrize('kernel', [1, 3])
def test_chosen_pixels_are_those_of_the_convolution(device, kernel, padding):
    layer = MaskedConv2d(3, 4, kernel, padding=padding).to(device)
    input = torch.randn(1, 3, 6, 7, device=device)
    whole = layer(input).detach()
    mask = torch.zeros(1, 6, 7, device=device)
    height, width = min(6, whole.shape[2]), min(7, whole.shape[3])
    mask[:, :height, :width] = (torch.rand(height, width, device=device) > 0.6).float()
    result = layer(input, mask)
    chosen = torch.zeros_like(whole, dtype=torch.bool)
    chosen[:, :, :height, :width] = mask[:, :height, :width] > 0
    torch.testing.assert_close(result, whole.where(chosen, torch.zeros_like(whole)))


def test_nothing_chosen_is_zero():
    layer = MaskedConv2d(3, 4, 3, padding=1)
    assert layer(torch.randn(1, 3, 5, 5), torch.zeros(1, 5, 5)).eq(0).all()
