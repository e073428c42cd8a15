"""Parse ``--cfg-options`` without loading MMEngine before the other arguments are read."""

import argparse
from collections.abc import Sequence
from typing import Any


def config_options(pairs: Sequence[str] | None) -> dict[str, Any]:
    """Convert ``KEY=VALUE`` pairs to the dictionary that ``Config.merge_from_dict`` takes."""
    from mmengine.config import DictAction

    parser = argparse.ArgumentParser()
    parser.add_argument('--cfg-options', nargs='*', action=DictAction, default={})
    return parser.parse_args(['--cfg-options', *(pairs or [])]).cfg_options
