"""Read and check the folder that ``mmpose-addons import`` has made."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..datasets.coco_categories import keypoint_difference
from ..datasets.coco_check import check_coco_keypoints
from ..datasets.coco_file import read_records
from ..datasets.skeleton_file import keypoint_category


class PlanError(ValueError):
    """A run cannot begin; names file, record and value."""


@dataclass(frozen=True)
class LabelledFolder:
    """A folder with ``images/``, ``annotations/train.json`` and ``dataset_info.py``.

    Attributes:
        folder: Absolute path.
        keypoints: Names, in order.
        boxes: (width, height) of each labelled box of the training part, image px.
        has_val: Whether there is ``annotations/val.json``.
        images_of_boxes: (width, height) of the image of each box, px.
        several: An image of two or more labelled animals; empty without one.
        tested: Number of labelled boxes of the validation part.
    """

    folder: Path
    keypoints: tuple[str, ...]
    boxes: tuple[tuple[float, float], ...]
    has_val: bool
    images_of_boxes: tuple[tuple[float, float], ...] = ()
    several: str = ''
    tested: int = 0

    @property
    def train(self) -> Path:
        return self.folder / 'annotations' / 'train.json'

    @property
    def val(self) -> Path:
        return self.folder / 'annotations' / 'val.json'

    @property
    def images(self) -> Path:
        return self.folder / 'images'

    @property
    def info(self) -> Path:
        return self.folder / 'dataset_info.py'


def read_labelled(folder: Path) -> LabelledFolder:
    """Read a labelled folder, and decode every image of it.

    Raises:
        PlanError: A file is missing, or train and val have other keypoints.
        DatasetError: Annotations or images are broken, or there is no label.
    """
    folder = folder.absolute()
    parts = [folder / 'annotations' / f'{part}.json' for part in ('train', 'val')]
    for path in (parts[0], folder / 'dataset_info.py', folder / 'images'):
        if not path.exists():
            raise PlanError(
                f'{path} is missing: expected a folder of "mmpose-addons import", got {folder}'
            )
    keypoints = _keypoints(parts[0])
    has_val = parts[1].is_file() and bool(read_records(parts[1], 'images', ['id']))
    if has_val:
        check_same_keypoints(parts[1], keypoints, parts[0])
    for part in parts[: 1 + has_val]:
        check_coco_keypoints(
            str(part), str(folder / 'images'), 'decode', num_keypoints=len(keypoints)
        ).raise_for_errors()
    records = [_labelled(part) for part in parts[: 1 + has_val]]
    images = {image['id']: image for image in read_records(parts[0], 'images', ['id'])}
    boxes = [(float(a['bbox'][2]), float(a['bbox'][3])) for a in records[0]]
    sizes = [images[a['image_id']] for a in records[0]]
    return LabelledFolder(
        folder,
        keypoints,
        tuple(boxes),
        has_val,
        tuple((float(image['width']), float(image['height'])) for image in sizes),
        next(filter(None, map(_several, parts[: 1 + has_val], records)), ''),
        len(records[1]) if has_val else 0,
    )


def _labelled(file: Path) -> list[dict[str, Any]]:
    """Return the annotations with a labelled keypoint."""
    annotations = read_records(file, 'annotations', ['bbox', 'keypoints', 'image_id'])
    return [a for a in annotations if any(flag > 0 for flag in a['keypoints'][2::3])]


def _several(file: Path, annotations: Sequence[dict[str, Any]]) -> str:
    """Name and number of animals of the first image with more than one."""
    for image_id, count in Counter(a['image_id'] for a in annotations).items():
        if count > 1:
            images = read_records(file, 'images', ['id', 'file_name'])
            name = next(image['file_name'] for image in images if image['id'] == image_id)
            return f'{name} has {count}'
    return ''


def check_same_keypoints(file: Path, keypoints: tuple[str, ...], of: Path) -> None:
    """Refuse a COCO file whose keypoints have other names or another order.

    Raises:
        PlanError: Names the first keypoint that differs.
    """
    found = _keypoints(file)
    if difference := keypoint_difference(found, keypoints):
        raise PlanError(
            f'{file}: expected the {len(keypoints)} keypoints of {of}, got {len(found)}; '
            f'{difference}'
        )


def _keypoints(file: Path) -> tuple[str, ...]:
    return tuple(keypoint_category(file)['keypoints'])
