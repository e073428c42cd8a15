"""Make COCO annotations of drawn figures."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .drawing import Canvas
from .figure import PARTS_PER_FIGURE, Figure
from .geometry import Array


def make_annotation(
    figure: Figure, points: Array, visible: NDArray[np.bool_], canvas: Canvas
) -> dict[str, Any]:
    """Make the annotation of a figure in the finished image.

    Args:
        figure: The figure, already drawn on the canvas.
        points: (K, 2) keypoints in image px.
        visible: (K,) which of them are not hidden.
        canvas: The finished image.

    Returns:
        ``'keypoints'`` (3 K numbers x, y, v; v is 2 for visible, 1 for hidden but inside the
        image, 0 for outside, and then x = y = 0), ``'num_keypoints'``, ``'bbox'`` (x, y, w, h
        of the whole figure, clipped to the image), ``'area'`` (number of visible px),
        ``'segmentation'`` (empty).
    """
    size = len(canvas.image)
    keypoints: list[float] = []
    for (x, y), is_visible in zip(points.round(2).tolist(), visible.tolist(), strict=True):
        inside = 0 <= x <= size - 1 and 0 <= y <= size - 1
        keypoints += [x, y, 2 if is_visible else 1] if inside else [0, 0, 0]
    extent = np.concatenate([figure.extent.reshape(2, 2), points])
    corners = np.concatenate([extent.min(0), extent.max(0)])
    x0, y0, x1, y1 = np.clip(corners, 0, size - 1).round(2).tolist()
    part_ids = canvas.part_map[int(y0) : int(y1) + 2, int(x0) : int(x1) + 2]
    return {
        'keypoints': keypoints,
        'num_keypoints': sum(v > 0 for v in keypoints[2::3]),
        'bbox': [x0, y0, round(x1 - x0, 2), round(y1 - y0, 2)],
        'area': float(np.count_nonzero(part_ids // PARTS_PER_FIGURE == figure.number)),
        'segmentation': [],
    }
