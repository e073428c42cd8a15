"""Draw images with their pseudo-labels for the gallery of the report.

Coordinates are (x, y) in image px.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mmpose_addons_core.adaptation import PseudoLabels
from mmpose_addons_core.adaptation.pseudo_labels import FLOW
from mmpose_addons_core.datasets.path_tails import moved_files
from mmpose_addons_core.keypoints.sides import side_colour, sides_of
from mmpose_addons_core.media.errors import InputError
from mmpose_addons_core.media.images import read_image
from mmpose_addons_core.pixel_points import pixel_points
from mmpose_addons_runtime.draw_pose import draw_pose

from .box_crop import box_crop, jpeg_text
from .pose_sheet import brightened


@dataclass(frozen=True)
class GalleryImage:
    """One sample in the gallery.

    Attributes:
        file_name: Name of the image without its folder.
        confidence: Mean over the keypoints.
        kept: Number of kept keypoints.
        jpeg: The drawn image, a JPEG file in base64; None if the image is missing.
    """

    file_name: str
    confidence: float
    kept: int
    jpeg: str | None


def gallery(
    labels: PseudoLabels, image_dir: Path | None, count: int
) -> dict[str, list[GalleryImage]]:
    """Draw certain and uncertain images, by title of the row.

    Args:
        labels: Of one round.
        image_dir: Folder of the images, see :func:`moved_files`; None: the labels' names are
            their paths.
        count: At most this many images in a row; a row without images is left out.
    """
    there = np.flatnonzero(labels.found)
    sure = labels.confidence.mean(1)
    ranked = there[np.argsort(-sure[there], kind='stable')]
    many_flows = (labels.origin == FLOW).sum(1)
    flows = there[np.argsort(-many_flows[there], kind='stable')]
    flows = flows[many_flows[flows] > 0]
    some = np.asarray(labels.kept.any(1))
    rows: dict[str, Iterable] = {
        'Most certain': ranked,
        'Least certain': ranked[::-1],
        'Least certain with a kept joint': [i for i in ranked[::-1] if some[i]],
        'Most certain without a kept joint': [i for i in ranked if not some[i]],
    }
    chosen: dict[str, list[int]] = {}
    seen: set[int] = set()
    for title, samples in rows.items():
        # no image twice: with few images, the rows would be the same
        chosen[title] = [int(i) for i in samples if int(i) not in seen][:count]
        seen.update(chosen[title])
    chosen['Most joints from flow'] = flows[:count].tolist()
    names = labels.file_name.tolist()
    files = moved_files(image_dir, names) if image_dir else [*map(Path, names)]
    return {
        title: [_gallery_image(labels, i, files[i]) for i in samples]
        for title, samples in chosen.items()
        if samples
    }


def _gallery_image(labels: PseudoLabels, index: int, file: Path) -> GalleryImage:
    try:
        jpeg = _drawn(read_image(file), labels, index)
    except InputError:
        jpeg = None
    return GalleryImage(
        file_name=file.name,
        confidence=float(labels.confidence[index].mean()),
        kept=int(labels.kept[index].sum()),
        jpeg=jpeg,
    )


def _drawn(image: np.ndarray, labels: PseudoLabels, index: int) -> str:
    """Return a JPEG file, in base64, of the sample's box with its labels."""
    crop, [points] = box_crop(brightened(image), labels.bbox[index], labels.keypoints[index])
    names = [str(n) for n in labels.names]
    kept = np.asarray(labels.kept[index])
    for k in np.flatnonzero(~kept):
        centre = pixel_points(points[k]).tolist()
        cv2.circle(crop, centre, 3, (150, 150, 150), -1, cv2.LINE_AA)
    sides = sides_of(names, labels.flip_indices.tolist())
    crop = draw_pose(crop, points, kept, labels.skeleton.tolist(), sides)
    for k in np.flatnonzero(kept):
        if sides[k]:
            place = (pixel_points(points[k]) + [5, 4]).tolist()
            for colour, thickness in (((0, 0, 0), 3), (side_colour(sides[k])[::-1], 1)):
                letter = sides[k][0].upper()
                font = cv2.FONT_HERSHEY_SIMPLEX
                cv2.putText(crop, letter, place, font, 0.45, colour, thickness, cv2.LINE_AA)
    for k in np.flatnonzero(labels.origin[index] == FLOW):
        corner = pixel_points(points[k])
        cv2.rectangle(crop, (corner - 5).tolist(), (corner + 5).tolist(), (255, 255, 255), 1)
    return jpeg_text(crop)
