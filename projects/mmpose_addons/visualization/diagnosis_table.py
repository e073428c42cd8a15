"""The records of ``DiagnosisHook`` as a table."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mmpose_addons_core.adaptation import PseudoLabelError
from mmpose_addons_core.datasets.coco_file import CocoFileError, read_json

SCORES = ('pck', 'pck@0.1', 'pck_without_sides', 'pck_better_heading', 'swaps', 'reversals')
"""Columns of labelled images: shares within 0.05 of the box, or within 0.1."""


class Table(NamedTuple):
    """Titles, rows of text, and the warnings of the first and the last record."""

    columns: list[str]
    rows: list[list[str]]
    warnings: list[str]


def read_diagnosis(file: Path) -> list[dict[str, Any]]:
    """Read ``diagnosis.json``.

    Raises:
        PseudoLabelError: If the file cannot be read or holds something else.
    """
    try:
        records = read_json(file)
    except CocoFileError as error:
        raise PseudoLabelError(f'{file} {error.reason}') from None
    if not isinstance(records, list) or not all(
        isinstance(record, dict) and isinstance(record.get('estimates'), dict)
        for record in records
    ):
        raise PseudoLabelError(f'{file}: expected a list of records with estimates')
    return records


def diagnosis_table(records: Sequence[Mapping[str, Any]]) -> Table:
    """Return a table: a row a diagnosis, its estimates, and scores by labels."""
    names = list(dict.fromkeys(name for record in records for name in record['estimates']))
    judges = [kind for kind in ('check', 'hidden') if any(kind in r for r in records)]
    columns = ['before epoch', *(name.replace('_', ' ') for name in names)]
    columns += [f'{kind}: {name.replace("_", " ")}' for kind in judges for name in SCORES]
    rows = []
    for record in records:
        values = [record['estimates'].get(name) for name in names]
        values += [record.get(kind, {}).get(name) for kind in judges for name in SCORES]
        rows.append([str(record.get('epoch')), *map(_text, values)])
    # agreement rises in training also where labels are wrong, so the first diagnosis stays
    judged = [records[0], *records[1:][-1:]] if records else []
    warnings = [
        f'Before epoch {record.get("epoch")}: {warning}'
        for record in judged
        for warning in record.get('warnings') or []
    ]
    return Table(columns, rows, warnings)


def _text(value: Any) -> str:
    return '-' if value is None else f'{value:.3g}'
