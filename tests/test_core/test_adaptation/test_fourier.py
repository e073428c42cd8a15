import numpy as np
import pytest

from mmpose_addons_core.adaptation.fourier import low_amplitudes, with_amplitudes


@pytest.fixture
def images(rng):
    return rng.integers(60, 190, (2, 20, 24, 3), dtype=np.uint8)


def test_own_amplitudes_change_nothing(images):
    own = low_amplitudes(images[0], 3)
    assert own.shape == (7, 4, 3)
    np.testing.assert_array_equal(with_amplitudes(images[0], own, 1), images[0])
    other = low_amplitudes(images[1], 3)
    np.testing.assert_array_equal(with_amplitudes(images[0], other, 0), images[0])


def test_the_window_of_one_frequency_is_the_mean_colour(images):
    """b = 0 holds the constant part alone: the mean of each channel."""
    target = images[1] // 2
    amplitudes = low_amplitudes(target, 0)
    np.testing.assert_allclose(amplitudes[0, 0], target.mean((0, 1)), rtol=1e-5)
    result = with_amplitudes(images[0] // 2 + 40, amplitudes, 1)
    np.testing.assert_allclose(result.mean((0, 1)), target.mean((0, 1)), atol=0.6)


def test_against_the_formula_with_all_frequencies(images):
    """Eq. 3 of the paper by the complex transform, with a mask of |frequency| <= b."""
    source, target = images.astype(float)
    b = 4
    spectra = [np.fft.fft2(image, axes=(0, 1)) for image in (source, target)]
    rows, columns = (np.abs(np.fft.fftfreq(n) * n) <= b for n in source.shape[:2])
    low = (rows[:, None] & columns)[..., None]
    amplitude = np.where(low, np.abs(spectra[1]), np.abs(spectra[0]))
    expected = np.fft.ifft2(amplitude * np.exp(1j * np.angle(spectra[0])), axes=(0, 1)).real
    result = with_amplitudes(images[0], low_amplitudes(images[1], b), 1)
    np.testing.assert_allclose(result, expected.clip(0, 255), atol=0.51)


def test_amplitudes_of_another_size_give_its_colours(rng, images):
    larger = np.full((40, 60, 3), (10, 90, 200), np.uint8)
    result = with_amplitudes(images[0], low_amplitudes(larger, 0), 1)
    np.testing.assert_allclose(result.mean((0, 1))[1:], (90, 200), atol=4)


def test_windows_beyond_the_image_are_named(images):
    with pytest.raises(ValueError, match='from 0 to 9 for an image of 24 x 20 px, got 10'):
        low_amplitudes(images[0], 10)
