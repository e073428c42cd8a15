"""Whether a JSON file is laid out as COCO's annotation files are."""

from typing import Any

from ..message_texts import listed, short
from .coco_file import CocoFileError, encoding_of, read_json
from .coco_report import CocoReport
from .coco_values import is_category_id, is_nested_too_deep

UNREAD = object()
"""Stands for the content of a file that cannot be read; a file may hold null."""


def load_json(path: str, report: CocoReport) -> Any:
    """Load the content of a JSON file; ``UNREAD`` with an error in the report if it is none."""
    try:
        content = read_json(path)
    except CocoFileError as error:
        report.add('file', 'error', path, error.reason)
        return UNREAD
    if (encoding := encoding_of(path)) != 'utf-8':
        value = f'its encoding is {encoding}; the classes of MMPose itself read utf-8 only'
        report.add('encoding', 'warning', path, value)
    return content


def layout_problem(data: Any, needed: tuple[str, ...]) -> str:
    """Return why ``data`` is not COCO's dictionary of lists of dictionaries; empty if it is.

    Args:
        needed: lists that the file must have.
    """
    if not isinstance(data, dict):
        return f'expected a dictionary, got a {type(data).__name__}'
    for key in needed:
        if key not in data:
            return f'no {key!r} among its keys ({listed(map(short, data), 8)})'
    for key in ('images', 'annotations', 'categories'):
        records = data.get(key, [])
        if not isinstance(records, list):
            return f'{key!r} must be a list, got a {type(records).__name__}'
        for index, record in enumerate(records):
            if not isinstance(record, dict):
                return f'{key}[{index}] must be a dictionary, got {short(record)}'
            if is_nested_too_deep(record):
                return f'{key}[{index}] has lists or dictionaries nested too deep'
    if 'categories' in needed and not data['categories']:
        return "'categories' is empty, an evaluation needs the annotations' category"
    return _category_problem(data.get('categories', []))


def _category_problem(categories: list[dict]) -> str:
    first: dict[int | str, int] = {}
    for index, category in enumerate(categories):
        where, category_id = f'categories[{index}]', category.get('id')
        if 'id' not in category:
            return f'{where} has no id: {short(category)}'
        if not is_category_id(category_id):
            return f'{where}: id must be a whole number or a text, got {short(category_id)}'
        if first.setdefault(category_id, index) != index:
            return f'{where} has the id of categories[{first[category_id]}], {category_id!r}'
        names = category.get('keypoints') or []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            got = short(category['keypoints'])
            return f"{where}: 'keypoints' must be a list of names, got {got}"
    if len({*map(type, first)}) > 1:
        return f'the ids of categories must be all numbers or all texts, got {listed(first, 8)}'
    return ''
