"""Time that a run has taken, also in processes that were stopped."""

import time
from pathlib import Path

from ..fileio import write_json
from .run_files import read_run_file

OFTEN = 5.0
"""Seconds between two writes."""


class RunClock:
    """Counts the seconds of a run, and keeps them in a file.

    Time between two processes does not count. A process that is killed loses the last few
    seconds.

    Args:
        file: JSON file; read if it is there.
        since: Of ``time.monotonic()`` when this process began.

    Attributes:
        seconds_of: What parts of the run have taken, by name.

    Raises:
        PlanError: The file is not that of a clock.
    """

    def __init__(self, file: Path, since: float | None = None) -> None:
        self.file = file
        self._start = time.monotonic() if since is None else since
        self._before = 0.0
        self._written = self._start
        self.seconds_of: dict[str, float] = {}
        if file.is_file():
            known = read_run_file(file, dict, spent=float, seconds_of=dict)
            self._before, self.seconds_of = known['spent'], known['seconds_of']

    @property
    def spent(self) -> float:
        """Seconds of all processes."""
        return self._before + time.monotonic() - self._start

    def tick(self) -> None:
        """Write the file if that is some seconds ago."""
        if time.monotonic() - self._written > OFTEN:
            self.save()

    def save(self) -> None:
        """Write the file."""
        self._written = time.monotonic()
        write_json(self.file, dict(spent=self.spent, seconds_of=self.seconds_of))
