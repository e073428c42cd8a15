"""What a run does beside each training step: show progress, count time, take signals."""

from collections.abc import Callable
from typing import Any

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmpose_addons_core.stop_signals import StopRequest
from mmpose_addons_core.training_plan import RunClock

from ..engine.loops import TimedTrainLoop


class RunStoppedError(Exception):
    """A signal has asked to stop; what is done is kept."""


class TrainingWatch(Hook):
    """Watches a training.

    Args:
        show: Gets the share of the training that is done, and a text.
        clock: Of the run.
        stop: Whether a signal has asked to stop.

    Raises:
        RunStoppedError: In the middle of an epoch, by a signal. :class:`TimedTrainLoop` ends
            its epoch instead, and saves it.
    """

    priority = 'LOWEST'

    def __init__(
        self, show: Callable[[float, str], None], clock: RunClock, stop: StopRequest
    ) -> None:
        self.show, self.clock, self.stop = show, clock, stop

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: Any = None,
        outputs: dict[str, Any] | None = None,
    ) -> None:
        self.clock.tick()
        loop = runner.train_loop
        timed = isinstance(loop, TimedTrainLoop)
        share = loop.progress if timed else (loop.iter + 1) / loop.max_iters
        loss = float(torch.as_tensor((outputs or {}).get('loss', float('nan'))).detach())
        self.show(share, f'loss {loss:.3g}')
        if self.stop:
            if not timed:
                raise RunStoppedError(self.stop.reason)
            loop.stop_training = True

    def after_train(self, runner: Runner) -> None:
        if self.stop:
            raise RunStoppedError(self.stop.reason)
