"""CED curves (see :mod:`.ced`) as CSV files.

Errors are shares of a length, such as the distance between the eyes. The error of a face
that was not found is infinite.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..fileio import atomic_write
from .ced import ced_curve

COLUMNS = ['subset', 'nme', 'share']


class CedFileError(ValueError):
    """A file that cannot be read as a CED curve."""


def write_ced(file: Path, errors: Mapping[str, np.ndarray]) -> None:
    """Write the points of the curves of several subsets as CSV, completely or not at all."""
    with (
        atomic_write(file) as unfinished,
        unfinished.open('w', newline='', encoding='utf-8') as stream,
    ):
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for subset, values in errors.items():
            for nme, share in zip(*ced_curve(values), strict=True):
                writer.writerow([subset, f'{nme:.9g}', f'{share:.9g}'])


def read_ced(file: Path) -> dict[str, np.ndarray]:
    """Read the errors by subset of a file that :func:`write_ced` wrote.

    Raises:
        CedFileError: the file cannot be read, or is another kind of file.
    """
    errors: dict[str, list[float]] = {}
    try:
        with file.open(newline='', encoding='utf-8-sig') as stream:
            reader = csv.DictReader(stream)
            if reader.fieldnames != COLUMNS:
                raise ValueError(f'expected the columns {COLUMNS}, got {reader.fieldnames}')
            for row in reader:
                error_of_face = float(row['nme'])
                if not error_of_face >= 0:
                    raise ValueError(
                        f'line {reader.line_num}: expected an error from 0 on, got {row["nme"]}'
                    )
                errors.setdefault(row['subset'], []).append(error_of_face)
        if not errors:
            raise ValueError('expected at least one face, got none')
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise CedFileError(f'{file} cannot be read as a CED curve: {error}') from None
    return {subset: np.array(values) for subset, values in errors.items()}
