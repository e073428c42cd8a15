"""Blur against OpenCV's."""

import cv2
import numpy as np
import pytest
import torch

from mmpose_addons_core.heatmaps import gaussian_blur, kernel_size_for
from mmpose_addons_core.heatmaps.blur import blur_matrix, blurred_patches, gaussian_kernel

BORDERS = {
    'reflect': cv2.BORDER_REFLECT_101,
    'zeros': cv2.BORDER_CONSTANT,
}
SIZES = [1, 3, 5, 7, 9, 11, 15, 17, 23]


@pytest.mark.parametrize('size', SIZES)
def test_kernel_is_opencvs(size):
    np.testing.assert_allclose(
        gaussian_kernel(size), cv2.getGaussianKernel(size, 0)[:, 0], atol=1e-7
    )


@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('border', BORDERS)
@pytest.mark.parametrize('shape', [(64, 48), (13, 12)])
def test_blur_is_opencvs(size, border, shape, rng):
    maps = rng.normal(size=(2, *shape)).astype(np.float32)
    expected = [cv2.GaussianBlur(m, (size, size), 0, borderType=BORDERS[border]) for m in maps]
    np.testing.assert_allclose(gaussian_blur(maps, size, border), expected, atol=1e-6)


@pytest.mark.parametrize('length', [1, 2, 3, 5])
@pytest.mark.parametrize('size', [3, 7, 11])
def test_reflection_of_vectors_shorter_than_the_kernel(length, size, rng):
    vector = rng.random(length)
    padded = np.pad(vector, size // 2, mode='reflect')
    expected = np.convolve(padded, gaussian_kernel(size), mode='valid')
    np.testing.assert_allclose(blur_matrix(length, size, 'reflect') @ vector, expected)


@pytest.mark.parametrize('border', BORDERS)
@pytest.mark.parametrize('radius', [0, 1, 2])
@pytest.mark.parametrize('shape', [(12, 9), (4, 3)])
@pytest.mark.parametrize('differentiable', [False, True])
def test_patches_are_cut_from_the_blurred_map(
    border, radius, shape, differentiable, rng, device
):
    """Round every pixel, border included; outside counts what is nearest inside."""
    height, width = shape
    heatmap = torch.from_numpy(rng.random(shape)).to(device)
    y, x = np.mgrid[:height, :width]
    points = torch.from_numpy(np.stack((x, y), -1)).to(device)
    maps = heatmap.expand(*shape, *shape).requires_grad_(differentiable)
    patches = blurred_patches(maps, points, radius, 7, border).detach().cpu()
    blurred = np.pad(gaussian_blur(heatmap, 7, border).cpu(), radius, mode='edge')
    side = 2 * radius + 1
    for i, j in np.ndindex(shape):
        expected = blurred[i : i + side, j : j + side]
        np.testing.assert_allclose(patches[i, j], expected, atol=1e-12)


def test_blur_is_differentiable():
    maps = torch.rand(2, 9, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda m: gaussian_blur(m, 5), maps)


@pytest.mark.parametrize('size', [0, 4, -3])
def test_kernel_size_must_be_odd(size):
    with pytest.raises(ValueError, match=f'odd, positive size; got {size}'):
        gaussian_blur(torch.zeros(3, 3), size)


def test_unknown_border():
    with pytest.raises(ValueError, match="got 'wrap'"):
        gaussian_blur(torch.zeros(3, 3), 3, 'wrap')


@pytest.mark.parametrize(('sigma', 'size'), [(2, 11), (3, 17), (1.5, 7), (0.1, 1)])
def test_kernel_size_of_sigma(sigma, size):
    assert kernel_size_for(sigma) == size
