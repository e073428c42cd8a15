#!/usr/bin/env python
"""Kill a CC-SSL training at random moments, resume it, and compare with one left alone.

Weights and pseudo-labels must be the same to the last bit. The quick form of this runs in the
test suite.
"""

import argparse
import os
import signal
import sys
import tempfile
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO

import numpy as np

from helpers import commands

EPOCHS = 4
VARIANTS = dict(
    plain={},
    workers=dict(num_workers=2, persistent=True),
    dropout=dict(dropout=0.3, appearance={}, interval=2),
)


def train(folder: str, work_dir: str, variant: str) -> None:
    """One training process; resumes if there is a checkpoint."""
    import torch

    import mmpose_addons  # noqa: F401
    from helpers import tiny_domains

    os.setsid()  # workers are killed with it
    torch.set_num_threads(1)
    runner = tiny_domains.make_runner(
        Path(folder), Path(work_dir), resume=True, epochs=EPOCHS, **VARIANTS[variant]
    )
    print('READY', flush=True)
    runner.train()


def start(folder: Path, work_dir: Path, variant: str) -> tuple[BaseProcess, IO[str]]:
    """A training process, and what it prints."""
    reader, writer = commands.FORKS.Pipe(duplex=False)
    process = commands.start(train, str(folder), str(work_dir), variant, output=writer)
    writer.close()
    with reader:
        return process, os.fdopen(os.dup(reader.fileno()))


def killed_run(folder: Path, work_dir: Path, variant: str, rng, kills: int) -> int:
    """Train to the end through so many kills; returns how many hit a running training."""
    hits = 0
    for attempt in range(kills + 1):
        process, stream = start(folder, work_dir, variant)
        lines = []
        # each line of the log is a moment of the training; die soon after one of them
        fatal = rng.integers(1, 14) if attempt < kills else None
        seen = 0
        for line in stream:
            lines.append(line)
            seen += bool(
                lines and ('Epoch(train)' in line or 'READY' in line or 'Saving' in line)
            )
            if fatal is not None and seen >= fatal:
                process.join(timeout=rng.uniform(0, 0.05))
                if process.exitcode is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    hits += 1
                break
        stream.close()
        process.join()
        if process.exitcode == 0:
            break
        if fatal is None:
            raise RuntimeError(''.join(lines[-30:]))
    return hits


def results(work_dir: Path, epoch: int = EPOCHS) -> dict[str, np.ndarray]:
    """Weights and labels of a finished run."""
    import torch

    file = work_dir / f'epoch_{epoch}.pth'
    state = torch.load(file, map_location='cpu', weights_only=False)['state_dict']
    found = {name: value.numpy() for name, value in state.items()}
    for labels in sorted(work_dir.glob('*_labels/*.npz')):
        with np.load(labels) as content:
            found.update({f'{labels.stem}/{name}': content[name] for name in content.files})
    return found


def differences(one: dict, two: dict) -> list[str]:
    if one.keys() != two.keys():
        return sorted(one.keys() ^ two.keys())
    return [name for name in one if not np.array_equal(one[name], two[name])]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example, in tests/: python -m stress.kill_ccssl --runs 10 --kills 5',
    )
    parser.add_argument('--runs', type=int, default=5, help='of each variant (default: 5)')
    parser.add_argument('--kills', type=int, default=4, help='of a run (default: 4)')
    parser.add_argument('--seed', type=int, default=0, help='of the moments (default: 0)')
    args = parser.parse_args()
    import mmpose_addons  # noqa: F401
    from helpers import tiny_domains

    rng = np.random.default_rng(args.seed)
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = tiny_domains.write_domains(Path(temporary) / 'data')
        for variant in VARIANTS:
            whole = Path(temporary) / variant
            killed_run(folder, whole, variant, rng, kills=0)
            for run in range(args.runs):
                work_dir = Path(temporary) / f'{variant}-{run}'
                hits = killed_run(folder, work_dir, variant, rng, args.kills)
                wrong = differences(results(whole), results(work_dir))
                failed += bool(wrong)
                verdict = f'DIFFERS: {wrong[:5]}' if wrong else 'the same, bit for bit'
                print(f'{variant} run {run}: killed {hits} times, {verdict}', flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
