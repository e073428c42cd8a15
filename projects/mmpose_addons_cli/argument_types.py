"""Types of arguments that several commands share."""

import argparse


def whole_number(text: str) -> int:
    """Read a whole number from 1.

    Raises:
        argparse.ArgumentTypeError: It is none.

    Example:
        >>> whole_number('12')
        12
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'must be a whole number from 1, got {text!r}')
    return int(text)
