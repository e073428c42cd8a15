"""Run what was prepared: train, adapt, test."""

import contextlib
import shutil
import time
from pathlib import Path
from typing import Any

from mmpose_addons_core.fileio import atomic_write, write_json
from mmpose_addons_core.stop_signals import StopRequest
from mmpose_addons_core.training_plan import RunClock, read_run_file

from . import checks
from .budget import END
from .options import Options
from .prepare import Plan
from .train_and_test import score_network, train
from .watch import RunStoppedError

Scores = dict[str, dict[str, Any]]
WAIT = 0.2
"""Seconds in which a signal that has ended another process reaches this one."""


class Run:
    """A prepared run.

    Args:
        options: What the user has asked for.
        plan: Of :func:`prepare`.
        clock: Of the run.
        stop: Ends the run between two steps.
    """

    def __init__(
        self, options: Options, plan: Plan, clock: RunClock, stop: StopRequest | None = None
    ) -> None:
        self.options, self.plan, self.clock = options, plan, clock
        self.stop = StopRequest() if stop is None else stop
        self.out = options.out.absolute()
        self._file = self.out / 'scores.json'
        self.parts: dict[str, tuple[Path, Path] | None] = {}
        if plan.labelled.has_val:
            self.parts['val'] = None
        if options.test is not None:
            images = checks.images_of(options.test, options.test_images).absolute()
            self.parts['test'] = options.test.absolute(), images
        self.scores: Scores = {part: {} for part in self.parts}
        if self._file.is_file():
            self.scores |= read_run_file(self._file, dict, **dict.fromkeys(self.parts, dict))

    def carry_out(self) -> Scores:
        """Train, adapt and test.

        Returns:
            Metrics by part (``'val'``, ``'test'``) and network (``'before'``, ``'after'``),
            also in ``OUT/scores.json``. A part without labels is missing, and ``'before'`` if
            training began without a network.

        Raises:
            RunStoppedError: By a signal; the same call goes on.
        """
        try:
            return self._carry_out()
        except RuntimeError as error:
            # a signal to all processes of a group ends those that load images first
            if self._asked_to_stop():
                raise RunStoppedError(self.stop.reason) from error
            raise

    def _asked_to_stop(self) -> bool:
        """Wait for a signal. Each worker that ends meanwhile raises one more error here."""
        end = time.monotonic() + WAIT
        while not self.stop and time.monotonic() < end:
            with contextlib.suppress(RuntimeError):
                time.sleep(WAIT / 10)
        return bool(self.stop)

    def _carry_out(self) -> Scores:
        options, out = self.options, self.out
        if options.start is not None:
            self._test('before', options.start.absolute())
        if options.adapts:
            if options.start is None:
                end = self.plan.source_end
                trained = self._train(options.source, 'source', 'training on labels', end)
                self._test('before', _copy(trained, out / 'source.pth'))
            trained = self._train(options.adapt, 'adapt', 'adaptation', self._end())
        else:
            trained = self._train(options.source, 'source', 'training on labels', self._end())
        self._test('after', _copy(trained, options.network))
        return self.scores

    def _train(self, config: Path, folder: str, description: str, end: float | None) -> Path:
        seconds = None if end is None else max(end - self.clock.spent, 0.01)
        work_dir = self.out / folder
        return train(config, work_dir, description, self.clock, self.stop, seconds)

    def _end(self) -> float | None:
        """Return the last training's end by the run's clock; a test and the page follow."""
        if self.options.minutes is None:
            return None
        test = self.clock.seconds_of.get('test', self.plan.test_seconds)
        return 60 * self.options.minutes - test - self.plan.diagnosis_seconds - END

    def _test(self, name: str, checkpoint: Path) -> None:
        begin = time.monotonic()
        missing = [part for part in self.parts if name not in self.scores[part]]
        for part in missing:
            logs = self.out / 'tests' / f'{part}_{name}'
            found = score_network(self.options.source, checkpoint, logs, self.parts[part])
            self.scores[part][name] = found
            write_json(self._file, self.scores, indent=1)
        if missing:
            self.clock.seconds_of['test'] = time.monotonic() - begin
        self.clock.save()


def _copy(checkpoint: Path, target: Path) -> Path:
    with atomic_write(target) as unfinished:
        shutil.copyfile(checkpoint, unfinished)
    return target
