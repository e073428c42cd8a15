"""Check the records that a converter takes over from another COCO file."""

from collections.abc import Collection, Mapping, Sequence
from os import PathLike
from typing import Any

from ...message_texts import short
from ..coco_images import check_image_records
from ..coco_report import CocoReport, DatasetError
from ..coco_values import is_id
from .coco_json import ConversionError


def used_images(
    file: str | PathLike, images: Sequence[Any], used: Collection[int]
) -> list[dict[str, Any]]:
    """Return the records of the images that are used, with the fields of COCO.

    Args:
        file: What messages name.
        images: All records.
        used: Ids.

    Raises:
        ConversionError: A record is not usable, or one is missing.
    """
    wanted = [
        image
        for image in images
        if isinstance(image, Mapping) and is_id(image.get('id')) and image['id'] in used
    ]
    missing = {*used} - {image['id'] for image in wanted}
    if missing:
        raise ConversionError(f'{file}: no image has the id {min(missing)} of an annotation')
    report = CocoReport(str(file))
    check_image_records(wanted, report)
    try:
        report.raise_for_errors()
    except DatasetError as error:
        raise ConversionError(str(error)) from None
    return [{key: i[key] for key in ('id', 'file_name', 'width', 'height')} for i in wanted]


def check_annotation_ids(file: str | PathLike, annotations: Sequence[Mapping]) -> None:
    """Refuse annotations without an id of their own.

    Raises:
        ConversionError: Names the id.
    """
    seen: set[int] = set()
    for annotation in annotations:
        number = annotation['id']
        if not is_id(number) or number in seen:
            problem = 'two annotations have it' if is_id(number) else 'expected a whole number'
            raise ConversionError(f'{file}: annotation {short(number)}: {problem} as id')
        seen.add(number)
