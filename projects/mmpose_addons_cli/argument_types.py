"""Types of arguments that several commands share."""

import argparse
import math
from collections.abc import Callable
from pathlib import Path


def folder_path(text: str) -> Path:
    """Read the path of a folder; an empty one, as of a variable that is not set, is none.

    Raises:
        argparse.ArgumentTypeError: It is empty.

    Example:
        >>> folder_path('runs/new').name
        'new'
    """
    if not text.strip():
        raise argparse.ArgumentTypeError(f'must be a folder, got {text!r}')
    return Path(text)


def whole_number(text: str) -> int:
    """Read a whole number from 1.

    Raises:
        argparse.ArgumentTypeError: It is none.

    Example:
        >>> whole_number('12')
        12
    """
    return whole_number_from(1)(text)


def whole_number_from(least: int, most: int | None = None) -> Callable[[str], int]:
    """Return a type: whole numbers from `least` on, at most `most`.

    Example:
        >>> whole_number_from(0)('0'), whole_number_from(0, 9)('9')
        (0, 9)
    """
    end = '' if most is None else f' to {most}'

    def read(text: str) -> int:
        # a number of thousands of digits is more than int() reads
        short = text.isdecimal() and len(text) < 100
        if not short or int(text) < least or (most is not None and int(text) > most):
            raise argparse.ArgumentTypeError(
                f'must be a whole number from {least}{end}, got {text!r}'
            )
        return int(text)

    return read


def seed_number(text: str) -> int:
    """Read a seed, a whole number from 0 that NumPy and PyTorch take.

    Raises:
        argparse.ArgumentTypeError: It is none.

    Example:
        >>> seed_number('0')
        0
    """
    return whole_number_from(0, 2**32 - 1)(text)


def positive_number(text: str) -> float:
    """Read a finite number above 0.

    Raises:
        argparse.ArgumentTypeError: It is none.

    Example:
        >>> positive_number('2e-3')
        0.002
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f'must be a positive number, got {text!r}')
    return value
