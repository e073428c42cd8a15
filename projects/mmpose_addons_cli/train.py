"""Train a network by MMPose's tools/train.py, also in several processes without a GPU.

Three options are ours: --check, --no-channels-last, and --labelled DIR --out RUN, which train
on a folder of "mmpose-addons import" and need no CONFIG ("mmpose-addons train --labelled DIR
--help"). All others are those of MMPose's script.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmpose_addons_core.datasets.coco_report import DatasetError

from . import train_labelled
from .errors import in_one_line
from .mmpose_script import run_mmpose_script

HELP = ('-h', '--help')


def parse_args(argv: Sequence[str] | None = None) -> tuple[argparse.Namespace, list[str]]:
    """Parse our options; return them and the arguments for MMPose's script."""
    parser = argparse.ArgumentParser(
        prog='mmpose-addons train', description=__doc__, add_help=False, allow_abbrev=False
    )
    parser.add_argument(
        '--check',
        type=Path,
        metavar='ANN',
        help='labels of 10 to 30 target images of an adaptation (mmpose-addons frames-to-label '
        'chooses them): the score on them before, during and after training is written to the '
        'log and to <work_dir>/diagnosis.json; training never sees them',
    )
    parser.add_argument(
        '--no-channels-last',
        action='store_true',
        help='without a GPU, weights and feature maps are kept in channels-last memory, which '
        'is faster; this option leaves them as they are',
    )
    ours, others = parser.parse_known_args(argv)
    if any(option in others for option in HELP):
        parser.print_help()
        print()
    return ours, others


@in_one_line('train')
def main(argv: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    if train_labelled.is_asked_for(words):
        return train_labelled.main(words)
    ours, others = parse_args(argv)
    if any(option in others for option in HELP):
        return run_mmpose_script('train.py', others)
    if ours.check is not None and not ours.check.is_file():
        print(f'--check must be a COCO file, got {ours.check}, not a file', file=sys.stderr)
        return 2
    import torch

    channels_last = not torch.cuda.is_available() and not ours.no_channels_last

    def change(config: Any) -> None:
        add_hooks(config, ours.check, channels_last)

    with changed_configs(change):
        return run_mmpose_script('train.py', others)


def add_hooks(config: Any, check: Path | None, channels_last: bool) -> None:
    """Add hooks to a config, unless it has them.

    Args:
        config: MMEngine's config of a run, changed in place.
        check: Labels for ``DiagnosisHook``. If the config has no such hook, it diagnoses as
            often as ``CCSSLHook`` labels, or every 10 epochs.
        channels_last: Whether to add ``ChannelsLastHook``.

    Raises:
        DatasetError: If there is a check, and no target set whose images it could name.
    """
    hooks = list(config.get('custom_hooks') or [])
    by_name = {str(hook['type']).rpartition('.')[2]: hook for hook in hooks}
    if channels_last and 'ChannelsLastHook' not in by_name:
        hooks.append(dict(type='mmpose.ChannelsLastHook'))
    if check is not None:
        if 'DiagnosisHook' not in by_name:
            dataset = (config.get('train_dataloader') or {}).get('dataset') or {}
            if 'target' not in dataset:
                raise DatasetError(
                    '--check needs a training with a target set (SourceTargetDataset), or '
                    f'DiagnosisHook(target=...) in custom_hooks, got {dataset.get("type")}'
                )
            interval = by_name.get('CCSSLHook', {}).get('interval', 10)
            by_name['DiagnosisHook'] = dict(type='mmpose.DiagnosisHook', interval=interval)
            hooks.append(by_name['DiagnosisHook'])
        by_name['DiagnosisHook']['check'] = str(check)
    config.custom_hooks = hooks


@contextmanager
def changed_configs(change: Callable[[Any], None]) -> Iterator[None]:
    """Change each config from which MMEngine's ``Runner`` is made in the block."""
    import mmpose_addons  # noqa: F401, I001  first: it says what is missing
    from mmengine.runner import Runner

    plain = Runner.__dict__['from_cfg']

    def from_cfg(cls: type[Runner], config: Any) -> Runner:
        change(config)
        return plain.__func__(cls, config)

    Runner.from_cfg = classmethod(from_cfg)  # type: ignore[assignment]
    try:
        yield
    finally:
        Runner.from_cfg = plain
