"""Crops of images of a folder or of a COCO file, without their labels.

Coordinates are (x, y) in image px.
"""

from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from ..even_choice import evenly_chosen
from ..media.errors import InputError
from ..media.images import read_image
from ..media.kinds import images_below
from ..message_texts import short
from ..natural_order import natural_key
from ..setting_checks import check_counts
from .coco_boxes import lies_outside
from .coco_file import CocoFileError, read_json
from .coco_images import named_images
from .coco_layout import layout_problem
from .coco_values import are_numbers, is_id
from .image_files import UNREADABLE, loaded_size


@dataclass(frozen=True)
class ImageCrops:
    """Places of crops in images, which are read on demand.

    Attributes:
        files: Image files, one a crop.
        boxes: x, y, w, h of each crop; None for the whole image.
        padding: A crop's size as a multiple of its box's.
        found: All image files of the source, also those of which no crop is chosen.
    """

    files: tuple[Path, ...]
    boxes: tuple[tuple[float, float, float, float] | None, ...]
    padding: float = 1.25
    found: tuple[Path, ...] = ()

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
        image_dir: Folder of the images of a COCO file; the file's own folder if None. None for
            a folder.
        largest: At most this many crops, evenly chosen.
        padding: A crop's size as a multiple of its box's.

    Raises:
        CocoFileError: If the file cannot be read, or a record does not fit.
        InputError: If there is no image, one of those chosen is missing or, by its header, no
            image, or the source is neither a folder nor a file.
        SettingError: If ``largest`` is no whole number from 1 on.
    """
    check_counts(1, largest=largest)
    if not isinstance(source, str | PathLike) or not fspath(source):
        raise InputError(f'expected a folder of images or a COCO file, got {source!r}')
    source = Path(source)
    if source.is_dir():
        if image_dir is not None:
            raise InputError(
                f'a folder of images is given only with a COCO file, got {image_dir} with '
                f'{source}, which is itself a folder'
            )
        names = sorted(images_below(source), key=natural_key)
        found = [_Place(name) for name in names]
    else:
        found = _of_coco(source, image_dir or source.parent)
    if not found:
        raise InputError(f'{source} has no images')
    chosen = [found[i] for i in evenly_chosen(len(found), largest)]
    missing = [place.file for place in chosen if not place.file.is_file()]
    if missing:
        raise InputError(
            f'{source}: expected all images to exist, got {len(missing)} of '
            f'{len(chosen)} that do not, the first is {missing[0]}'
        )
    sizes = {file: image_size(file) for file in dict.fromkeys(place.file for place in chosen)}
    for place in chosen:
        _refuse_outside(source, place, sizes[place.file])
    return ImageCrops(
        files=tuple(place.file for place in chosen),
        boxes=tuple(place.box for place in chosen),
        padding=padding,
        found=tuple(dict.fromkeys(place.file for place in found)),
    )


class _Place(NamedTuple):
    file: Path
    box: tuple[float, float, float, float] | None = None
    name: str = ''  # of the annotation, for messages


def _of_coco(file: Path, folder: Path) -> list[_Place]:
    data = read_json(file)
    if wrong := layout_problem(data, ('images', 'annotations')):
        raise CocoFileError(file, wrong)
    images = named_images(file, data['images'])
    places: dict[int, list[_Place]] = {key: [] for key in images}
    for index, annotation in enumerate(data['annotations']):
        where, box = f'annotations[{index}]', annotation.get('bbox')
        if not isinstance(box, list) or len(box) != 4 or not are_numbers(box):
            value = f'{where}: bbox must be [x, y, width, height], got {short(box)}'
            raise CocoFileError(file, value)
        if min(box[2:]) <= 0:
            value = f'{where}: bbox must have a width and a height above 0, got {short(box)}'
            raise CocoFileError(file, value)
        image_id = annotation.get('image_id')
        if not is_id(image_id) or image_id not in images:
            raise CocoFileError(file, f'{where}: no image has the id {short(image_id)}')
        image = images[image_id]
        x, y, width, height = box
        place = _Place(folder / image.file_name, (x, y, width, height), f'{where} of {image}')
        if image.width:
            _refuse_outside(file, place, (image.width, image.height))
        places[image_id].append(place)
    return [
        place
        for key, image in images.items()
        for place in places[key] or [_Place(folder / image.file_name)]
    ]


def _refuse_outside(source: Path, place: _Place, size: tuple[float, float]) -> None:
    if place.box is not None and lies_outside(place.box, size):
        value = f'bbox {[*place.box]} lies outside the {size[0]} x {size[1]} image'
        raise CocoFileError(source, f'{place.name}: {value}')


def image_size(file: Path) -> tuple[int, int]:
    """Return (W, H) of a readable image, px; only a doubtful header costs its decoding.

    Raises:
        InputError: It cannot be read.
    """
    try:
        return loaded_size(file)
    except UNREADABLE:
        height, width = read_image(file).shape[:2]
        return width, height
