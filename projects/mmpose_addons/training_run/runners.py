"""Several runners in one process, whose messages go to their log files."""

import gc
import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from uuid import uuid4

from mmengine.config import Config
from mmengine.runner import Runner
from rich.console import Console
from torch.utils.data import DataLoader
from yapf.yapflib import yapf_api  # MMEngine depends on it

ROUND = 'Pseudo-labels before epoch'
NOISE = ('The prefix is not set in metric class', 'Dataset ', '`save_param_scheduler` is True')
"""Beginnings of warnings that say nothing about a run."""


def make_runner(config: Config, work_dir: Path) -> Runner:
    """Build a runner that shares nothing with earlier ones.

    MMEngine finds loggers, message hubs and visualizers by name, so that a second runner of
    the same name would write to the files of the first.
    """
    # MMEngine collects garbage for every data set; modules are no garbage
    gc.freeze()
    config.work_dir = str(work_dir)
    config.experiment_name = f'{work_dir.name}_{uuid4().hex[:8]}'
    if config.get('visualizer'):
        config.visualizer.name = config.experiment_name
    return Runner.from_cfg(config)


def end_workers(runner: Runner) -> None:
    """End the persistent workers of a runner's data loaders, which are needed no more.

    A garbage collection would close their queues first, and then wait five seconds for each
    worker, which never gets the message to end.
    """
    for loop in (runner._train_loop, runner._val_loop, runner._test_loop):
        loader = getattr(loop, 'dataloader', None)
        if isinstance(loader, DataLoader):
            loader._iterator = None


@contextmanager
def quiet() -> Iterator[Console]:
    """Keep MMEngine's messages, which go to log files, from the standard output.

    Gives a console for what is to be seen. A logger that is made in the block stays quiet.
    """
    console = Console(file=sys.stdout)
    with redirect_stdout(io.StringIO()), unformatted():
        yield console


@contextmanager
def unformatted() -> Iterator[None]:
    """Leave out the formatting of configs, which takes MMEngine seconds for each runner."""
    formatted = yapf_api.FormatCode
    yapf_api.FormatCode = lambda text, **_: (text, True)
    try:
        yield
    finally:
        yapf_api.FormatCode = formatted


class _Shown(logging.Handler):
    """Shows warnings, and how many pseudo-labels a round keeps."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.INFO)
        self.console = console

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage().strip()
        if record.levelno >= logging.WARNING and not text.startswith(NOISE):
            text = f'warning: {text}'
        elif text.startswith(ROUND):
            text = text.partition(',')[0]
        else:
            return
        self.console.print(f'  {text}', highlight=False, soft_wrap=True, markup=False)


@contextmanager
def show_warnings(runner: Runner, console: Console) -> Iterator[None]:
    """Show warnings and rounds of labelling on a console, beside the log file.

    MMEngine's other messages of the process go to the newest logger, also after the run, so
    the console is taken from it again.
    """
    shown = _Shown(console)
    runner.logger.addHandler(shown)
    try:
        yield
    finally:
        runner.logger.removeHandler(shown)
