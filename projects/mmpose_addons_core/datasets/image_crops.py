"""Crops of images of a folder or of a COCO file, without their labels.

Coordinates are (x, y) in image px.
"""

from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path

import cv2
import numpy as np

from ..media.images import read_image
from ..media.kinds import images_below
from ..natural_order import natural_key
from ..setting_checks import check_counts
from .coco_file import CocoFileError, read_records
from .coco_values import are_numbers, is_file_name, is_id, shown


@dataclass(frozen=True)
class ImageCrops:
    """Places of crops in images, which are read on demand.

    Attributes:
        files: Image files, one a crop.
        boxes: x, y, w, h of each crop; None for the whole image.
        padding: A crop's size as a multiple of its box's.
    """

    files: tuple[Path, ...]
    boxes: tuple[tuple[float, float, float, float] | None, ...]
    padding: float = 1.25

    def __len__(self) -> int:
        return len(self.files)

    def image(self, index: int) -> np.ndarray:
        """Read the whole image (H, W, 3), uint8, BGR, that a crop is part of.

        Raises:
            InputError: If it cannot be read.
        """
        return read_image(self.files[index])

    def read(self, index: int, size: tuple[int, int]) -> np.ndarray:
        """Read a crop (H, W, 3), uint8, BGR; a box is widened to the shape of ``size``.

        Args:
            size: (W, H), px.

        Raises:
            InputError: If the image cannot be read.
        """
        image = self.image(index)
        box = self.boxes[index]
        if box is None:
            return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
        x, y, width, height = box
        scale = min(size[0] / max(width, 1), size[1] / max(height, 1)) / self.padding
        centre = np.array([x + width / 2, y + height / 2])
        shift = np.array(size) / 2 - scale * centre
        matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
        # outside the image the border goes on: black bars would be a style of their own
        return np.asarray(
            cv2.warpAffine(image, matrix, size, None, cv2.INTER_AREA, cv2.BORDER_REPLICATE)
        )


def image_crops(
    source: str | PathLike,
    image_dir: Path | None = None,
    largest: int = 500,
    padding: float = 1.25,
) -> ImageCrops:
    """Return the crops of a folder's images, or of the boxes of a COCO file.

    Args:
        source: A folder, searched with its subfolders, or a COCO JSON file. An image without an
            annotation counts as a whole; annotations need no keypoints.
        image_dir: Folder of the images of a COCO file; the file's own folder if None.
        largest: At most this many crops, evenly chosen.
        padding: A crop's size as a multiple of its box's.

    Raises:
        CocoFileError: If the file cannot be read, or a record does not fit.
        ValueError: If there is no image, one is missing, or an argument makes no sense.
    """
    check_counts(1, largest=largest)
    if not isinstance(source, str | PathLike) or not fspath(source):
        raise ValueError(f'expected a folder of images or a COCO file, got {source!r}')
    source = Path(source)
    if source.is_dir():
        names = sorted(images_below(source), key=natural_key)
        found: list[tuple[Path, list | None]] = [(name, None) for name in names]
    else:
        found = _of_coco(source, image_dir or source.parent)
    if not found:
        raise ValueError(f'{source} has no images')
    count = min(largest, len(found))
    chosen = [found[i] for i in np.linspace(0, len(found) - 1, count).round().astype(int)]
    missing = [file for file, _ in chosen if not file.is_file()]
    if missing:
        raise ValueError(
            f'{source}: expected all images to exist, got {len(missing)} of {count} that do '
            f'not, the first is {missing[0]}'
        )
    return ImageCrops(
        files=tuple(file for file, _ in chosen),
        boxes=tuple(None if box is None else tuple(box) for _, box in chosen),
        padding=padding,
    )


def _of_coco(file: Path, folder: Path) -> list[tuple[Path, list | None]]:
    images = read_records(file, 'images', ['id', 'file_name'])
    for index, image in enumerate(images):
        if not is_id(image['id']) or not is_file_name(image['file_name']):
            value = f'images[{index}] must have an id and a file_name, got {shown(image)}'
            raise CocoFileError(file, value)
    boxes: dict[int, list[list | None]] = {image['id']: [] for image in images}
    for index, annotation in enumerate(read_records(file, 'annotations', ['image_id'])):
        where, box = f'annotations[{index}]', annotation.get('bbox')
        if not isinstance(box, list) or len(box) != 4 or not are_numbers(box):
            value = f'{where}: bbox must be [x, y, width, height], got {shown(box)}'
            raise CocoFileError(file, value)
        if min(box[2:]) <= 0:
            value = f'{where}: bbox must have a width and a height above 0, got {shown(box)}'
            raise CocoFileError(file, value)
        if not is_id(annotation['image_id']) or annotation['image_id'] not in boxes:
            value = f'{where}: no image has the id {shown(annotation["image_id"])}'
            raise CocoFileError(file, value)
        boxes[annotation['image_id']].append(box)
    return [
        (folder / image['file_name'], box)
        for image in images
        for box in boxes[image['id']] or [None]
    ]
