"""Check the image records of a COCO file."""

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from os.path import normpath
from typing import Any

from ..message_texts import printable, short
from .coco_file import CocoFileError, read_json
from .coco_layout import layout_problem
from .coco_report import CocoReport
from .coco_values import are_numbers, is_file_name, is_id
from .image_files import ImageRecord

Images = Mapping[int, ImageRecord | None]
"""By id; None where the record is incomplete."""


def check_image_records(
    images: Sequence[Mapping], report: CocoReport, sizes: bool = True
) -> Images:
    """Check the images of a file whose layout is right; problems go into the report.

    Args:
        sizes: whether records need width and height. Without them, both are 0 in the result.
    """
    records: dict[int, ImageRecord | None] = {}
    by_name: dict[str, ImageRecord] = {}
    image_id: Any
    report.summary['images'] = len(images)
    if not images:
        report.add('no_images', 'error', report.ann_file, "'images' is empty")
    for index, image in enumerate(images):
        image_id, name = image.get('id'), image.get('file_name')
        size: Any = (image.get('width'), image.get('height'))
        size_unknown = not sizes and size == (None, None)
        kind, value = 'image_record', ''
        if not is_id(image_id):
            value = f'id must be a whole number from 0 to 2^63 - 1, got {short(image_id)}'
        elif image_id in records:
            kind = 'duplicate_image_id'
            value = f'id {image_id} is also that of {records[image_id]}'
        elif not is_file_name(name):
            value = f'file_name must be a text, got {short(name)}'
        elif size_unknown:
            size = (0, 0)
        elif not are_numbers(size) or min(size) <= 0:
            value = (
                f'width and height must be positive, got {short(size[0])} x {short(size[1])}'
            )
        if not value:
            record = records[image_id] = ImageRecord(image_id, str(name), *size)
            first = by_name.setdefault(normpath(record.file_name), record)
            if first is not record:
                report.add(
                    'duplicate_file_name', 'warning', str(record), f'is the file of {first}'
                )
            continue
        where = f'images[{index}] (image {short(image_id)}, {short(name)})'
        report.add(kind, 'error', where, value)
        if is_id(image_id):
            records.setdefault(image_id, None)
    return records


def read_image_list(file: str | PathLike) -> tuple[list[ImageRecord], dict[str, Any]]:
    """Read the images of a COCO file whose annotations do not matter, and all its content.

    Raises:
        CocoFileError: the file cannot be read or is not in COCO's layout.
        DatasetError: an image record is not usable.
    """
    data = read_json(file)
    if wrong := layout_problem(data, ('images',)):
        raise CocoFileError(file, wrong)
    report = CocoReport(fspath(file))
    images = check_image_records(data['images'], report)
    report.raise_for_errors(more=['--max-per-kind', '0'])
    return [image for image in images.values() if image is not None], data


def named_images(file: str | PathLike, images: Sequence[Mapping]) -> dict[int, ImageRecord]:
    """Return image records by id, of a file whose layout is right and whose sizes may lack.

    Raises:
        CocoFileError: a record has no usable id or file_name, or an id repeats.
    """
    report = CocoReport(fspath(file))
    records = check_image_records(images, report, sizes=False) if images else {}
    for problem in report.errors:
        raise CocoFileError(file, str(problem))
    return {key: image for key, image in records.items() if image is not None}


def image_name(image_id: Any, images: Images) -> str:
    """Name the image of an annotation or a detection for a message."""
    image = images.get(image_id) if is_id(image_id) else None
    if image is None:
        return f'(image {short(image_id)})'
    return f'(image {image_id}, {printable(image.file_name)})'
