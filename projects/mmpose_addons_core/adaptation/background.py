"""Another background, outside the box and between the limbs.

Shape letters: H x W an image, K keypoints. Images are (H, W, 3), uint8; coordinates are (x, y)
in px of the image.
"""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np


def random_texture(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw an image (H, W, 3), uint8, of random colours that change smoothly, with fine noise.

    Args:
        size: (W, H), px.
    """
    cells = int(rng.integers(2, 24))
    coarse = rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
    methods = cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC
    texture = cv2.resize(coarse, size, interpolation=methods[int(rng.integers(3))])
    # less contrast half of the time: plain grounds and walls
    calm = rng.uniform(0.1, 1.0) if rng.random() < 0.5 else 1.0
    mean = texture.mean((0, 1), keepdims=True)
    return np.asarray((texture - mean) * calm + mean).clip(0, 255).astype(np.uint8)


def box_mask(corners: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Draw a mask (H, W), uint8, 255 inside a quadrilateral.

    Args:
        corners: (4, 2), in order around it.
        size: (W, H), px.
    """
    mask = np.zeros((size[1], size[0]), np.uint8)
    # fixed-point coordinates with 4 fractional bits
    return cv2.fillConvexPoly(
        mask, np.round(corners * 16).astype(np.int32), 255, cv2.LINE_8, shift=4
    )


def body_mask(
    points: np.ndarray,
    shown: np.ndarray,
    links: Iterable[Sequence[int]],
    radius: float,
    size: tuple[int, int],
) -> np.ndarray:
    """Draw a mask (H, W), uint8, 255 near the links of a skeleton: a rough silhouette.

    Args:
        points: (K, 2).
        shown: (K,), which points are known.
        links: Pairs of keypoints, from 0.
        radius: Half the thickness of a limb, px.
        size: (W, H), px.
    """
    mask = np.zeros((size[1], size[0]), np.uint8)
    ends = np.round(points * 16).astype(np.int32)
    thickness = max(1, round(2 * radius))
    for a, b in links:
        if shown[a] and shown[b]:
            cv2.line(mask, ends[a].tolist(), ends[b].tolist(), 255, thickness, cv2.LINE_8, 4)
    for point in ends[np.asarray(shown, bool)]:
        cv2.circle(mask, point.tolist(), round(radius * 16), 255, -1, cv2.LINE_8, 4)
    return mask


def with_background(
    image: np.ndarray, background: np.ndarray, mask: np.ndarray, softness: float
) -> np.ndarray:
    """Combine the image where the mask is 255 with the background where it is 0.

    Args:
        image, background: (H, W, 3), uint8.
        mask: (H, W), uint8.
        softness: Standard deviation of the border's blur, px.
    """
    if softness > 0:
        mask = cv2.GaussianBlur(mask, (0, 0), softness)
    share = mask[..., None].astype(np.float32) / 255
    mixed = background + (image.astype(np.float32) - background) * share
    return np.rint(mixed).astype(np.uint8)
