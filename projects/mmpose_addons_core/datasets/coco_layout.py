"""Whether a JSON file is laid out as COCO's annotation files are."""

from typing import Any

from .coco_file import CocoFileError, read_json
from .coco_report import CocoReport, listed


def load_json(path: str, report: CocoReport) -> Any:
    """The content of a JSON file; None where it cannot be read, which the report then says."""
    try:
        return read_json(path)
    except CocoFileError as error:
        report.add('file', 'error', path, error.reason)
        return None


def layout_problem(data: Any, evaluation: bool, unlabelled: bool) -> str:
    """Why ``data`` is not COCO's dictionary of lists of dictionaries; empty if it is.

    Args:
        evaluation, unlabelled: see ``check_coco_keypoints``.
    """
    if not isinstance(data, dict):
        return f'expected a dictionary, got a {type(data).__name__}'
    needed = ['images'] + ['annotations'] * (not unlabelled)
    for key in needed + ['categories'] * (evaluation or unlabelled):
        if key not in data:
            return f'no {key!r} among its keys ({listed(map(repr, data), 8)})'
    for key in ('images', 'annotations', 'categories'):
        records = data.get(key, [])
        if not isinstance(records, list):
            return f'{key!r} must be a list, got a {type(records).__name__}'
        for index, record in enumerate(records):
            if not isinstance(record, dict):
                return f'{key}[{index}] must be a dictionary, got {record!r:.40}'
    for index, category in enumerate(data.get('categories', [])):
        if not isinstance(category.get('id'), int | str):
            return f'categories[{index}] has no id: {category!r:.60}'
        if not isinstance(category.get('keypoints', []), list):
            return f"categories[{index}]: 'keypoints' must be a list of names"
    return ''
