"""The progress bar of all commands: number done, total, elapsed and remaining time."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from operator import length_hint
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

T = TypeVar('T')
LINES = 10
"""Lines of a whole training where the output is no terminal."""


@contextmanager
def progress_bar(
    description: str,
    total: int | None,
    *,
    completed: int = 0,
    transient: bool = False,
    disable: bool = False,
) -> Iterator[Callable[[int], None]]:
    """Show a bar, and give the function that advances it by a number of items.

    Args:
        description: Text before the bar.
        total: Number of items; None where it is not known.
        completed: Number of items that are done already.
        transient: Remove the bar at the end.
        disable: Show nothing.

    Example:
        >>> with progress_bar('Images', 2, disable=True) as advance:
        ...     advance(2)
    """
    if disable:
        yield lambda count: None
        return
    columns = (
        TextColumn('{task.description}'),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, transient=transient) as progress:
        task = progress.add_task(description, total=total, completed=completed)
        yield lambda count: progress.advance(task, count)


def track(
    items: Iterable[T],
    description: str,
    *,
    total: int | None = None,
    transient: bool = False,
    disable: bool = False,
) -> Iterator[T]:
    """Give the items one by one while a bar shows how many are done.

    Args:
        items: Anything to iterate over.
        description: Text before the bar.
        total: Number of items; by default the length of ``items``, if it has one.
        transient: Remove the bar at the end.
        disable: Show nothing.

    Example:
        >>> list(track('ab', 'Letters', disable=True))
        ['a', 'b']
    """
    count = total if total is not None else (length_hint(items) or None)
    with progress_bar(description, count, transient=transient, disable=disable) as advance:
        for item in items:
            yield item
            advance(1)


@contextmanager
def share_bar(
    description: str, console: Console | None = None
) -> Iterator[Callable[[float, str], None]]:
    """Show how far something is, and give the function that tells it.

    Args:
        description: Text before the bar.
        console: Where to show it; by default the standard output of this moment.

    Returns:
        A function of the share in [0, 1] and of a text, such as the loss.
    """
    console = console or Console()
    begin = time.monotonic()

    def remaining(share: float) -> str:
        seconds = (time.monotonic() - begin) * (1 - share) / max(share, 1e-3)
        return f'{int(seconds) // 60}:{int(seconds) % 60:02} left'

    if not console.is_terminal:
        said = 0

        def say(share: float, text: str) -> None:
            nonlocal said
            if int(share * LINES) > said:
                said = int(share * LINES)
                line = f'{description}: {share:.0%}, {text}, {remaining(share)}'
                console.print(line, highlight=False, soft_wrap=True)

        yield say
        return
    columns = (TextColumn('{task.description}'), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TextColumn('{task.fields[text]}'), console=console) as bar:
        task = bar.add_task(description, total=1.0, text='')

        def draw(share: float, text: str) -> None:
            bar.update(task, completed=share, text=f'{text}, {remaining(share)}')

        yield draw
