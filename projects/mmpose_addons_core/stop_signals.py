"""End a run between two items when Ctrl-C or a scheduler asks for it, or with its parent."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

NAMES = {'SIGINT': 'Ctrl-C', 'SIGTERM': 'SIGTERM', 'SIGHUP': 'the terminal was closed'}


class StopRequest:
    """Which signal has asked to stop, if any."""

    def __init__(self) -> None:
        self.signal: int | None = None

    def __bool__(self) -> bool:
        return self.signal is not None

    @property
    def reason(self) -> str:
        """Return the cause of the stop for a message; empty without one."""
        return '' if self.signal is None else NAMES[signal.Signals(self.signal).name]

    @property
    def exit_code(self) -> int:
        """As a shell has it: 130 for Ctrl-C, 143 for SIGTERM; 0 where nothing asked."""
        return 0 if self.signal is None else 128 + self.signal


@contextmanager
def stop_request() -> Iterator[StopRequest]:
    """Note the first signal during the block instead of ending at once.

    A second signal acts as it did before. Signals that the process ignores, as under
    ``nohup``, stay ignored. Outside the main thread, where Python takes no signals, none is
    noted.

    Example:
        >>> with stop_request() as stop:
        ...     for item in range(3):
        ...         if stop:
        ...             break
        >>> stop.exit_code
        0
    """
    stop = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before: dict[int, Any] = {}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)
        before.clear()

    def note(number: int, _: FrameType | None) -> None:
        stop.signal = number
        restore()

    for name in NAMES:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
            before[number] = signal.signal(number, note)
    try:
        yield stop
    finally:
        restore()


def end_with_parent(interval: float = 1.0) -> None:
    """End this process when the one that has started it ends in any way, also by a kill.

    Args:
        interval: Seconds from one look to the next.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(interval)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
