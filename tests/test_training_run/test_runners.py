"""Messages of runners, while they run and after."""

import io
import logging
from types import SimpleNamespace

from rich.console import Console

from mmpose_addons.training_run.runners import show_warnings


def test_warnings_are_shown_during_the_run_only():
    logger = logging.Logger('run')
    console = Console(file=io.StringIO())
    with show_warnings(SimpleNamespace(logger=logger), console):
        logger.warning('the loss is high')
    logger.warning('of another run')
    assert console.file.getvalue() == '  warning: the loss is high\n'
