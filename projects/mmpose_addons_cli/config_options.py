"""Parse ``--cfg-options`` without loading MMEngine before the other arguments are read."""

import argparse
from collections.abc import Sequence
from typing import Any


class ConfigOptionError(ValueError):
    """An option that is no ``KEY=VALUE``."""


def config_options(pairs: Sequence[str] | None) -> dict[str, Any]:
    """Convert ``KEY=VALUE`` pairs to the dictionary that ``Config.merge_from_dict`` takes.

    Raises:
        ConfigOptionError: It names the first one that is no pair.
    """
    from mmengine.config import DictAction

    parser = argparse.ArgumentParser()
    parser.add_argument('--cfg-options', nargs='*', action=DictAction, default={})
    found: dict[str, Any] = {}
    for pair in pairs or []:
        try:
            found |= parser.parse_args(['--cfg-options', pair]).cfg_options
        except (AssertionError, ValueError) as error:
            why = str(error) if '=' in pair else 'there is no ='
            raise ConfigOptionError(
                f'--cfg-options must be KEY=VALUE, got {pair!r}: {why}'
            ) from None
    return found
