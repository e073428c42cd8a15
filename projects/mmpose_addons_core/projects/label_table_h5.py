"""HDF5 files of pandas, read without unpickling objects.

pandas keeps the names of columns as pickles of lists, tuples and text. They are read by an
unpickler that knows nothing else, so that no code of a file runs.
"""

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from ..message_texts import listed
from .labels import ProjectError

Columns = list[tuple[str, ...]]
_BROKEN = (
    *(OSError, KeyError, IndexError, ValueError, TypeError, AttributeError, EOFError),
    pickle.UnpicklingError,
)


class _PlainUnpickler(pickle.Unpickler):
    """Refuses every global."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f'it names {module}.{name}')


def read_pandas_h5(file: Path) -> tuple[np.ndarray, Columns, list[str]]:
    """Read values, columns and row names of the only table in a file.

    Raises:
        ProjectError: h5py is missing, or the file is something else.
    """
    try:
        import h5py
    except ImportError:
        raise ProjectError(
            f'{file}: reading HDF5 needs h5py: pip install "mmpose_addons[projects]"'
        ) from None
    try:
        with h5py.File(file) as content:
            groups = [group for group in content.values() if isinstance(group, h5py.Group)]
            if len(groups) != 1:
                raise ProjectError(f'{file}: expected one table, got {listed(content)}')
            group = groups[0]
            values, columns, rows = _table(group) if 'table' in group else _fixed(group)
            return values.astype(float), columns, rows
    except ProjectError:
        raise
    except _BROKEN as error:
        raise ProjectError(f'{file}: not a table of labels: {error}') from None


def _plain(value: Any) -> Any:
    data = value if isinstance(value, bytes) else str(value).encode('latin-1')
    return _PlainUnpickler(io.BytesIO(data)).load()


def _table(group: Any) -> tuple[np.ndarray, Columns, list[str]]:
    """Read pandas' format "table"."""
    [(_, columns)] = _plain(group.attrs['non_index_axes'])
    table = group['table'][()]
    blocks = sorted(name for name in table.dtype.names if name.startswith('values_block_'))
    order: list[tuple[str, ...]] = []
    for name in blocks:
        order += _plain(group['table'].attrs[f'{name}_kind'])
    values = np.concatenate([np.atleast_2d(table[name]) for name in blocks], axis=1)
    values = values[:, [order.index(column) for column in columns]]
    return values, [_texts(column) for column in columns], [_text(i) for i in table['index']]


def _fixed(group: Any) -> tuple[np.ndarray, Columns, list[str]]:
    """Read pandas' format "fixed"."""
    columns = _index(group, 'axis0')
    rows = ['/'.join(row) for row in _index(group, 'axis1')]
    values = np.full((len(rows), len(columns)), np.nan)
    place = {column: index for index, column in enumerate(columns)}
    for number in range(int(group.attrs['nblocks'])):
        block = group[f'block{number}_values'][()]
        items = _index(group, f'block{number}_items')
        if block.dtype == object:  # pickled
            names = ' '.join(items[0][1:])
            raise ValueError(f'expected numbers in all columns, got objects in {names}')
        for column, value in zip(items, block.T, strict=True):
            values[:, place[column]] = value
    return values, columns, rows


def _index(group: Any, name: str) -> Columns:
    if name in group:
        return [(_text(value),) for value in group[name][()]]
    levels: list[list[str]] = []
    while f'{name}_level{len(levels)}' in group:
        level = group[f'{name}_level{len(levels)}'][()]
        codes = group[f'{name}_label{len(levels)}'][()]
        levels.append([_text(level[code]) for code in codes])
    return [*zip(*levels, strict=True)]


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(_text(value) for value in values)


def _text(value: Any) -> str:
    return value.decode('utf-8') if isinstance(value, bytes) else str(value)
