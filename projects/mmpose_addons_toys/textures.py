"""Colour palettes, patterned textures and image noise.

Letters: T = ``drawing.TEXTURE_SIZE``, height and width of a texture in texels. Colours are
(blue, green, red), 0 to 255.
"""

from functools import lru_cache

import cv2
import numpy as np

from .drawing import TEXTURE_SIZE, Colour, Image, mix_colours, plain_texture

_ROWS, _COLUMNS = np.mgrid[:TEXTURE_SIZE, :TEXTURE_SIZE]
PATTERNS = ('plain', 'hoops', 'stripes', 'plaid', 'dots', 'two-tone', 'mottled')


def colours_from_hex(codes: str) -> list[Colour]:
    """Return colours from hexadecimal red-green-blue codes.

    >>> colours_from_hex('ff8000 000010')
    [(0, 128, 255), (16, 0, 0)]
    """
    return [
        (int(code[4:], 16), int(code[2:4], 16), int(code[:2], 16)) for code in codes.split()
    ]


def pattern_texture(pattern: str, base: Colour, accent: Colour, period: int = 8) -> Image:
    """Return a (T, T, 3) texture with a pattern of two colours.

    Args:
        pattern: One of ``PATTERNS``.
        base: Main colour.
        accent: Colour of the pattern.
        period: Period of the pattern in texels.

    Raises:
        ValueError: If the pattern is unknown.
    """
    texture = plain_texture(base).copy()
    y, x = _ROWS, _COLUMNS
    half = max(period // 2, 1)
    if pattern == 'hoops':
        texture[y % period < half] = accent
    elif pattern == 'stripes':
        texture[x % period < half] = accent
    elif pattern == 'plaid':
        texture[(x % period < half) | (y % period < half)] = mix_colours(base, accent, 0.5)
        texture[(x % period < half) & (y % period < half)] = accent
    elif pattern == 'dots':
        across = (x + y // period % 2 * half) % period - half
        texture[across**2 + (y % period - half) ** 2 <= period**2 / 9] = accent
    elif pattern == 'two-tone':
        texture[: TEXTURE_SIZE // 2] = accent
    elif pattern == 'mottled':
        coarse = (
            _noise_tile()[: TEXTURE_SIZE // 4, : TEXTURE_SIZE // 4, :1].astype(np.float32) / 255
        )
        share = cv2.resize(coarse, (TEXTURE_SIZE, TEXTURE_SIZE))[..., None]
        texture = (texture * (1 - share) + np.array(accent) * share).astype(np.uint8)
    elif pattern != 'plain':
        raise ValueError(f'expected pattern to be one of {PATTERNS}, got {pattern!r}.')
    return texture


def add_end_bands(texture: Image, start: Colour | None, end: Colour | None) -> Image:
    """Return the texture with a band of colour across each end of its y axis.

    None leaves that end unchanged.
    """
    width = TEXTURE_SIZE // 8
    texture = texture.copy()
    if start is not None:
        texture[:width] = start
    if end is not None:
        texture[-width:] = end
    return texture


@lru_cache(maxsize=1)
def _noise_tile() -> Image:
    """Return (640, 640, 3) normal noise with mean 128 and standard deviation 32."""
    noise = np.random.default_rng(0).normal(128, 32, (640, 640, 3))
    return np.clip(np.round(noise), 0, 255).astype(np.uint8)


def add_noise(image: Image, sigma: float, rng: np.random.Generator) -> Image:
    """Add normal noise of deviation ``sigma`` to an (H, W, 3) image, in grey levels."""
    height, width = image.shape[:2]
    tile = _noise_tile()
    if max(height, width) > len(tile):
        tile = np.tile(tile, (height // len(tile) + 2, width // len(tile) + 2, 1))
    y = int(rng.integers(tile.shape[0] - height + 1))
    x = int(rng.integers(tile.shape[1] - width + 1))
    noise = tile[y : y + height, x : x + width]
    return cv2.addWeighted(image, 1.0, noise, sigma / 32, -4 * sigma)


def smooth_noise(
    size: tuple[int, ...], cells: int, depth: float, rng: np.random.Generator
) -> Image:
    """Return smooth random brightness factors, (H, W, 3) uint8, where 128 means 1.

    Args:
        size: (H, W) in px.
        cells: Number of random values along each side, between which the map is interpolated.
        depth: Largest deviation of a factor from 1.
        rng: Source of the random values.
    """
    low, high = 128 * (1 - depth), 128 * (1 + depth)
    coarse = rng.uniform(low, high, (cells, cells))
    smooth = cv2.resize(coarse, (TEXTURE_SIZE, TEXTURE_SIZE), interpolation=cv2.INTER_CUBIC)
    levels = np.clip(smooth, low, min(high, 255)).astype(np.uint8)
    return cv2.cvtColor(cv2.resize(levels, size[::-1]), cv2.COLOR_GRAY2BGR)
