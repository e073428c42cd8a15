"""Colours, cloth patterns and the noise that cameras add.

Letters: T = 32, the side of a texture (see `drawing`). Colours are (blue, green,
red).
"""

from functools import lru_cache

import cv2
import numpy as np

from .drawing import TEXTURE_SIZE, Colour, Image, mix_colours, plain_texture

_ROWS, _COLUMNS = np.mgrid[:TEXTURE_SIZE, :TEXTURE_SIZE]
PATTERNS = ('plain', 'hoops', 'stripes', 'plaid', 'dots', 'two-tone', 'mottled')


def colours_from_hex(codes: str) -> list[Colour]:
    """Colours from hexadecimal red-green-blue codes.

    >>> palette('ff8000 000010')
    [(0, 128, 255), (16, 0, 0)]
    """
    return [
        (int(code[4:], 16), int(code[2:4], 16), int(code[:2], 16)) for code in codes.split()
    ]


def pattern_texture(pattern: str, base: Colour, accent: Colour, period: int = 8) -> Image:
    """A cloth for `Canvas.stamp`.

    Args:
        pattern: One of `PATTERNS`.
        base: Colour of most of it.
        accent: Colour of the pattern.
        period: Texels (T to the texture's side) from one repeat to the next.
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
        raise ValueError(f'pattern must be one of {PATTERNS}, not {pattern!r}.')
    return texture


def add_end_bands(texture: Image, start: Colour | None, end: Colour | None) -> Image:
    """The texture with a band across each end of its y axis; None leaves an end."""
    width = TEXTURE_SIZE // 8
    texture = texture.copy()
    if start is not None:
        texture[:width] = start
    if end is not None:
        texture[-width:] = end
    return texture


@lru_cache(maxsize=1)
def _noise_tile() -> Image:
    """(640, 640, 3) normal noise, mean 128 and standard deviation 32."""
    noise = np.random.default_rng(0).normal(128, 32, (640, 640, 3))
    return np.clip(np.round(noise), 0, 255).astype(np.uint8)


def add_noise(image: Image, sigma: float, rng: np.random.Generator) -> Image:
    """The (H, W, 3) image with normal noise of standard deviation `sigma`."""
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
    """Smooth random brightness, an (H, W, 3) map of factors with 128 = 1.

    Args:
        size: (H, W) in px.
        cells: Random values along either side.
        depth: Greatest departure from 1.
    """
    low, high = 128 * (1 - depth), 128 * (1 + depth)
    coarse = rng.uniform(low, high, (cells, cells))
    smooth = cv2.resize(coarse, (TEXTURE_SIZE, TEXTURE_SIZE), interpolation=cv2.INTER_CUBIC)
    levels = np.clip(smooth, low, min(high, 255)).astype(np.uint8)
    return cv2.cvtColor(cv2.resize(levels, size[::-1]), cv2.COLOR_GRAY2BGR)
