"""Checks of numbers and names that a user sets.

A comparison such as ``value < 0`` lets NaN pass, so numbers are checked here first.
"""

import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any

NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})
"""For a part with its default arguments; as the default of an argument it never changes."""


class SettingError(ValueError):
    """A setting that makes no sense."""


def check_numbers(**settings: Any) -> None:
    """Refuse settings that are no finite numbers.

    Raises:
        SettingError: It names the first one.

    Example:
        >>> check_numbers(weight=1, share=float('nan'))
        Traceback (most recent call last):
        mmpose_addons_core.setting_checks.SettingError:
            share must be a finite number, got nan
    """
    for name, value in settings.items():
        if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
            raise SettingError(f'{name} must be a finite number, got {value!r}')


def check_counts(least: int, **settings: Any) -> None:
    """Refuse settings that are no whole numbers from ``least`` on.

    Raises:
        SettingError: It names the first one.

    Example:
        >>> check_counts(1, interval=2.5)
        Traceback (most recent call last):
        mmpose_addons_core.setting_checks.SettingError:
            interval must be a whole number of at least 1, got 2.5
    """
    for name, value in settings.items():
        if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
            raise SettingError(
                f'{name} must be a whole number of at least {least}, got {value!r}'
            )


def check_shares(**settings: Any) -> None:
    """Refuse settings that are no numbers from 0 to 1.

    Raises:
        SettingError: It names the first one.

    Example:
        >>> check_shares(box_threshold=30)
        Traceback (most recent call last):
        mmpose_addons_core.setting_checks.SettingError:
            box_threshold must be a number from 0 to 1, got 30
    """
    for name, value in settings.items():
        if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
            raise SettingError(f'{name} must be a number from 0 to 1, got {value!r}')


def check_size(name: str, size: Any) -> None:
    """Refuse anything but a width and a height, whole numbers from 1 on, px.

    Raises:
        SettingError: It names the setting.

    Example:
        >>> check_size('input_size', (192, 0))
        Traceback (most recent call last):
        mmpose_addons_core.setting_checks.SettingError:
            input_size must be a width and a height in px, got (192, 0)
    """
    try:
        width, height = size
        check_counts(1, width=width, height=height)
    except (TypeError, ValueError):
        raise SettingError(f'{name} must be a width and a height in px, got {size!r}') from None


def check_range(name: str, limits: Any) -> tuple[float, float]:
    """Return the two limits of a range, the smaller one first.

    Raises:
        SettingError: If they are no two finite numbers in ascending order.

    Example:
        >>> check_range('beta', 0.05)
        Traceback (most recent call last):
        mmpose_addons_core.setting_checks.SettingError:
            beta must be two numbers in ascending order, got 0.05
    """
    wanted = f'{name} must be two numbers in ascending order, got {limits!r}'
    if isinstance(limits, str) or not isinstance(limits, Sequence) or len(limits) != 2:
        raise SettingError(wanted)
    check_numbers(**{f'{name}[{number}]': limit for number, limit in enumerate(limits)})
    if limits[0] > limits[1]:
        raise SettingError(wanted)
    return float(limits[0]), float(limits[1])


def checked_names(name: str, names: Any) -> tuple[str, ...]:
    """Return a list of names as a tuple.

    Raises:
        SettingError: If it is a single text, whose letters would be the names, or no list.

    Example:
        >>> checked_names('domains', 'target')
        Traceback (most recent call last):
        mmpose_addons_core.setting_checks.SettingError:
            domains must be a list of names, got 'target'
    """
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise SettingError(f'{name} must be a list of names, got {names!r}')
    return tuple(names)
