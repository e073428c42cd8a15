"""Fourier domain adaptation: the style of one image on the content of another.

Shape letters: H x W an image, b the half side of the window of low frequencies. Images are
(H, W, 3), uint8.
"""

import numpy as np


def low_amplitudes(image: np.ndarray, half_side: int) -> np.ndarray:
    """Return the amplitudes of the low frequencies of an image.

    Args:
        image: (H, W, 3), uint8.
        half_side: b; frequencies from -b to b periods per image along y, 0 to b along x (the
            others follow, since the image is real).

    Returns:
        (2 b + 1, b + 1, 3), float32, divided by the number of pixels.

    Raises:
        ValueError: If the window does not fit into the image.
    """
    height, width = image.shape[:2]
    _check(half_side, height, width)
    spectrum = np.fft.rfft2(image.astype(np.float32), axes=(0, 1))
    window = spectrum[_rows(half_side, height), : half_side + 1]
    return np.abs(window / (height * width)).astype(np.float32)


def with_amplitudes(image: np.ndarray, amplitudes: np.ndarray, share: float) -> np.ndarray:
    """Return an image with other amplitudes at low frequencies and its own phases.

    Yang and Soatto, "FDA: Fourier Domain Adaptation for Semantic Segmentation", CVPR 2020,
    arXiv 2004.05498, Eq. 3. Deviation: a share of the amplitude is exchanged instead of all.

    Args:
        image: (H, W, 3), uint8.
        amplitudes: (2 b + 1, b + 1, 3), of :func:`low_amplitudes` of an image of any size.
        share: From 0, the image itself, to 1, the paper's method.

    Returns:
        (H, W, 3), uint8.
    """
    height, width = image.shape[:2]
    half_side = amplitudes.shape[1] - 1
    _check(half_side, height, width)
    spectrum = np.fft.rfft2(image.astype(np.float32), axes=(0, 1))
    rows = _rows(half_side, height)
    window = spectrum[rows, : half_side + 1]
    own = np.abs(window)
    wanted = own + share * (amplitudes * (height * width) - own)
    spectrum[rows, : half_side + 1] = window * (wanted / np.maximum(own, 1e-6))
    result = np.fft.irfft2(spectrum, s=(height, width), axes=(0, 1))
    return np.rint(result).clip(0, 255).astype(np.uint8)


def _rows(half_side: int, height: int) -> np.ndarray:
    """Return the rows of the frequencies -b .. b in the order of ``numpy.fft``."""
    return np.arange(-half_side, half_side + 1) % height


def _check(half_side: int, height: int, width: int) -> None:
    if not 0 <= 2 * half_side < min(height, width):
        raise ValueError(
            f'half_side must be from 0 to {(min(height, width) - 1) // 2} for an image of '
            f'{width} x {height} px, got {half_side}'
        )
