"""The row that a check returns, and functions that several checks use."""

import sys
from importlib import import_module
from typing import NamedTuple


class Row(NamedTuple):
    """A line of the table, with the problem and the command that repairs it, if any."""

    name: str
    found: str
    problem: str = ''
    command: str = ''
    broken: bool = False


def usable(*names: str) -> bool:
    """Return whether these modules import; their own checks report why they do not."""
    try:
        for name in names:
            import_module(name)
    except Exception:
        return False
    return True


def by_fallback(name: str) -> bool:
    """Return whether a module of this package has replaced a compiled one."""
    return 'mmpose_addons_fallbacks' in (getattr(sys.modules.get(name), '__file__', '') or '')
