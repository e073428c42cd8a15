import numpy as np
import pytest
import torch

from mmpose_addons_core.adaptation import Appearance, Labeller, ViewSampler
from mmpose_addons_core.heatmaps import heatmap_peaks

SIZE, STRIDE = 64, 2


class Oracle:
    """Finds three coloured blobs wherever a view shows them; maps of half the input's size."""

    map_scale = (STRIDE, STRIDE)
    flip_indices = (1, 0, 2)
    full_range = 1.0

    def __init__(self):
        self.seen = []

    def maps(self, images):
        self.seen.append(images)
        return images[:, :, ::STRIDE, ::STRIDE].clone()

    def decode_heatmaps(self, maps):
        return heatmap_peaks(maps)[0] * STRIDE

    def points(self, images):
        maps = self.maps(images)
        return self.decode_heatmaps(maps).float(), maps.flatten(2).amax(-1)


def scene(points, sigma=3.0):
    """Images (B, 3, 64, 64) with a blob in each channel."""
    grid = torch.arange(SIZE, dtype=torch.float32)
    x = torch.exp(-((grid - points[..., :1]) ** 2) / (2 * sigma**2))
    y = torch.exp(-((grid - points[..., 1:]) ** 2) / (2 * sigma**2))
    return y[..., :, None] * x[..., None, :]


@pytest.fixture
def points(rng):
    return torch.from_numpy(rng.uniform(20, 44, (6, 3, 2)).round()).float()


@pytest.mark.parametrize('fusion', ['heatmap', 'published', 'coordinates'])
def test_views_of_an_equivariant_network_agree(points, fusion):
    labeller = Labeller(ViewSampler(), fusion=fusion, tolerance=3 / 64)
    found, confidence = labeller.label(Oracle(), scene(points), range(6), 0)
    # each view is read off a grid of 2 px, up to 1 px (1.4 along the diagonal) away
    assert np.abs(found - points.numpy()).max() < 1.5
    # the published fusion lays the heatmaps up to 1 px apart
    assert confidence.min() > (0.75 if fusion == 'published' else 0.8)
    assert confidence.max() <= 1 + 1e-6


@pytest.mark.parametrize('fusion', ['heatmap', 'published', 'coordinates'])
def test_disagreement_costs_confidence(points, fusion):
    class Stubborn(Oracle):
        """Always sees the blobs where the first view has them."""

        def maps(self, images):
            super().maps(images)
            return self.seen[0][:, :, ::STRIDE, ::STRIDE].clone()

    labeller = Labeller(ViewSampler(), fusion=fusion)
    away = points + torch.tensor([12.0, 0.0])  # a turn about the centre moves it
    _, stubborn = labeller.label(Stubborn(), scene(away), range(6), 0)
    _, sure = labeller.label(Oracle(), scene(away), range(6), 0)
    assert stubborn.mean() < 0.8 * sure.mean()


def test_mirrored_views_keep_the_names(points):
    class Names(Oracle):
        """Calls the left one of two equal blobs keypoint 0."""

        def maps(self, images):
            both = super().maps(images)[:, :2].amax(1)
            middle = both.shape[-1] // 2
            left, right = both.clone(), both.clone()
            left[..., middle:] = 0
            right[..., :middle] = 0
            return torch.stack((left, right, both * 0), 1)

    points = torch.tensor([[[12.0, 30.0], [50.0, 34.0], [0.0, 0.0]]])
    sampler = ViewSampler(count=8, scale_std=0, rotation_std=0, flip_share=1.0)
    found, confidence = Labeller(sampler).label(Names(), scene(points), [3], 0)
    assert np.abs(found[0, :2] - points[0, :2].numpy()).max() <= 1
    assert confidence[0, :2].min() > 0.9


def test_same_labels_in_any_batch(points):
    labeller = Labeller(seed=3)
    images = scene(points)
    whole = labeller.label(Oracle(), images, range(6), 10)
    part = labeller.label(Oracle(), images[2:5], [2, 3, 4], 10)
    for one, two in zip(whole, part, strict=True):
        np.testing.assert_array_equal(one[2:5], two)


def test_views_change_with_the_round_and_the_seed(points):
    images = scene(points[:1])

    def views(seed, epoch):
        network = Oracle()
        Labeller(seed=seed).label(network, images, [0], epoch)
        return torch.stack(network.seen)

    assert torch.equal(views(0, 0), views(0, 0))
    assert torch.equal(views(0, 0)[0], images)
    assert not torch.equal(views(0, 0)[1:], views(0, 10)[1:])
    assert not torch.equal(views(0, 0)[1:], views(1, 0)[1:])


def test_parts_can_be_switched_off(points):
    images = scene(points)
    network = Oracle()
    Labeller(sampler=None).label(network, images, range(6), 0)
    assert len(network.seen) == 1
    network = Oracle()
    Labeller(sampler=None, appearance=Appearance(noise=0.3)).label(network, images, range(6), 0)
    assert torch.equal(network.seen[0], images)
    assert len(network.seen) == 5
    assert all(not torch.equal(view, images) for view in network.seen[1:])


@pytest.mark.parametrize('fusion', ['heatmap', 'published', 'coordinates'])
def test_nan_shows(points, fusion):
    class Broken(Oracle):
        def maps(self, images):
            maps = super().maps(images)
            maps[2] = float('nan')
            return maps

        def points(self, images):
            maps = self.maps(images)
            return self.decode_heatmaps(maps.nan_to_num()).float(), maps.flatten(2).amax(-1)

    _, confidence = Labeller(fusion=fusion).label(Broken(), scene(points), range(6), 0)
    assert np.isnan(confidence).any(1).tolist() == [False, False, True, False, False, False]


def test_bad_fusion():
    with pytest.raises(ValueError, match=r"fusion must be one of .*, got 'mean'"):
        Labeller(fusion='mean')
    with pytest.raises(ValueError, match='needs flip_share=0, got'):
        Labeller(fusion='published', sampler=ViewSampler(flip_share=0.5))
