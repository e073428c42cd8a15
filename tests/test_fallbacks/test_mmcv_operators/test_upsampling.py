"""CARAFE by loops over pixels."""

import itertools

import pytest
import torch
from mmcv.ops import CARAFEPack, carafe, carafe_naive


def tensors(kernel=3, groups=2, scale=2, dtype=torch.float32):
    features = torch.randn(2, 4, 3, 5, dtype=dtype, requires_grad=True)
    size = 2, groups * kernel**2, 3 * scale, 5 * scale
    return features, torch.randn(size, dtype=dtype, requires_grad=True)


def plain(features, masks, kernel, groups, scale):
    images, channels, height, width = features.shape
    output = torch.zeros(images, channels, height * scale, width * scale)
    reach = kernel // 2
    for n, c, y, x in itertools.product(*map(range, output.shape)):
        group = c // (channels // groups)
        for i, j in itertools.product(range(kernel), range(kernel)):
            row, column = y // scale + i - reach, x // scale + j - reach
            if 0 <= row < height and 0 <= column < width:
                weight = masks[n, group * kernel**2 + i * kernel + j, y, x]
                output[n, c, y, x] += weight * features[n, c, row, column]
    return output


@pytest.mark.parametrize('function', [carafe, carafe_naive])
@pytest.mark.parametrize('settings', [(3, 2, 2), (5, 1, 1), (1, 4, 3)])
def test_it_is_that_of_loops(device, function, settings):
    values = [v.detach() for v in tensors(*settings)]
    result = function(*(v.to(device) for v in values), *settings)
    torch.testing.assert_close(result.cpu(), plain(*values, *settings))


def test_gradients():
    features, masks = (v[:1, :, :2, :2] for v in tensors(scale=1, dtype=torch.float64))
    assert torch.autograd.gradcheck(lambda *v: carafe(*v, 3, 2, 1), (features, masks))
    features, masks = (v[:1, :, :2, :2] for v in tensors(1, 4, dtype=torch.float64))
    assert torch.autograd.gradcheck(
        lambda *v: carafe(*v, 1, 4, 2), (features[:, :, :1, :1], masks)
    )


def test_layer_trains():
    layer = CARAFEPack(4, 2, up_kernel=3)
    layer(torch.randn(1, 4, 3, 3)).square().mean().backward()
    assert layer.content_encoder.weight.grad.abs().sum() > 0
