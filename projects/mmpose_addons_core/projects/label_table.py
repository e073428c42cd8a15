"""Tables of labels as DeepLabCut and Lightning Pose write them, as csv or HDF5.

A row is a frame; the columns have the levels scorer, (individuals,) bodyparts, coords.
Shape letters: R rows, C columns, K keypoints.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..message_texts import listed, short
from .labels import LONGEST, ProjectError
from .settings import read_text

LEVELS = ['scorer', 'bodyparts', 'coords']
LEVELS_OF_SEVERAL = ['scorer', 'individuals', 'bodyparts', 'coords']

Columns = Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class LabelTable:
    """One file of labels.

    Attributes:
        file: Where it stands.
        scorer: Who made the labels.
        bodyparts: By individual, in the order of the columns; ``''`` is the only individual.
        rows: (R); folders and file name of each frame.
        points: By individual, (R, K, 2) in image px; NaN where there is no label.
    """

    file: Path
    scorer: str
    bodyparts: dict[str, list[str]]
    rows: list[tuple[str, ...]]
    points: dict[str, np.ndarray]


def read_label_table(file: Path) -> LabelTable:
    """Read a ``.csv`` or ``.h5`` file of labels.

    Raises:
        ProjectError: It cannot be read, has other columns, repeats a column or an image, or a
            coordinate is no number.
    """
    if file.suffix.lower() == '.csv':
        values, columns, rows = _read_csv(file)
    else:
        # HDF5 files of pandas can hold pickles, so they are read without pandas
        from .label_table_h5 import read_pandas_h5

        values, columns, rows = read_pandas_h5(file)
    if {len(column) for column in columns} - {len(LEVELS), len(LEVELS_OF_SEVERAL)}:
        raise ProjectError(
            f'{file}: expected columns of {LEVELS_OF_SEVERAL}, got {short(columns[0])}'
        )
    scorers = [*dict.fromkeys(column[0] for column in columns)]
    if len(scorers) != 1:
        raise ProjectError(
            f'{file}: expected the labels of one scorer, got {listed(map(short, scorers))}'
        )
    folders = [_folders(row) for row in rows]
    _check_once(file, 'column', [' '.join(column[1:]) for column in columns])
    _check_once(file, 'row', ['/'.join(row) for row in folders])
    if any(not column[-2].strip() for column in columns):
        raise ProjectError(f'{file}: expected a name of each body part, got an empty one')
    place = {column[1:]: index for index, column in enumerate(columns)}
    bodyparts: dict[str, list[str]] = {}
    for names in place:
        part = names[-2]
        parts = bodyparts.setdefault(''.join(names[:-2]), [])
        if part not in parts:
            parts.append(part)
    points = {}
    for individual, parts in bodyparts.items():
        before = (individual,) if individual else ()
        try:
            found = [[place[(*before, part, axis)] for axis in 'xy'] for part in parts]
        except KeyError as error:
            raise ProjectError(f'{file}: no column {short(error.args[0])}') from None
        points[individual] = values[:, found]
    return LabelTable(file, scorers[0], bodyparts, folders, points)


def _check_once(file: Path, kind: str, names: Sequence[str]) -> None:
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise ProjectError(
            f'{file}: expected each {kind} once, got {len(repeated)} several times, '
            f'such as {short(repeated[0])}'
        )


def _read_csv(file: Path) -> tuple[np.ndarray, Columns, list[str]]:
    """Read values (R, C), columns (C) and names of rows (R)."""
    try:
        text = read_text(file)
        delimiter = ';' if text.startswith('scorer;') else ','
        stream = io.StringIO(text, newline='')
        lines = [line for line in csv.reader(stream, delimiter=delimiter) if line]
    except (OSError, csv.Error) as error:
        raise ProjectError(f'{file}: cannot be read: {error}') from None
    heads = [line[0].strip() for line in lines[:4]]
    levels = LEVELS_OF_SEVERAL if 'individuals' in heads else LEVELS
    if heads[: len(levels)] != levels:
        raise ProjectError(f'{file}: expected header rows {levels}, got {short(heads)}')
    # newer versions write the folders of an image in columns of their own
    names = next((i for i, cell in enumerate(lines[0]) if i and cell.strip()), len(lines[0]))
    header = [line[names:] for line in lines[: len(levels)]]
    if len({len(line) for line in header}) != 1:
        raise ProjectError(f'{file}: the header rows have different lengths')
    columns = [*zip(*header, strict=True)]
    values = np.full((len(lines) - len(levels), len(columns)), np.nan)
    rows = []
    for row, line in enumerate(lines[len(levels) :]):
        rows.append('/'.join(line[:names]))
        if len(line) != names + len(columns):
            raise ProjectError(
                f'{file}: {rows[-1][:LONGEST]}: expected {len(columns)} values, '
                f'got {len(line) - names}'
            )
        for column, cell in enumerate(line[names:]):
            if cell.strip():
                # a table with semicolons comes from a country that writes 1,5
                number = cell.replace(',', '.') if delimiter == ';' else cell
                values[row, column] = _number(file, rows[-1], columns[column], number)
    return values, columns, rows


def _number(file: Path, row: str, column: tuple[str, ...], cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = np.inf
    if np.isinf(number):
        raise ProjectError(
            f'{file}: {row[:LONGEST]}, {" ".join(column[1:])[:LONGEST]}: '
            f'expected a number, got {short(cell)}'
        )
    return number


def _folders(row: str) -> tuple[str, ...]:
    """Split an image's path into folders and name, also a Windows path."""
    return tuple(part for part in re.split(r'[\\/]+', row) if part)
