"""Draw predictions over labels, the best and the worst ones.

Shape letters: K keypoints. Coordinates are (x, y) in image px.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mmpose_addons_core.media.errors import InputError
from mmpose_addons_core.media.images import read_image
from mmpose_addons_core.pixel_points import pixel_points
from mmpose_addons_runtime.draw_pose import draw_pose

from .box_crop import box_crop, jpeg_text
from .pose_sheet import brightened


@dataclass(frozen=True)
class Prediction:
    """What a network predicts for one labelled animal.

    Attributes:
        image: File.
        box: x1, y1, x2, y2.
        truth: (K, 2).
        labelled: (K,), bool.
        predicted: (K, 2).
    """

    image: Path
    box: np.ndarray
    truth: np.ndarray
    labelled: np.ndarray
    predicted: np.ndarray

    @property
    def error(self) -> float:
        """Mean distance of the labelled keypoints, as a share of the box's longer side."""
        distance = np.linalg.norm(self.predicted - self.truth, axis=1)[self.labelled]
        return float(distance.mean() / max(*(self.box[2:] - self.box[:2]), 1e-6))


@dataclass(frozen=True)
class Skeleton:
    """Limbs, pairs of positions, and ``'left'``, ``'right'`` or ``''`` of K keypoints."""

    limbs: Sequence[Sequence[int]]
    sides: Sequence[str]


@dataclass(frozen=True)
class Picture:
    """One animal in the gallery.

    Attributes:
        caption: Below it.
        jpeg: A JPEG file in base64; None if the image is missing.
    """

    caption: str
    jpeg: str | None


def best_and_worst(
    found: Sequence[Prediction], skeleton: Skeleton, count: int
) -> dict[str, list[Picture]]:
    """Return pictures by title of the row; no animal stands in two rows.

    Args:
        found: All predictions of a test.
        skeleton: Of the network.
        count: At most so many in a row.
    """
    ranked = sorted(found, key=lambda one: one.error)
    count = min(count, (len(ranked) + 1) // 2)
    rows = {'Best': ranked[:count], 'Worst': ranked[count:][::-1][:count]}
    return {
        title: [_picture(one, skeleton) for one in row] for title, row in rows.items() if row
    }


def _picture(one: Prediction, skeleton: Skeleton) -> Picture:
    caption = f'{one.image.name}: mean error {one.error:.1%} of the box'
    try:
        image = brightened(read_image(one.image))
    except InputError:
        return Picture(caption, None)
    box = np.concatenate((one.box[:2], one.box[2:] - one.box[:2]))
    crop, (truth, predicted) = box_crop(image, box, one.truth, one.predicted, enlarged=1.2)
    # fixed-point coordinates with 4 fractional bits
    exact = [pixel_points(points, 4).tolist() for points in (truth, predicted)]
    for k in np.flatnonzero(one.labelled):
        cv2.line(crop, exact[0][k], exact[1][k], (255, 255, 255), 1, cv2.LINE_AA, 4)
    crop = draw_pose(crop, predicted, one.labelled, skeleton.limbs, skeleton.sides)
    for k in np.flatnonzero(one.labelled):
        for colour, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
            cv2.circle(crop, exact[0][k], 6 * 16, colour, thickness, cv2.LINE_AA, 4)
    return Picture(caption, jpeg_text(crop))
