#!/usr/bin/env python
"""Compare losses for face landmarks on real faces.

Each arm is a network with a loss. Its learning rate is tuned on a validation part of the
training faces that shares no clip with the rest; then it is trained with several seeds and
tested once with each. What is done is not done again, so the command can be stopped and started
at any time.

Data are a folder with train.json and test.json, COCO files of 68 landmarks with one face an
image, whose file names are relative to the folder. The faces are kept in memory and augmented
in batches on the device, with the steps and settings of MMPose's pipeline.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from real_faces import report, work
from real_faces.arms import RATES, all_arms
from real_faces.errors import ComparisonError
from real_faces.faces import checked
from real_faces.graphs import MAX_THREADS
from real_faces.schedule import left, ready
from real_faces.store import Store, Task

from mmpose_addons_cli.argument_types import (
    positive_number,
    seed_number,
    whole_number,
    whole_number_from,
)
from mmpose_addons_core.folder_lock import lock_folder


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: face_losses.py DATA --out work_dirs/face_losses --jobs 12 '
        '--minutes 9; on a GPU try --pool thread --graphs, which waits for no launch',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('data', type=Path, nargs='?', help='folder with train.json, test.json')
    parser.add_argument('--out', type=Path, default=Path('work_dirs/face_losses'))
    parser.add_argument(
        '--arms',
        nargs='+',
        default=['all'],
        metavar='ARM',
        help='names, beginnings of names, groups (main, short, ...) or all (default); '
        '--list-arms prints them',
    )
    parser.add_argument('--list-arms', action='store_true', help='print the arms and stop')
    parser.add_argument('--seeds', type=seed_number, nargs='+', default=[0, 1, 2])
    parser.add_argument(
        '--steps', type=whole_number, default=1500, help='of a training (%(default)s)'
    )
    parser.add_argument(
        '--batch', type=whole_number_from(2), default=64, help='crops a step (%(default)s)'
    )
    parser.add_argument(
        '--rates',
        type=positive_number,
        nargs='+',
        default=list(RATES),
        help='grid (%(default)s)',
    )
    parser.add_argument('--device', default='cuda', help='cuda or cpu (%(default)s)')
    parser.add_argument(
        '--jobs', type=whole_number, default=1, help='runs at once (%(default)s)'
    )
    parser.add_argument(
        '--pool',
        choices=('process', 'thread'),
        default='process',
        help='what runs at once are (%(default)s)',
    )
    parser.add_argument('--graphs', action='store_true', help='replay steps as CUDA graphs')
    parser.add_argument(
        '--threads', type=whole_number, default=1, help='CPU threads of a process (%(default)s)'
    )
    parser.add_argument(
        '--minutes', type=positive_number, help='start no run that would end later than this'
    )
    parser.add_argument(
        '--views',
        type=whole_number_from(4),
        default=16,
        help='moved crops of a test face, half of which count (%(default)s)',
    )
    parser.add_argument(
        '--limit', type=whole_number_from(0), default=0, help='faces a file, for a trial'
    )
    parser.add_argument('--keep-weights', action='store_true', help='also after the test')
    parser.add_argument('--report-only', action='store_true', help='of what is done by now')
    args = parser.parse_args(argv)
    for name in ('seeds', 'rates'):
        values = getattr(args, name)
        if len({f'{value:g}' for value in values}) < len(values):
            parser.error(f'--{name} must be different, got {values}')
    return args


def chosen_arms(patterns: Sequence[str]) -> list[str]:
    """Return names of arms by name, beginning or group.

    Raises:
        ComparisonError: If a pattern fits no arm.
    """
    arms = all_arms()
    chosen: dict[str, None] = {}
    for pattern in patterns:
        fitting = [
            name
            for name, arm in arms.items()
            if pattern in ('all', arm.group, name) or name.startswith(pattern)
        ]
        if pattern in arms:
            fitting = [pattern]
        if not (fitting and pattern):
            raise ComparisonError(f'no arm begins with {pattern!r}; --list-arms prints them')
        chosen.update(dict.fromkeys(fitting))
    return [name for name in arms if name in chosen]


def executor(args: argparse.Namespace) -> Executor:
    if args.pool == 'thread':
        work.start(args.threads)
        return ThreadPoolExecutor(args.jobs)
    return ProcessPoolExecutor(
        args.jobs, get_context('spawn'), initializer=work.start, initargs=(args.threads,)
    )


def run(args: argparse.Namespace, settings: work.Settings, chosen: Sequence[str]) -> int:
    """Do all tasks, or those for which there is time; the number of tasks that failed."""
    store = Store(settings.out)
    arms = all_arms()
    begin = time.monotonic()
    seconds: list[float] = []
    running: dict[Future, tuple[Task, float]] = {}
    failed: set[Task] = set()
    broken = False  # a process was killed, and with it the pool

    def tasks() -> list[Task]:
        busy = failed | {task for task, _ in running.values()}
        found = ready(
            arms,
            chosen,
            args.seeds,
            store.read,
            lambda t: store.weights(t).exists(),
            args.rates,
        )
        return [task for task in found if task not in busy]

    def in_time() -> bool:
        longest = max(seconds, default=0)
        now = time.monotonic() - begin
        return args.minutes is None or now + longest <= 60 * args.minutes

    if args.pool == 'thread':  # before the threads need them
        work.training_faces(settings)
        work.test_faces(settings)
    with executor(args) as pool:
        while True:
            waiting = tasks() if in_time() and not broken else []
            for task in waiting[: args.jobs - len(running)]:
                running[pool.submit(work.do, task, settings)] = task, time.monotonic()
            if not running:
                break
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                task, start = running.pop(future)
                if error := future.exception():
                    if isinstance(error, ComparisonError):  # no other task would do better
                        raise error
                    failed.add(task)
                    broken |= isinstance(error, BrokenExecutor)
                    print(f'{task} failed: {type(error).__name__}: {error}', file=sys.stderr)
                    continue
                result = future.result()
                if not task.test:
                    seconds.append(time.monotonic() - start)
                elif not args.keep_weights:
                    store.weights(replace(task, test=False)).unlink(missing_ok=True)
                    store.drop_weights(task.arm, keep=replace(task, seed=0, test=False))
                count = left(arms, chosen, args.seeds, store.read, args.rates)
                mean = sum(seconds) / len(seconds) if seconds else 0
                progress(
                    task, result, time.monotonic() - begin, count, count * mean / args.jobs
                )
    return len(failed)


def progress(task: Task, result: dict, now: float, count: int, rest: float) -> None:
    """Print a line about a task that is done."""
    part = 'test' if task.test else 'validation'
    print(
        f'{now:5.0f} s  {task.arm}, rate {task.rate:g}, seed {task.seed}: {part} NME '
        f'{100 * result[part]["nme"]:.2f} %; {count} trainings left, about {rest:.0f} s',
        flush=True,
    )


def compare(args: argparse.Namespace) -> int:
    """Run what is missing and write the report; the exit status.

    Raises:
        ComparisonError: Arguments, data or results do not fit.
        OSError: A file cannot be read or written, or another run has the folder.
    """
    names = 'train.json', 'test.json'
    if args.data is None or not all((args.data / name).is_file() for name in names):
        raise ComparisonError(
            f'DATA must be a folder with {" and ".join(names)}, got {args.data}'
        )
    work.check_device(args.device, args.report_only)
    if args.pool == 'thread' and args.jobs > MAX_THREADS:
        raise ComparisonError(
            f'--jobs must be at most {MAX_THREADS} for threads, got {args.jobs}'
        )
    chosen = chosen_arms(args.arms)
    settings = work.Settings(
        args.data.resolve(),
        args.out.resolve(),
        args.device,
        args.steps,
        args.batch,
        args.graphs,
        args.views,
        args.limit,
    )
    store = Store(settings.out)
    failed = 0
    if args.report_only:
        if not report.results(all_arms(), store, args.seeds, args.rates):
            raise ComparisonError(f'--report-only needs finished tests, got none in {args.out}')
        settings = work.as_before(settings, store.settings())
    else:
        with lock_folder(settings.out):
            store.claim(settings.shared())
            for name in names:
                checked(settings.data / name)
            failed = run(args, settings, chosen)
    faces = work.test_faces(replace(settings, device='cpu'))
    print(report.write(all_arms(), store, args.seeds, faces, args.rates))
    return 1 if failed else 0


def main() -> int:
    args = parse_args()
    if args.list_arms:
        print(*(f'{arm.group}: {name}' for name, arm in all_arms().items()), sep='\n')
        return 0
    try:
        return compare(args)
    except (ComparisonError, OSError) as error:
        print(f'face_losses.py: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('face_losses.py: stopped; the same command goes on', file=sys.stderr)
        return 130


if __name__ == '__main__':
    sys.exit(main())
