"""Values of JSON records: which are usable ids, names and numbers."""

from collections.abc import Iterable
from math import isfinite
from typing import Any, TypeGuard

LARGEST_ID = 2**63 - 1
"""Ids are kept as 64-bit integers by NumPy, in an evaluation and in pseudo-labels."""
LARGEST_NUMBER = 1e15
"""Of a coordinate or size, px; squares of larger ones leave the range of float32."""
DEEPEST = 16
"""Levels of lists and dictionaries in a record; COCO needs three."""


def is_id(value: Any) -> TypeGuard[int]:
    """Return whether a value is a whole number from 0 that fits 64 bits.

    >>> is_id(0), is_id(-1), is_id(2**63), is_id('1'), is_id(True)
    (True, False, False, False, False)
    """
    return type(value) is int and 0 <= value <= LARGEST_ID


def is_file_name(value: Any) -> TypeGuard[str]:
    """Return whether a value is usable as the name of a file.

    >>> is_file_name('a.jpg'), is_file_name(''), is_file_name(chr(0)), is_file_name(1)
    (True, False, False, False)
    """
    return isinstance(value, str) and value != '' and chr(0) not in value


def is_category_id(value: Any) -> TypeGuard[int | str]:
    """Return whether a value is usable as category id: a whole number of 64 bits or a text.

    >>> is_category_id('person'), is_category_id(-3), is_category_id(1.0)
    (True, True, False)
    """
    return isinstance(value, str) or (type(value) is int and abs(value) <= LARGEST_ID)


def are_numbers(values: Iterable[Any]) -> bool:
    """Return whether all of them are finite numbers of a usable size.

    >>> are_numbers([1, 2.5]), are_numbers([1, None]), are_numbers([float('nan')])
    (True, False, False)
    >>> are_numbers([1e300]), are_numbers([True])
    (False, False)
    """
    values = list(values)
    try:
        return (
            {*map(type, values)} <= {int, float}
            and all(map(isfinite, values))
            and (not values or max(max(values), -min(values)) <= LARGEST_NUMBER)
        )
    except OverflowError:  # an integer beyond the floats
        return False


def is_nested_too_deep(value: Any) -> bool:
    """Return whether lists and dictionaries in a value reach deeper than ``DEEPEST`` levels.

    >>> is_nested_too_deep([[1, 2]])
    False
    """
    level = [value]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for item in level:
            items = item.values() if isinstance(item, dict) else item
            if {*map(type, items)} & {list, dict}:
                inner += [child for child in items if isinstance(child, list | dict)]
        if not inner:
            return False
        level = inner
    return True
