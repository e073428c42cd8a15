#!/usr/bin/env python
"""Kill a training at random moments while it saves, and look at what is left.

After each kill a whole checkpoint must be there and be the one that ``--resume`` takes, with at
most one older one and one half file beside it. The training then resumes in the same work dir.
The quick form of this runs in the test suite.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from helpers import commands

MEGABYTE = 1_000_000


def train(work_dir: str, size: int, epochs: int, hook: str) -> None:
    """Train a line with as many bytes of weights, and save after each epoch of two steps."""
    import torch

    import mmpose_addons  # noqa: F401
    from helpers import tiny

    torch.set_num_threads(1)
    checkpoint = dict(type=hook, interval=1, max_keep_ckpts=1)
    runner = tiny.make_runner(
        work_dir,
        train_cfg=dict(by_epoch=True, max_epochs=epochs),
        default_hooks=dict(checkpoint=checkpoint),
        resume=True,
    )
    runner.model.register_buffer('ballast', torch.rand(size // 4))
    runner.train()


def kill_once(work_dir: Path, size: int, hook: str, rng: np.random.Generator) -> None:
    """Start a training and kill it within half a second after it has first saved."""
    words = str(work_dir), size, 100_000, hook
    process = commands.start(train, *words, output=work_dir / 'log.txt')
    before = newest(work_dir)
    end = time.monotonic() + 60
    while newest(work_dir) == before and process.exitcode is None and time.monotonic() < end:
        time.sleep(0.002)
    time.sleep(rng.uniform(0, 0.5))
    if process.exitcode is not None:
        raise RuntimeError((work_dir / 'log.txt').read_text()[-3000:])
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def newest(work_dir: Path) -> float:
    """When a checkpoint was last seen to change."""
    times = []
    for file in work_dir.glob('epoch_*.pth'):
        try:
            times.append(file.stat().st_mtime)
        except FileNotFoundError:  # removed meanwhile
            continue
    return max(times, default=0.0)


def problems(work_dir: Path) -> list[str]:
    """What is not as promised after a kill."""
    from mmpose_addons.checkpoints import CheckpointError, load_file
    from mmpose_addons.checkpoints.latest import latest_whole

    found = []
    files = sorted(file.name for file in work_dir.iterdir() if file.suffix == '.pth')
    hidden = [name for name in files if name.startswith('.')]
    if len(hidden) > 1 or len(files) - len(hidden) > 2:
        found.append(f'too many files: {files}')
    for name in set(files) - set(hidden):
        try:
            load_file(work_dir / name)
        except CheckpointError as error:
            found.append(str(error))
    try:
        named = (work_dir / 'last_checkpoint').read_text()
        if not latest_whole(str(work_dir), named):
            found.append('nothing to resume from')
    except (CheckpointError, OSError) as error:
        found.append(str(error))
    return found


def run(work_dir: Path, kills: int, size: int, hook: str, seed: int) -> list[list[str]]:
    """What was wrong after each kill."""
    work_dir.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(kills):
        kill_once(work_dir, size, hook, rng)
        found.append(problems(work_dir))
        if found[-1]:  # nothing to resume from
            for file in work_dir.iterdir():
                if file.is_file():
                    file.unlink()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog='example: python -m stress.kill_training --kills 100'
    )
    parser.add_argument('--kills', type=int, default=50, help='default: 50')
    parser.add_argument('--megabytes', type=int, default=40, help='of weights (default: 40)')
    parser.add_argument('--seed', type=int, default=0, help='of the moments (default: 0)')
    parser.add_argument(
        '--hook',
        default='CheckpointHook',
        help="mmengine.CheckpointHook is MMEngine's own, for comparison (%(default)s)",
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        size = args.megabytes * MEGABYTE
        found = run(Path(temporary) / 'work', args.kills, size, args.hook, args.seed)
    for number, wrong in enumerate(found, 1):
        if wrong:
            print(f'kill {number}: {"; ".join(wrong)}')
    failed = sum(map(bool, found))
    print(f'{args.kills} kills: {failed} left no whole checkpoint or more files than promised')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
