import numpy as np
import pytest

from mmpose_addons_core.adaptation.photometry import Photometry
from mmpose_addons_core.adaptation.random_convolution import RandomConvolution

OFF = dict(brightness=0, colour=0, blur=0, noise=0, invert=0, grey=0, shuffle=0)
OFF.update(gamma=1, contrast=1, share=1)


@pytest.fixture
def image(rng):
    return rng.integers(30, 220, (24, 30, 3), dtype=np.uint8)


def generators(count):
    return [np.random.default_rng(seed) for seed in range(count)]


@pytest.mark.parametrize('change', [Photometry(), RandomConvolution()])
def test_a_generator_gives_one_image(image, change):
    before = image.copy()
    first, second, third = (change.apply(image, np.random.default_rng(s)) for s in (3, 3, 4))
    np.testing.assert_array_equal(first, second)
    assert (first != third).any()
    assert first.dtype == np.uint8
    assert first.shape == image.shape
    np.testing.assert_array_equal(image, before)


def test_strength_0_changes_nothing(image):
    for rng in generators(10):
        np.testing.assert_array_equal(Photometry(strength=0).apply(image, rng), image)


def test_inversion_is_the_negative(image):
    negative = Photometry(**{**OFF, 'invert': 1}).apply(image, np.random.default_rng(0))
    np.testing.assert_array_equal(negative, 255 - image)


def test_grey_has_equal_channels(image):
    grey = Photometry(**{**OFF, 'grey': 1}).apply(image, np.random.default_rng(0))
    assert np.ptp(grey, axis=2).max() == 0


def test_limits_of_gamma_and_contrast(image):
    """With a gamma g, grey value 128 becomes 255 (128 / 255)^(g or 1 / g) at the limits."""
    flat = np.full((4, 4, 3), 128, np.uint8)
    gamma = Photometry(**{**OFF, 'gamma': 3})
    values = [int(gamma.apply(flat, rng)[0, 0, 0]) for rng in generators(200)]
    assert 255 * (128 / 255) ** 3 - 1 <= min(values) < 40
    assert 190 < max(values) <= 255 * (128 / 255) ** (1 / 3) + 1
    contrast = Photometry(**{**OFF, 'contrast': 2})
    spreads = [contrast.apply(image, rng).std() / image.std() for rng in generators(100)]
    assert 0.49 < min(spreads) < 0.6
    assert 1.4 < max(spreads) < 2  # clipped at 0 and 255


def test_noise_has_the_share_of_255(image):
    flat = np.full((64, 64, 3), 128, np.uint8)
    noise = Photometry(**{**OFF, 'noise': 0.1})
    spreads = [noise.apply(flat, rng).std() for rng in generators(50)]
    assert max(spreads) == pytest.approx(25.5, rel=0.06)


@pytest.mark.parametrize(
    'bad', [dict(gamma=0.5), dict(noise=-1), dict(share=1.1), dict(strength=-1)]
)
def test_bad_amounts(bad):
    with pytest.raises(ValueError, match='expected gamma and contrast >= 1'):
        Photometry(**bad)


def test_strength_in_percent():
    with pytest.raises(ValueError, match=r'of strength must be numbers, got 2.5, 2.5 and 1000'):
        Photometry(strength=1000)


def test_convolution_keeps_mean_and_spread():
    ramp = np.linspace(100, 150, 32).astype(np.uint8)
    image = np.repeat(np.tile(ramp, (32, 1))[..., None], 3, axis=2)
    for rng in generators(5):
        changed = RandomConvolution(mix=0).apply(image, rng)
        assert changed.mean() == pytest.approx(image.mean(), abs=1)
        assert changed.std() == pytest.approx(image.std(), abs=1)


def test_convolution_with_1_px_maps_equal_colours_to_equal_colours(image):
    changed = RandomConvolution(sides=(1,)).apply(image // 64 * 64, np.random.default_rng(0))
    before = {tuple(colour) for colour in (image // 64 * 64).reshape(-1, 3)}
    assert len({tuple(colour) for colour in changed.reshape(-1, 3)}) <= len(before)


@pytest.mark.parametrize('bad', [dict(sides=(2,)), dict(sides=()), dict(mix=2), dict(mix='1')])
def test_bad_convolution(bad):
    with pytest.raises(ValueError, match=r'sides must be odd|mix must'):
        RandomConvolution(**bad)
