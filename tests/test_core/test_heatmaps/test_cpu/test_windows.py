"""Windows by views of memory against slices."""

import numpy as np
import pytest

from mmpose_addons_core.heatmaps.cpu.windows import cut_windows, paint_windows, windows_around


@pytest.mark.parametrize('shape', [(), (4,), (2, 3)])
def test_windows_are_the_slices(shape, rng):
    maps = rng.random((*shape, 7, 5))
    start = rng.integers(0, 3, (*shape, 2))
    windows = cut_windows(maps, start, (3, 4))
    assert windows.shape == (*shape, 4, 3)
    for index in np.ndindex(shape):
        x, y = start[index].tolist()
        np.testing.assert_array_equal(windows[index], maps[index][y : y + 4, x : x + 3])


@pytest.mark.parametrize(
    'view',
    [
        lambda maps: maps[:, 1:].swapaxes(-1, -2),
        lambda maps: maps[:, ::2, 1:6],
        lambda maps: np.broadcast_to(maps[:1], maps.shape).copy()[:, :, ::2],
    ],
    ids=['transposed', 'strided', 'every other row'],
)
def test_windows_of_maps_that_are_not_contiguous(view, rng):
    maps = view(rng.random((2, 3, 8, 6)))
    start = np.ones((*maps.shape[:-2], 2), int)
    np.testing.assert_array_equal(cut_windows(maps, start, (2, 2)), maps[..., 1:3, 1:3])


def test_windows_of_no_maps():
    assert cut_windows(np.zeros((0, 5, 4)), np.zeros((0, 2), int), (2, 3)).shape == (0, 3, 2)


def test_windows_are_copies():
    heatmap = np.zeros((4, 4))
    cut_windows(heatmap, np.array([1, 1]), (2, 2))[:] = 1
    assert heatmap.sum() == 0


def test_windows_move_into_the_map():
    start, windows = windows_around(np.zeros((3, 9, 8)), np.array([[3, 3], [0, 1], [7, 8]]), 2)
    assert start.tolist() == [[1, 1], [0, 0], [3, 4]]
    assert windows.shape == (3, 5, 5)


def test_painting_is_the_inverse_of_cutting(rng):
    windows = rng.random((2, 3, 4, 3)).astype(np.float32)
    start = rng.integers(0, 3, (2, 3, 2))
    maps = paint_windows(windows, start.astype(float), (5, 7))
    assert maps.shape == (2, 3, 7, 5)
    np.testing.assert_array_equal(cut_windows(maps, start, (3, 4)), windows)
    np.testing.assert_allclose(maps.sum((-2, -1)), windows.sum((-2, -1)), rtol=1e-5)
