"""Training for a given time instead of a number of epochs."""

import math
import time
from collections import deque
from typing import Any

import torch
from mmengine.dist import all_reduce
from mmengine.logging import print_log
from mmengine.runner import EpochBasedTrainLoop, Runner
from mmpose.registry import LOOPS
from torch.utils.data import DataLoader

SPENT = 'timed_train_loop_seconds'
"""In the message hub, and so in checkpoints: seconds that the training has taken."""
RECENT = 10
"""Steps whose mean time is that of the next one."""


@LOOPS.register_module()
class TimedTrainLoop(EpochBasedTrainLoop):
    """Train for a given time. The learning rate follows the time.

    One line in a config selects it; it replaces ``param_scheduler``::

        train_cfg = dict(type='TimedTrainLoop', seconds=600, max_epochs=15)

    - The learning rate is the optimiser's times a warm-up, then times half a cosine of the
      share of time that has passed. A slower machine takes fewer steps of the same schedule.
    - ``max_epochs`` is only a plan. After each epoch it becomes what the measured time of an
      epoch allows, so that hooks that follow the training's length follow the real one.
    - The last epoch ends in the middle, and early enough for its checkpoint.
    - Setting ``stop_training`` ends the epoch after the next step, with its checkpoint if
      ``CheckpointHook`` has ``interval=1``.
    - A resumed training has the time that is left. Time between two processes does not count.

    Hooks with a method ``is_round(epoch)`` that is true take longer before that epoch; their
    time is measured apart.

    Args:
        runner: MMEngine's runner.
        dataloader: Training data.
        seconds: Of the training.
        max_epochs: Planned number of epochs.
        until: Unix time of the end, in place of ``seconds``.
        warm_up: Share of the time in which the learning rate grows from ``lowest``.
        lowest: Smallest learning rate, as a share of the optimiser's.
        validations: How often to validate, evenly spread over the time, not at the end.
        kwargs: Further arguments of EpochBasedTrainLoop.

    Raises:
        ValueError: An argument lies outside its range.
    """

    _max_epochs: int

    def __init__(
        self,
        runner: Runner,
        dataloader: DataLoader | dict,
        seconds: float,
        max_epochs: int,
        until: float | None = None,
        warm_up: float = 0.05,
        lowest: float = 0.01,
        validations: int = 0,
        **kwargs: Any,
    ) -> None:
        if seconds <= 0 or not 0 <= warm_up < 1 or not 0 < lowest <= 1 or validations < 0:
            raise ValueError(
                'expected seconds > 0, warm_up in [0, 1), lowest in (0, 1] and validations >= '
                f'0, got {seconds}, {warm_up}, {lowest} and {validations}'
            )
        super().__init__(runner, dataloader, max_epochs=max_epochs, **kwargs)
        self.seconds = seconds
        self.until = until
        self.warm_up, self.lowest, self.validations = warm_up, lowest, validations
        self._before = 0.0  # seconds of earlier processes
        self._start = time.time()
        self._steps: deque[float] = deque(maxlen=RECENT)
        self._tail = 0.0  # seconds after the steps of an epoch
        self._round = 0.0  # seconds before an epoch with a round
        if runner.param_schedulers:
            print_log(
                'TimedTrainLoop: the time replaces the param_scheduler of the config',
                logger='current',
            )
            runner.param_schedulers = None

    @property
    def spent(self) -> float:
        """Seconds of training, also in earlier processes."""
        return self._before + time.time() - self._start

    @property
    def remaining(self) -> float:
        """Seconds that are left; negative if the time is over."""
        if self.until is not None:
            return self.until - time.time()
        return self.seconds - self.spent

    @property
    def progress(self) -> float:
        """Share of the time that has passed, in [0, 1]."""
        spent = self.spent
        return min(1.0, spent / max(spent + self.remaining, 1e-9))

    def run(self) -> torch.nn.Module:
        """Train until the time is over, for one step at least."""
        self._before = float(self.runner.message_hub.runtime_info.get(SPENT, 0))
        self._start = time.time()
        validated = int(self.progress * (self.validations + 1))
        self.runner.call_hook('before_train')
        first, begin = self._epoch, time.time()
        left = self.remaining > 0
        self._max_epochs = max(self._max_epochs, first + 1) if left else max(first, 1)
        while self._epoch < self._max_epochs and not self.stop_training:
            self.run_epoch()
            self._plan((time.time() - begin) / (self._epoch - first))
            due = int(self.progress * (self.validations + 1))
            if due > validated and self.runner.val_loop is not None:
                validated = due
                if not self.stop_training and self._epoch < self._max_epochs:
                    self.runner.val_loop.run()
        self.runner.call_hook('after_train')
        return self.runner.model

    def run_epoch(self) -> None:
        """Train for an epoch, or until the time is over."""
        begin = time.time()
        self.runner.call_hook('before_train_epoch')
        if self._is_round(self._epoch):
            self._round = time.time() - begin
        self.runner.model.train()
        last = time.time()
        for index, batch in enumerate(self.dataloader):
            self._set_rate()
            self.run_iter(index, batch)
            now = time.time()
            self._steps.append(now - last)
            last = now
            if self.stop_training or self._is_over(self._step / 2 + self._tail):
                break
        ends = self._tail + self._step / 2
        if self._is_round(self._epoch + 1):
            ends += self._round
        over = self._is_over(ends)
        if over:
            self._max_epochs = self._epoch + 1  # so that hooks know the last epoch
        else:
            self._max_epochs = max(self._max_epochs, self._epoch + 2)
        self.runner.message_hub.update_info(SPENT, self.spent)
        self.runner.call_hook('after_train_epoch')
        self._tail = time.time() - last
        self._epoch += 1

    @property
    def _step(self) -> float:
        return sum(self._steps) / max(len(self._steps), 1)

    def _is_over(self, needed: float) -> bool:
        """Return whether less than so many seconds are left; all processes agree."""
        over = torch.tensor([float(self.remaining < needed)])
        all_reduce(over, 'max')
        return bool(over.item())

    def _is_round(self, epoch: int) -> bool:
        return any(
            hook.is_round(epoch) for hook in self.runner.hooks if hasattr(hook, 'is_round')
        )

    def _plan(self, seconds: float) -> None:
        """Set how many epochs and iterations fit, where an epoch takes so many seconds."""
        if self._max_epochs > self._epoch:
            left = max(1, round(self.remaining / max(seconds, 1e-9)))
            self._max_epochs = self._epoch + left
        self._max_iters = self._iter + (self._max_epochs - self._epoch) * len(self.dataloader)

    def _set_rate(self) -> None:
        progress = self.progress
        factor = self.lowest + (1 - self.lowest) * (1 + math.cos(math.pi * progress)) / 2
        if progress < self.warm_up:
            factor *= max(self.lowest, progress / self.warm_up)
        for group in self.runner.optim_wrapper.optimizer.param_groups:
            group['lr'] = group.setdefault('initial_lr', group['lr']) * factor
