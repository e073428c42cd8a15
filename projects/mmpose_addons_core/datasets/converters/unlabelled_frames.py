"""A folder of frames as a COCO file without keypoints."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...media.kinds import images_below
from ...message_texts import printable, short
from ...natural_order import natural_key
from ...progress import track
from ..coco_boxes import corners_problem
from ..coco_file import CocoFileError, read_json
from ..coco_values import are_numbers
from ..image_files import UNREADABLE, loaded_size
from .coco_json import ConversionError


def unlabelled_frames(
    root: Path,
    videos: bool = True,
    boxes: Mapping[str, list] | None = None,
    progress: bool = False,
) -> dict[str, Any]:
    """Return COCO annotations of all images under a folder, one box each.

    Args:
        root: Folder; the images' names are relative to it. Hidden files are left out.
        videos: Each folder of images is a video, its frames in the order of the numbers in
            their names. Otherwise images have nothing to do with each other.
        boxes: x, y, w, h in image px by file name, or a list of several such boxes; other
            images are left out. Without boxes, the box of each image is the whole image.
        progress: Show a bar with the remaining time.

    Raises:
        ConversionError: No image, an image that cannot be read, a malformed box, or boxes of
            corners (x1, y1, x2, y2).
    """
    files = sorted(
        images_below(root), key=lambda file: (natural_key(file.parent), natural_key(file.name))
    )
    names = [file.relative_to(root).as_posix() for file in files]
    if boxes is not None:
        unknown = sorted(set(boxes) - set(names))
        if unknown:
            raise ConversionError(f'{root} has no image {unknown[0]!r}, which has a box')
        names = [name for name in names if name in boxes]
    if not names:
        raise ConversionError(f'{root} has no images')
    folders: dict[str, int] = {}
    counts: dict[str, int] = {}
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for index, name in enumerate(track(names, 'Images', disable=not progress), start=1):
        width, height = _size(root / name)
        found: list[list[float]] = [[0, 0, width, height]]
        if boxes is not None:
            found = _several(boxes[name], name)
        if videos and len(found) > 1:
            raise ConversionError(
                f'{name}: expected one box in a frame of a video, got {len(found)}; as single '
                'images, frames may have several'
            )
        folder = name.rpartition('/')[0]
        more = {}
        if videos:
            video = folders.setdefault(folder, len(folders) + 1)
            counts[folder] = counts.get(folder, -1) + 1
            more = dict(video_id=video, frame_id=counts[folder])
        images.append(dict(id=index, file_name=name, width=width, height=height, **more))
        annotations += [
            dict(
                id=len(annotations) + number,
                image_id=index,
                category_id=1,
                bbox=box,
                area=box[2] * box[3],
                iscrowd=0,
                **more,
            )
            for number, box in enumerate(found, start=1)
        ]
    sizes = {image['id']: (image['width'], image['height']) for image in images}
    if wrong := corners_problem((a['bbox'], sizes[a['image_id']]) for a in annotations):
        raise ConversionError(f'{root}: {wrong}')
    return dict(images=images, annotations=annotations, categories=[dict(id=1, name='target')])


def read_boxes(file: Path) -> dict[str, list]:
    """Read a JSON object of boxes by file name.

    Raises:
        ConversionError: The file is something else.
    """
    try:
        boxes = read_json(file)
    except CocoFileError as error:
        raise ConversionError(f'{file}: {error.reason}') from None
    if not isinstance(boxes, dict):
        raise ConversionError(
            f'{file} must be a JSON object of boxes by file name, got {type(boxes).__name__}'
        )
    return boxes


def _size(file: Path) -> tuple[int, int]:
    try:
        return loaded_size(file)
    except UNREADABLE as error:
        raise ConversionError(f'{printable(str(file))} cannot be read: {error}') from None


def _several(boxes: Any, name: str) -> list[list[float]]:
    nested = isinstance(boxes, list) and boxes and isinstance(boxes[0], list)
    return [_checked(box, name) for box in (boxes if nested else [boxes])]


def _checked(box: Any, name: str) -> list[float]:
    numbers = isinstance(box, list) and are_numbers(box)
    if not numbers or len(box) != 4 or min(box[2:]) <= 0:
        raise ConversionError(
            f'the box of {name!r} must be [x, y, width, height], got {short(box)}'
        )
    return box
