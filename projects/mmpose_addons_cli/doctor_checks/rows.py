"""What a check gives, and questions that several checks ask."""

import sys
from importlib import import_module
from typing import NamedTuple


class Row(NamedTuple):
    """One line of the table; with what is wrong and the command that mends it, if anything."""

    name: str
    found: str
    problem: str = ''
    command: str = ''
    broken: bool = False


def usable(*names: str) -> bool:
    """Whether these modules import; why they do not is said by the check of each."""
    try:
        for name in names:
            import_module(name)
    except Exception:
        return False
    return True


def by_fallback(name: str) -> bool:
    """Whether a module of this package has answered for a compiled one."""
    return 'mmpose_addons_fallbacks' in (getattr(sys.modules.get(name), '__file__', '') or '')
