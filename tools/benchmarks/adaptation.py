#!/usr/bin/env python
"""Compare ways to adapt a network to a domain without labels, over tasks and seeds.

Every arm of a task that adapts starts from the source network of its seed and trains for the
same number of steps with the same augmentation. No label of the target's training images
reaches any arm but "real labels" (and the arms that name a number of labels). The last epoch is
tested. Runs that are done are not repeated, and an interrupted training continues, so the
command can be stopped and started at any time.
"""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from adaptation_runs.predictions import write_predictions
from adaptation_runs.run import build_config, folder_of, train_and_test
from adaptation_runs.table import markdown
from adaptation_runs.tasks import MAIN, TASKS

from mmpose_addons_core.fileio import atomic_write

Run = tuple[str, str, int]


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: adaptation.py --tasks horse-cattle --seeds 0 1 2 --data livestock',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--tasks', nargs='+', choices=TASKS, default=['horse-cattle'])
    parser.add_argument('--arms', nargs='+', default=MAIN, help='default: %(default)s; or all')
    parser.add_argument('--seeds', type=int, nargs='+', default=[0], help='default: 0')
    parser.add_argument(
        '--data', type=Path, default=Path('data/livestock'), help='folder of the real animals'
    )
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/adaptation'))
    parser.add_argument('--jobs', type=int, default=1, help='runs at the same time')
    parser.add_argument('--table-only', action='store_true', help='of the runs that are done')
    parser.add_argument('--one', nargs=3, help=argparse.SUPPRESS)  # task, arm, seed
    return parser.parse_args()


def done(args: argparse.Namespace, run: Run) -> bool:
    return (folder_of(args.work_dir, *run) / 'metrics.json').exists()


def start(args: argparse.Namespace, run: Run) -> bool:
    """Run in a process of its own, with its output in ``log.txt``; whether it succeeded."""
    folder = folder_of(args.work_dir, *run)
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, __file__, '--one', *map(str, run)]
    command += ['--data', str(args.data), '--work-dir', str(args.work_dir)]
    begin = time.monotonic()
    with (folder / 'log.txt').open('a') as log:
        code = subprocess.run(command, stdout=log, stderr=log, env=os.environ).returncode
    minutes = (time.monotonic() - begin) / 60
    state = 'done' if code == 0 else f'FAILED, see {folder / "log.txt"}'
    print(f'{" / ".join(map(str, run))}: {state} ({minutes:.1f} min)', flush=True)
    return code == 0


def run_all(args: argparse.Namespace) -> list[Run]:
    """Run what is missing, starting networks first; returns the runs that failed."""
    failed: list[Run] = []
    for needs_start in (False, True):
        missing = [
            (task, name, seed)
            for task in args.tasks
            for seed in args.seeds
            for name, arm in TASKS[task].arms.items()
            if (arm.start is not None) == needs_start
            and (name in args.arms or args.arms == ['all'])
        ]
        missing = [run for run in missing if not done(args, run)]
        with ThreadPoolExecutor(args.jobs) as pool:
            results = pool.map(lambda run: start(args, run), missing)
            failed += [run for run, good in zip(missing, results, strict=True) if not good]
    return failed


def draw_predictions(args: argparse.Namespace, task: str) -> None:
    """Write the sheet of the first seed's networks that are done."""
    seed = args.seeds[0]
    networks = []
    for name, arm in TASKS[task].arms.items():
        folder = folder_of(args.work_dir, task, name, seed)
        if arm.train and name in args.arms and done(args, (task, name, seed)):
            config = build_config(TASKS[task], arm, seed, args.data, folder, None)
            networks.append((name, config, (folder / 'last_checkpoint').read_text()))
    if networks:
        out = args.work_dir / task / 'predictions.jpg'
        print(write_predictions(networks, out, padded=True))


def main() -> int:
    args = parse_args()
    args.work_dir, args.data = args.work_dir.absolute(), args.data.absolute()
    if args.one:
        task, arm, seed = args.one
        train_and_test(args.work_dir, task, arm, int(seed), args.data)
        return 0
    failed = [] if args.table_only else run_all(args)
    for task in args.tasks:
        draw_predictions(args, task)
    text = '\n\n'.join(markdown(args.work_dir, task, args.seeds) for task in args.tasks)
    args.work_dir.mkdir(parents=True, exist_ok=True)
    with atomic_write(args.work_dir / 'table.md') as unfinished:
        unfinished.write_text(text + '\n')
    print(text)
    for run in failed:
        print(f'{" / ".join(map(str, run))} failed', file=sys.stderr)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
