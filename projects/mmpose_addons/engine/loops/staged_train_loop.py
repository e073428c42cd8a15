"""Staged ("iterative") training (Zhang et al. 2019, arXiv 1911.10346, Sec. 3.3)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmengine.dist import barrier, is_main_process
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import EpochBasedTrainLoop, Runner, weights_to_cpu
from mmpose.registry import LOOPS
from torch.utils.data import DataLoader

from ...checkpoints import load_file, save_file
from ..unwrapped_model import unwrapped


@dataclass(frozen=True)
class Stage:
    """One learning-rate schedule: ``lr`` from its first epoch, times ``gamma`` at each step.

    ``milestones`` count epochs from the stage's begin.

    >>> stage = Stage(epochs=150, lr=1e-3, milestones=(90, 120))
    >>> [round(stage.rate(epoch), 6) for epoch in (0, 89, 90, 120)]
    [0.001, 0.001, 0.0001, 1e-05]
    """

    epochs: int
    lr: float
    milestones: tuple[int, ...] = ()
    gamma: float = 0.1

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.lr <= 0:
            raise ValueError(f'a stage needs epochs >= 1 and lr > 0, got {self}')
        if any(not 0 < milestone < self.epochs for milestone in self.milestones):
            raise ValueError(
                f'milestones count from the start of the stage and lie inside its '
                f'{self.epochs} epochs, got {list(self.milestones)}'
            )

    def rate(self, epoch: int) -> float:
        """Return the learning rate in an epoch of this stage, counted from 0."""
        return self.lr * self.gamma ** sum(epoch >= m for m in self.milestones)


@LOOPS.register_module()
class StagedTrainLoop(EpochBasedTrainLoop):
    """Train in stages: after each schedule the learning rate starts again.

    Weights and the optimiser's state continue from the best (or last) epoch of the previous
    stage. One line in a config selects it; it replaces ``param_scheduler``::

        train_cfg = dict(
            type='StagedTrainLoop', val_interval=10, carry='best',
            stages=[dict(epochs=150, lr=1e-3, milestones=[90, 120]),
                    dict(epochs=150, lr=1e-3, milestones=[90, 120])])

    The best epoch of stage i is kept in the work dir as ``stage_<i>_best.pth``. A run can
    be resumed in the middle of a stage, as any other run of MMEngine. Each log line has
    the number of the stage.

    Parameter groups keep their ratio to each other (``lr_mult``, ``--auto-scale-lr``): a
    group's rate is the stage's rate times its initial rate over the optimiser's ``lr``.

    Args:
        runner: MMEngine's runner.
        dataloader: Training data.
        stages: Keyword arguments of :class:`Stage`.
        carry: ``'best'`` or ``'last'``: the epoch from which the next stage continues.
        metric: Name of the validation metric that selects the best epoch.
        rule: ``'greater'`` or ``'less'``: which value is better.
        kwargs: Further arguments of EpochBasedTrainLoop: ``val_begin``, ``val_interval``, ...

    Raises:
        ValueError: an unfit stage, carry or rule; or a stage without a validation although
            its best epoch is asked for.
    """

    def __init__(
        self,
        runner: Runner,
        dataloader: DataLoader | dict,
        stages: list[dict],
        carry: str = 'best',
        metric: str = 'coco/AP',
        rule: str = 'greater',
        **kwargs: Any,
    ) -> None:
        if carry not in ('best', 'last'):
            raise ValueError(f"carry must be 'best' or 'last', got {carry!r}")
        if rule not in ('greater', 'less'):
            raise ValueError(f"rule must be 'greater' or 'less', got {rule!r}")
        if not stages:
            raise ValueError('stages is empty')
        self.stages = [
            Stage(**{**stage, 'milestones': tuple(stage.get('milestones', ()))})
            for stage in stages
        ]
        total = sum(stage.epochs for stage in self.stages)
        super().__init__(runner, dataloader, max_epochs=total, **kwargs)
        self.carry = carry
        self._announced = -1
        if runner.param_schedulers:
            print_log(
                'StagedTrainLoop: the stages replace the param_scheduler of the config',
                logger='current',
            )
            runner.param_schedulers = None
        if carry == 'best':
            self._check_validations()
            runner.register_hook(_BestOfStageHook(metric, rule))

    @property
    def stage(self) -> int:
        """Return the number of the stage of the current epoch, from 0."""
        return self._locate(self._epoch)[0]

    def best_file(self, stage: int) -> Path:
        """Return the file of the best epoch of a stage."""
        return Path(self.runner.work_dir) / f'stage_{stage + 1}_best.pth'

    def run_epoch(self) -> None:
        """Begin a stage if one is due, set the learning rate, iterate one epoch."""
        index, epoch = self._locate(self._epoch)
        stage = self.stages[index]
        if epoch == 0 and index > 0 and self.carry == 'best':
            self._load_best_of(index - 1)
        if epoch == 0 and is_main_process():
            self.best_file(index).unlink(missing_ok=True)  # of an earlier run
        if index != self._announced:
            self._announced = index
            print_log(
                f'Stage {index + 1} of {len(self.stages)}: epoch {epoch + 1} of '
                f'{stage.epochs}, learning rate {stage.lr:g}, steps at '
                f'{list(stage.milestones)}',
                logger='current',
            )
        self._set_rate(stage.rate(epoch))
        self.runner.message_hub.update_scalar('train/stage', index + 1)
        super().run_epoch()

    def _locate(self, epoch: int) -> tuple[int, int]:
        """Return the stage of an epoch and the epoch's place in it, both from 0."""
        for index, stage in enumerate(self.stages):
            if epoch < stage.epochs:
                return index, epoch
            epoch -= stage.epochs
        return len(self.stages) - 1, epoch + self.stages[-1].epochs

    def _check_validations(self) -> None:
        end = 0
        for index, stage in enumerate(self.stages[:-1]):
            begin, end = end, end + stage.epochs
            last = end - end % self.val_interval
            if last <= begin or last < self.val_begin:
                raise ValueError(
                    f'stage {index + 1} (epochs {begin + 1} to {end}) has no validation to '
                    f'tell its best epoch: val_begin is {self.val_begin}, val_interval '
                    f"{self.val_interval}; change them or set carry='last'"
                )

    def _set_rate(self, rate: float) -> None:
        optimizer = self.runner.optim_wrapper.optimizer
        for group in optimizer.param_groups:
            initial = group.setdefault('initial_lr', group['lr'])
            group['lr'] = rate * initial / optimizer.defaults['lr']

    def _load_best_of(self, stage: int) -> None:
        barrier()  # the main process writes the file
        file = self.best_file(stage)
        if not file.exists():
            raise FileNotFoundError(
                f'{file} is missing: stage {stage + 2} goes on from the best epoch of stage '
                f"{stage + 1}; restore the file, resume from before, or set carry='last'"
            )
        best = load_file(file, 'cpu')
        unwrapped(self.runner.model).load_state_dict(best['state_dict'])
        self.runner.optim_wrapper.load_state_dict(best['optimizer'])
        print_log(
            f'Weights and optimiser of epoch {best["epoch"]} (score {best["score"]:.4f}), '
            f'the best of stage {stage + 1}',
            logger='current',
        )


class _BestOfStageHook(Hook):
    """Keep the best validated epoch of the running stage in a file."""

    def __init__(self, metric: str, rule: str) -> None:
        self.metric = metric
        self.sign = 1 if rule == 'greater' else -1

    def after_val_epoch(self, runner: Runner, metrics: dict[str, float] | None = None) -> None:
        metrics = metrics or {}
        if self.metric not in metrics:
            raise ValueError(
                f'StagedTrainLoop looks for the metric {self.metric!r}; the validation gave '
                f'{sorted(metrics)}'
            )
        if not is_main_process():
            return
        loop = runner.train_loop
        # The loop has counted the epoch already: the last one belongs to the stage before.
        stage, _ = loop._locate(runner.epoch - 1)
        file, score = loop.best_file(stage), float(metrics[self.metric])
        if file.exists():
            best = load_file(file, 'cpu')
            # A later epoch belongs to a run that was resumed from an earlier checkpoint.
            better = self.sign * score > self.sign * best['score']
            if best['epoch'] < runner.epoch and not better:
                return
        save_file(
            dict(
                state_dict=weights_to_cpu(unwrapped(runner.model).state_dict()),
                optimizer=runner.optim_wrapper.state_dict(),
                epoch=runner.epoch,
                score=score,
            ),
            file,
        )
