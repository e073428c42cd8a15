"""Disks and offsets: drawing, UDP's and G-RMI's reading, Hough votes."""

import numpy as np
import pytest
import torch

from mmpose_addons_core.heatmaps import (
    disk_offset_maps,
    disk_offset_points,
    hough_points,
    hough_votes,
    udp_offset_points,
)
from mmpose_addons_core.heatmaps.centroid import centroid

SIZE = (24, 20)


def random_disks(rng, count=200, radius=4.0):
    centres = rng.uniform((0, 0), (SIZE[0] - 1, SIZE[1] - 1), (count, 2))
    return centres, disk_offset_maps(centres, np.ones(count), SIZE, radius)[0]


def test_against_the_formula(rng):
    centres = rng.uniform(-3, 26, (2, 5, 2))
    visible = np.array([[1, 1, 0, 1, 1], [0.4, 1, 1, 2, 1]])
    maps, weights = disk_offset_maps(centres, visible, SIZE, 3.5)
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    for n, k in np.ndindex(2, 5):
        dx, dy = (centres[n, k, 0] - x) / 3.5, (centres[n, k, 1] - y) / 3.5
        label = (dx**2 + dy**2 <= 1) * (visible[n, k] > 0.5)
        expected = np.stack((label, label * dx, label * dy))
        np.testing.assert_allclose(maps[n, k], expected, atol=1e-7)
    assert maps.dtype == np.float32
    assert weights is visible


def test_torch_and_numpy_agree(rng, device, dtype):
    centres = torch.from_numpy(rng.uniform(-3, 26, (2, 5, 2))).to(dtype)
    visible = torch.ones(2, 5)
    maps, _ = disk_offset_maps(centres.to(device), visible.to(device), SIZE, 4.0)
    wide = centres if dtype == torch.float64 else centres.float()
    expected, _ = disk_offset_maps(wide.numpy(), visible.numpy(), SIZE, 4.0)
    np.testing.assert_allclose(maps.cpu(), expected, atol=1e-6)


@pytest.mark.parametrize(
    'read',
    [
        udp_offset_points,
        disk_offset_points,
        hough_points,
        lambda maps, radius: udp_offset_points(maps, radius, offset_kernel_size=1),
    ],
    ids=['udp', 'peak', 'hough', 'udp unblurred'],
)
def test_drawn_disks_are_read_exactly_border_included(read, rng):
    centres, maps = random_disks(rng)
    points, _ = read(maps, 4.0)
    if read not in (udp_offset_points, disk_offset_points, hough_points):
        inside = (centres > 4).all(-1) & (centres < np.subtract(SIZE, 5)).all(-1)
        points, centres = points[inside], centres[inside]
    np.testing.assert_allclose(points, centres, atol=1e-4)


def test_udps_published_blur_displaces_drawn_disks(rng):
    """What `blur_outside_disk` costs: 0.03 px inside, more than 1 px at the border."""
    centres, maps = random_disks(rng, count=2000)
    error = abs(udp_offset_points(maps, 4.0, blur_outside_disk=True)[0] - centres).max(-1)
    inside = (centres > 5).all(-1) & (centres < np.subtract(SIZE, 6)).all(-1)
    assert 0.02 < error[inside].max() < 0.032
    assert error[~inside].max() > 1


@pytest.mark.parametrize('blur_outside_disk', [False, True])
def test_udp_reads_half_types_and_batches(blur_outside_disk, rng, dtype, device):
    _, maps = random_disks(rng, count=6)
    maps = torch.from_numpy(maps).to(device, dtype)
    points, scores = udp_offset_points(
        maps.unflatten(0, (2, 3)), 4.0, blur_outside_disk=blur_outside_disk
    )
    for n, k in np.ndindex(2, 3):
        point, score = udp_offset_points(
            maps[3 * n + k].double(), 4.0, blur_outside_disk=blur_outside_disk
        )
        torch.testing.assert_close(points[n, k].double(), point, atol=1e-4, rtol=0)
        torch.testing.assert_close(scores[n, k].double(), score, atol=1e-5, rtol=0)


def test_labels_without_a_positive_value_stay_finite():
    maps = torch.full((2, 3, 9, 9), -0.5)
    for blur_outside_disk in (False, True):
        points, scores = udp_offset_points(maps, 4.0, blur_outside_disk=blur_outside_disk)
        assert points.isfinite().all()
        assert (scores < 0).all()


def test_votes_by_hand():
    """Three sure pixels: one votes for itself, one half way to the next, one outside."""
    logits = torch.zeros(3, 1, 3)
    logits[0] = 50
    logits[1] = torch.tensor([0.0, 0.25, 5.0])
    votes = hough_votes(logits, radius=2.0) * 4 * torch.pi
    torch.testing.assert_close(votes, torch.tensor([[1.0, 0.5, 0.5]]))


def test_votes_against_a_loop(rng):
    """The published sum over all pixels, each vote shared by the bilinear kernel."""
    logits = rng.normal(size=(2, 3, 6, 5))
    expected = np.zeros((2, 6, 5))
    y, x = np.mgrid[:6, :5]
    for n, j, i in np.ndindex(2, 6, 5):
        probability = 1 / (1 + np.exp(-logits[n, 0, j, i]))
        across = np.maximum(0, 1 - abs(i + 1.5 * logits[n, 1, j, i] - x))
        down = np.maximum(0, 1 - abs(j + 1.5 * logits[n, 2, j, i] - y))
        expected[n] += probability * across * down
    votes = hough_votes(logits, radius=1.5, threshold=0) * np.pi * 1.5**2
    np.testing.assert_allclose(votes, expected, atol=1e-12)


def test_improbable_pixels_do_not_vote():
    logits = torch.zeros(3, 4, 4)
    logits[0] = -4.7  # a probability of 0.009
    logits[0, 2, 1] = -4.5  # 0.011
    votes = hough_votes(logits, radius=1.0, threshold=0.01)
    assert votes.nonzero().tolist() == [[2, 1]]


def test_votes_are_differentiable():
    logits = torch.randn(2, 3, 5, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda maps: hough_votes(maps, 2.0), logits)


def test_hough_outvotes_a_wrong_peak(rng):
    """The most probable pixel points elsewhere; the disk knows better."""
    centre = np.array([[11.3, 9.6]])
    maps, _ = disk_offset_maps(centre, np.ones(1), SIZE, 4.0)
    logits = maps.copy()
    logits[:, 0] = np.where(maps[:, 0] > 0, 4.0, -6.0)
    logits[0, 0, 2, 3] = 5.0
    assert abs(disk_offset_points(logits, 4.0)[0] - centre).max() > 5
    points, scores = hough_points(logits, 4.0)
    np.testing.assert_allclose(points, centre, atol=0.01)
    assert scores[0] == pytest.approx(1, abs=0.1)


def test_paper_takes_the_pixel(rng):
    centres, maps = random_disks(rng, count=20)
    points, _ = hough_points(maps, 4.0, refine=False)
    np.testing.assert_array_equal(points, points.round())
    assert abs(points - centres).max() <= 0.51


def test_centroid_of_nothing_is_nan():
    points, total = centroid(torch.zeros(3, 3))
    assert points.isnan().all()
    assert total == 0
