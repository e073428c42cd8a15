"""The command of a comparison: runs what is missing, then writes pictures and tables."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

from mmpose_addons_cli.argument_types import seed_number, whole_number
from mmpose_addons_cli.errors import EXIT_SKIPPED, interrupted
from mmpose_addons_core.fileio import write_text
from mmpose_addons_core.folder_lock import FolderInUseError
from mmpose_addons_core.stop_signals import end_with_parent

from .arms import Task
from .predictions import write_predictions
from .run import (
    BrokenRunError,
    build_config,
    folder_of,
    metrics_of,
    network_of,
    train_and_test,
)
from .table import markdown
from .training_logs import draw_labels, training_logs

Run = tuple[str, str, int]


def parse_args(
    description: str, example: str, tasks: Mapping[str, Task], folder: str
) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=description,
        epilog=f'example: {example}',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    first = next(iter(tasks))
    parser.add_argument(
        '--tasks', nargs='+', choices=tasks, default=[first], help=f'default: {first}'
    )
    parser.add_argument(
        '--arms',
        nargs='+',
        default=[],
        metavar='ARM',
        help='names, or all; default: the main ones of each task; --list-arms prints them',
    )
    parser.add_argument('--list-arms', action='store_true', help='print them and stop')
    parser.add_argument('--seeds', type=seed_number, nargs='+', default=[0], help='default: 0')
    parser.add_argument(
        '--data',
        type=Path,
        default=Path(folder),
        help='folder of the data; default: %(default)s',
    )
    parser.add_argument(
        '--work-dir',
        type=Path,
        default=Path('work_dirs/adaptation'),
        help='default: %(default)s',
    )
    parser.add_argument('--jobs', type=whole_number, default=1, help='runs at the same time')
    parser.add_argument('--table-only', action='store_true', help='of the runs that are done')
    parser.add_argument('--one', nargs=3, help=argparse.SUPPRESS)  # task, arm, seed
    args = parser.parse_args()
    args.work_dir, args.data = args.work_dir.absolute(), args.data.absolute()
    for task in map(tasks.__getitem__, args.tasks):
        try:
            chosen_arms(task, args.arms)
        except ValueError as error:
            parser.error(f'--arms: {error}')
        trains = not (args.list_arms or args.table_only or args.one)
        if trains and (problem := task.data_problem(args.data)):
            parser.error(f'--data must have the data of {task.name}: {problem}')
    return args


def chosen_arms(task: Task, names: Sequence[str]) -> list[str]:
    """Return the arms asked for and those that they start from, in the order of training.

    Without names, these are the main ones of the task.

    Raises:
        ValueError: If a task has no such arm.
    """
    wanted = {*task.arms} if 'all' in names else {*(names or task.main)}
    if not wanted <= {*task.arms}:
        raise ValueError(
            f'{task.name} has the arms {[*task.arms]}, got {sorted(wanted - {*task.arms})}'
        )
    wanted = task.with_starts(wanted)
    return sorted((name for name in task.arms if name in wanted), key=task.depth)


def done(args: argparse.Namespace, run: Run) -> bool:
    return (folder_of(args.work_dir, *run) / 'metrics.json').exists()


def start(script: str, args: argparse.Namespace, run: Run) -> bool:
    """Run in a process of its own, with its output in ``log.txt``; whether it succeeded."""
    folder = folder_of(args.work_dir, *run)
    name = ' / '.join(map(str, run))
    command = [sys.executable, script, '--one', *map(str, run)]
    command += ['--data', str(args.data), '--work-dir', str(args.work_dir)]
    begin = time.monotonic()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / 'log.txt').open('a') as log:
            code = subprocess.run(command, stdout=log, stderr=log, env=os.environ).returncode
    except OSError as error:
        print(f'{name}: not started, {error}', flush=True)
        return False
    minutes = (time.monotonic() - begin) / 60
    state = 'done' if code == 0 else f'FAILED, see {folder / "log.txt"}'
    print(f'{name}: {state} ({minutes:.1f} min)', flush=True)
    return code == 0


def run_all(script: str, tasks: Mapping[str, Task], args: argparse.Namespace) -> list[Run]:
    """Run what is missing, starting networks first; return the runs that are not done."""
    runs = [
        (task, name, seed)
        for task in args.tasks
        for seed in args.seeds
        for name in chosen_arms(tasks[task], args.arms)
    ]
    for name, seed in dict.fromkeys((task, seed) for task, _, seed in runs):
        task = tasks[name]
        if task.draw is not None:  # before runs of the same seed start together
            task.draw(task.data_of(args.data, seed), seed)
    waiting = [run for run in dict.fromkeys(runs) if not done(args, run)]
    waiting.sort(key=lambda run: tasks[run[0]].depth(run[1]))
    running: dict[Future[bool], Run] = {}
    failed: list[Run] = []
    pool = ThreadPoolExecutor(args.jobs)
    try:
        while waiting or running:
            ahead = {*waiting, *running.values()}
            for run in [run for run in waiting if _first(tasks, run) not in ahead]:
                if len(running) == args.jobs:
                    break
                waiting.remove(run)
                if _can_start(tasks, args, run):
                    running[pool.submit(start, script, args, run)] = run
                else:
                    failed.append(run)
            for finished in wait(running, return_when=FIRST_COMPLETED).done:
                run = running.pop(finished)
                if not finished.result():
                    failed.append(run)
    finally:
        pool.shutdown(cancel_futures=True)
    return failed


def _first(tasks: Mapping[str, Task], run: Run) -> Run | None:
    """Return the run from whose network a run starts."""
    name, arm, seed = run
    first = tasks[name].arms[arm].start
    return None if first is None else (name, first, seed)


def _can_start(tasks: Mapping[str, Task], args: argparse.Namespace, run: Run) -> bool:
    """Return whether the training is complete from whose network this run starts."""
    first = _first(tasks, run)
    if first is None or done(args, first):
        return True
    print(f'{" / ".join(map(str, run))}: not started, {first[1]} is not done', flush=True)
    return False


def _one(args: argparse.Namespace, tasks: Mapping[str, Task]) -> int:
    """Carry out one run, unless another command has it in work."""
    name, arm, seed = args.one
    end_with_parent()
    try:
        train_and_test(args.work_dir, tasks[name], arm, int(seed), args.data)
    except FolderInUseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def draw_predictions(args: argparse.Namespace, task: Task) -> Path | None:
    """Write the sheet of the first seed's networks that are there; None without one."""
    seed = args.seeds[0]
    networks = []
    for name in chosen_arms(task, args.arms):
        arm = task.arms[name]
        folder = folder_of(args.work_dir, task.name, name, seed)
        if arm.train and done(args, (task.name, name, seed)):
            config = build_config(task, arm, seed, args.data, folder, None)
            with suppress(BrokenRunError):
                networks.append((name, config, str(network_of(folder))))
    if not networks:
        return None
    out = args.work_dir / task.name / 'predictions.jpg'
    return write_predictions(networks, out, padded=True)


def _problems(args: argparse.Namespace, task: Task) -> Iterator[str]:
    """Yield what is left out of the table and the pictures of a task, and why."""
    drawn = chosen_arms(task, args.arms)
    for name, arm in task.arms.items():
        for seed in args.seeds:
            run = task.name, name, seed
            parts: list[tuple[str, Callable[[Path], Any]]] = [('the table', metrics_of)]
            if arm.train and name in drawn and seed == args.seeds[0]:
                parts.append(('predictions.jpg', network_of))
            for part, read in parts if done(args, run) else ():
                try:
                    read(folder_of(args.work_dir, *run))
                except BrokenRunError as error:
                    yield f'{" / ".join(map(str, run))} is not in {part}: {error}'


def main(
    script: str,
    description: str,
    example: str,
    tasks: Mapping[str, Task],
    folder: str,
) -> int:
    """Run a comparison from the command line.

    Args:
        script: Path of the script, which runs itself again for each run.
        description: Of the help text.
        example: Of a command.
        tasks: By name.
        folder: Of the data, unless another is named.

    Returns:
        The exit status: 1 if a run failed, or none is done; 3 if files of a run are broken,
        which is then left out.
    """
    args = parse_args(description, example, tasks, folder)
    if args.list_arms:
        for task in map(tasks.__getitem__, args.tasks):
            print(*(f'{task.name}: {arm}' for arm in task.arms), sep='\n')
        return 0
    if args.one:
        return _one(args, tasks)
    try:
        failed = [] if args.table_only else run_all(script, tasks, args)
    except KeyboardInterrupt:
        return interrupted(Path(script).name)
    if not any(
        done(args, (name, arm, seed))
        for name in args.tasks
        for arm in chosen_arms(tasks[name], args.arms)
        for seed in args.seeds
    ):
        print(f'{args.work_dir}: no run is done, so there is no table', file=sys.stderr)
        return 1
    texts = [
        report(args.work_dir, tasks[name], args.seeds)
        for name in args.tasks
        for report in (markdown, training_logs)
    ]
    text = '\n\n'.join(filter(None, texts))
    args.work_dir.mkdir(parents=True, exist_ok=True)
    write_text(args.work_dir / 'table.md', text + '\n')
    print(text)
    problems = [line for name in args.tasks for line in _problems(args, tasks[name])]
    for line in problems:
        print(line, file=sys.stderr)
    for task in map(tasks.__getitem__, args.tasks):
        pictures = draw_predictions(args, task), draw_labels(args.work_dir, task, args.seeds)
        for picture in filter(None, pictures):
            print(picture)
    for run in failed:
        print(f'{" / ".join(map(str, run))} failed', file=sys.stderr)
    return 1 if failed else EXIT_SKIPPED if problems else 0
