"""Windows cut out of maps."""

import numpy as np
import pytest
import torch

from mmpose_addons_core.heatmaps.windows import cut_windows, windows_around


@pytest.mark.parametrize('shape', [(), (4,), (2, 3)])
@pytest.mark.parametrize('differentiable', [False, True])
def test_windows_are_the_slices(shape, differentiable, rng, device):
    maps = torch.from_numpy(rng.random((*shape, 7, 5))).to(device)
    start = torch.from_numpy(rng.integers(0, 3, (*shape, 2))).to(device)
    windows = cut_windows(maps.requires_grad_(differentiable), start, (3, 4))
    assert windows.shape == (*shape, 4, 3)
    for index in np.ndindex(shape):
        x, y = start[index].tolist()
        assert torch.equal(windows[index], maps[index][y : y + 4, x : x + 3])


def test_windows_of_maps_that_are_not_contiguous(rng):
    maps = torch.from_numpy(rng.random((2, 3, 7, 5)))[:, 1:].mT
    start = torch.ones(2, 2, 2, dtype=torch.long)
    assert torch.equal(cut_windows(maps, start, (2, 2)), maps[..., 1:3, 1:3])


def test_windows_are_copies():
    heatmap = torch.zeros(4, 4)
    cut_windows(heatmap, torch.tensor([1, 1]), (2, 2)).fill_(1)
    assert heatmap.sum() == 0


@pytest.mark.parametrize(
    ('point', 'start', 'shape'),
    [
        ((3, 3), (1, 1), (5, 5)),
        ((0, 1), (0, 0), (5, 5)),
        ((7, 8), (3, 4), (5, 5)),
    ],
)
def test_windows_move_into_the_map(point, start, shape):
    found, windows = windows_around(torch.zeros(9, 8), torch.tensor(point), 2)
    assert tuple(found) == start
    assert windows.shape == shape


def test_windows_of_a_small_map_are_the_map(rng):
    heatmap = torch.from_numpy(rng.random((3, 2)))
    start, window = windows_around(heatmap, torch.tensor([1, 2]), 4)
    assert start.tolist() == [0, 0]
    assert torch.equal(window, heatmap)


def test_gradient():
    maps = torch.rand(2, 5, 4, dtype=torch.float64, requires_grad=True)
    start = torch.tensor([[0, 1], [2, 3]])
    assert torch.autograd.gradcheck(lambda m: cut_windows(m, start, (2, 2)), maps)
