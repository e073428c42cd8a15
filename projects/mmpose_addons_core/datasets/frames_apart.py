"""Choose images that differ from each other.

Shape letters: N images, D numbers that describe an image.
"""

import cv2
import numpy as np

SIDE = 16
"""Width and height of the small image that describes a crop, px."""


def appearance_of(image: np.ndarray) -> np.ndarray:
    """Describe a crop by a small image of itself.

    The image has zero mean and unit variance in each channel, so that pose and surroundings
    count, and its mean colours are added with less weight, so that light counts as well.

    Args:
        image: (H, W, 3), uint8.

    Returns:
        (D,), float32.
    """
    small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    mean = small.mean((0, 1))
    shape = (small - mean) / (small.std((0, 1)) + 8)
    return np.concatenate((shape.ravel(), mean / 255 * SIDE))


def farthest_apart(points: np.ndarray, count: int) -> list[int]:
    """Choose points so that every point is near a chosen one (greedy k-centre).

    Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985. It begins with
    the point nearest to the mean, then always takes the point farthest from those taken. The
    most distant tenth of the points is left out: lone images are often faulty ones.

    Args:
        points: (N, D).
        count: How many to choose; all if N is smaller.

    Returns:
        Their numbers, in the order in which they were chosen.

    Example:
        >>> farthest_apart(np.array([[0.0], [1.0], [9.0], [10.0], [5.0]]), 3)
        [4, 0, 3]
    """
    centre = np.linalg.norm(points - points.mean(0), axis=1)
    allowed = np.ones(len(points), bool)
    spare = min(len(points) // 10, len(points) - count)
    if spare > 0:
        allowed[np.argsort(-centre, kind='stable')[:spare]] = False
    chosen = [int(centre.argmin())]
    gaps = np.linalg.norm(points - points[chosen[0]], axis=1)
    while len(chosen) < min(count, len(points)):
        gaps = np.where(allowed, gaps, -1.0)
        chosen.append(int(gaps.argmax()))
        gaps = np.minimum(gaps, np.linalg.norm(points - points[chosen[-1]], axis=1))
    return chosen
