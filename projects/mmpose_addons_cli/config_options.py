"""``--cfg-options`` of commands that load MMEngine only after their arguments are read."""

import argparse
from collections.abc import Sequence
from typing import Any


def config_options(pairs: Sequence[str] | None) -> dict[str, Any]:
    """``KEY=VALUE`` pairs as ``Config.merge_from_dict`` takes them."""
    from mmengine.config import DictAction

    parser = argparse.ArgumentParser()
    parser.add_argument('--cfg-options', nargs='*', action=DictAction, default={})
    return parser.parse_args(['--cfg-options', *(pairs or [])]).cfg_options
