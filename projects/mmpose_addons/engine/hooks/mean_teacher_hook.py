"""Mean teacher: the moving average of the student labels the student's images."""

from pathlib import Path
from typing import Any

import numpy as np
from mmengine.dist import all_reduce_params, get_world_size, is_main_process
from mmengine.hooks import EMAHook
from mmengine.runner import Runner
from mmpose.registry import HOOKS

from mmpose_addons_core.adaptation import Curriculum, Labeller, PseudoLabels, ramp_up
from mmpose_addons_core.networks.batch_norm import batch_norms
from mmpose_addons_core.setting_checks import check_counts, check_numbers

from ...datasets.pseudo_label_dataset import pseudo_labels
from ...datasets.source_target_dataset import TARGET
from ...datasets.source_target_sampler import SourceTargetSampler
from ...datasets.two_views import check_view
from ...estimators.pose_network import PoseNetwork
from ...models.adaptation.consistency import Consistency
from ...models.adaptation.teacher_average import BUFFERS
from ..adaptation_checks import checked_target, loading, resumed_state
from ..pseudo_label_round import log_round, write_round
from ..pseudo_labeller import PseudoLabeller, chosen_fusion, network_for
from ..random_states import RandomStates
from ..source_poses import label_checks

KEY = 'mean_teacher'
SLOWEST = 0.001
"""Momentum of a long training."""


@HOOKS.register_module()
class MeanTeacherHook(EMAHook):
    """Make the teacher of ``SourceTargetTopdown(consistency=...)``, test it and save it.

    The teacher is MMEngine's moving average of the student's weights (Tarvainen and Valpola,
    NeurIPS 2017, arXiv 1703.01780). Validation and test use the teacher. In a checkpoint,
    ``state_dict`` is the teacher, which inference and export read, and ``ema_state_dict`` the
    student and the average's step, with which training resumes, as MMEngine's ``EMAHook``
    does. Random generators are saved too, so that a resumed run gives the same results as
    an uninterrupted one.

    Needs a ``SourceTargetDataset`` whose target has a ``teacher_pipeline``.

    Args:
        momentum: Share of the student in each step of the average; 0.001 is a decay of 0.999.
            None: 10 divided by the number of steps, and at least 0.001, so that the teacher
            is about the average of the last tenth of the training. The published codes have
            0.001 and train for tens of thousands of steps; after a few hundred, such a
            teacher would be far behind its student. It begins with 1 / (t + 1) at step t.
        buffers: BatchNorm statistics of the teacher: ``'averaged'``, ``'copied'`` or
            ``'own'``, see ``TeacherAverage``.
        burn_in: Epochs of labelled images only, at first. The teacher follows the student
            meanwhile. 0 if training begins with a source network.
        ramp: Epochs in which the weight of the consistency loss grows.
        report: Epochs from one sample of the teacher's labels for the report to the next: the
            whole target is labelled and written to ``<work_dir>/teacher_labels``. None: never.
        batch_size, num_workers: Of these samples.

    Raises:
        ValueError: If an argument lies outside its range, or model or data do not fit.
        TypeError: If data set or sampler are others.
    """

    def __init__(
        self,
        momentum: float | None = None,
        buffers: str = 'averaged',
        burn_in: int = 0,
        ramp: float = 10,
        report: int | None = 10,
        batch_size: int = 32,
        num_workers: int = 2,
    ) -> None:
        check_numbers(ramp=ramp)
        if momentum is not None:
            check_numbers(momentum=momentum)
            if not 0 < momentum < 1:
                raise ValueError(f'momentum must lie between 0 and 1, got {momentum}')
        if ramp < 0:
            raise ValueError(f'ramp must be at least 0 epochs, got {ramp}')
        check_counts(0, burn_in=burn_in)
        if report is not None:
            check_counts(1, report=report)
        if buffers not in BUFFERS:
            raise ValueError(f'buffers must be one of {BUFFERS}, got {buffers!r}')
        super().__init__(
            'TeacherAverage', momentum=momentum or SLOWEST, gamma=1, buffers=buffers
        )
        self.momentum = momentum
        self.buffers = buffers
        self.burn_in = burn_in
        self.ramp = ramp
        self.report = report
        self._loading = loading(batch_size, num_workers)
        self._resumed: dict[str, Any] | None = None
        self._random = RandomStates()

    def before_run(self, runner: Runner) -> None:
        """Make the teacher, once: a test after training tests the trained one."""
        if not hasattr(self, 'ema_model'):
            super().before_run(runner)

    def before_train(self, runner: Runner) -> None:
        self.target = checked_target(runner, type(self).__name__)
        sampler = runner.train_dataloader.sampler
        if not isinstance(sampler, SourceTargetSampler):
            raise TypeError(
                f'MeanTeacherHook needs a SourceTargetSampler, got {type(sampler).__name__}'
            )
        consistency = getattr(self.src_model, 'consistency', None)
        if not isinstance(consistency, Consistency):
            raise ValueError(
                "MeanTeacherHook needs model=dict(type='SourceTargetTopdown', consistency="
                f'dict(...)), got {type(self.src_model).__name__} without consistency'
            )
        if self.target.teacher_pipeline is None:
            raise ValueError('MeanTeacherHook needs a teacher_pipeline of the target')
        if self.burn_in >= runner.max_epochs:
            raise ValueError(
                'burn_in must leave epochs for the teacher: expected less than the '
                f'{runner.max_epochs} epochs of the training, got {self.burn_in}'
            )
        self.consistency = consistency
        if consistency.check_settings is not None:
            source = runner.train_dataloader.dataset.source
            consistency.checks = label_checks(source, consistency.check_settings)
        if self._resumed is None:
            self.ema_model.module.load_state_dict(self.src_model.state_dict())
        self._random.before_train(runner, self._resumed)
        self._resumed = None
        teacher = self.ema_model.module
        teacher.eval()
        if self.buffers == 'own':
            for norm in batch_norms(teacher):
                norm.train()
        check_view(self.target.teacher_pipeline, 'teacher_pipeline')
        consistency.teacher = self._network('teacher_pipeline')

    def before_train_epoch(self, runner: Runner) -> None:
        sampler = runner.train_dataloader.sampler
        burning = runner.epoch < self.burn_in
        (sampler.paused.add if burning else sampler.paused.discard)(TARGET)
        self.consistency.epoch = runner.epoch - self.burn_in
        if self.momentum is None:  # anew, because TimedTrainLoop changes the number of epochs
            epochs = max(1, runner.max_epochs - self.burn_in)
            steps = epochs * len(runner.train_dataloader)
            self.ema_model.momentum = min(max(SLOWEST, 10 / steps), 1)
        if self.is_round(runner.epoch):
            self._sample_labels(runner)

    def is_round(self, epoch: int) -> bool:
        """Return whether the target is labelled for the report before an epoch."""
        since = epoch - self.burn_in
        return since >= 0 and bool(self.report) and since % (self.report or 1) == 0

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None) -> None:
        self._random.before_train_iter(batch_idx)
        epochs = self.consistency.epoch + batch_idx / len(runner.train_dataloader)
        self.consistency.ramp = ramp_up(epochs / self.ramp if self.ramp else 1)

    def after_train_epoch(self, runner: Runner) -> None:
        self.src_model.check_finite()
        if get_world_size() > 1:
            all_reduce_params(self.ema_model.module.buffers(), op='mean')
        self._random.after_train_epoch()

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        super().before_save_checkpoint(runner, checkpoint)
        checkpoint[KEY] = self._random.saved(runner)

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        self._resumed = resumed_state(runner, checkpoint, KEY, 'a mean teacher')
        super().after_load_checkpoint(runner, checkpoint)

    def _ema_started(self, runner: Runner) -> bool:
        return runner.epoch >= self.burn_in

    def _swap_ema_parameters(self) -> None:
        """Exchange student and teacher with all of their buffers."""
        student, teacher = self.src_model.state_dict(), self.ema_model.module.state_dict()
        for name, value in student.items():
            kept = value.clone()
            value.copy_(teacher[name])
            teacher[name].copy_(kept)

    def _network(self, name: str) -> PoseNetwork:
        """Wrap the teacher for the crops of a pipeline of the target."""
        flip_indices = self.target.metainfo['flip_indices']
        return network_for(
            self.ema_model.module, getattr(self.target, name), flip_indices, name
        )

    def _sample_labels(self, runner: Runner) -> None:
        """Label the target by the teacher, for the log and the report only."""
        network = self._network('label_pipeline')
        labeller = Labeller(sampler=None, fusion=chosen_fusion('auto', network))
        labels = self._labels(
            runner, PseudoLabeller(self.target, network, labeller, None, **self._loading)
        )
        log_round(runner, labels, self.target)
        if is_main_process():
            write_round(labels, Path(runner.work_dir) / 'teacher_labels')

    def _labels(self, runner: Runner, labeller: PseudoLabeller) -> PseudoLabels:
        found = labeller.run(runner.epoch)
        there = found['found']
        share = Curriculum(schedule='constant', first=1 - self.consistency.share)
        threshold = share.thresholds(found['confidence'][there], runner.epoch)
        kept = (found['confidence'] > threshold) & there[:, None]
        return pseudo_labels(
            self.target,
            kept=kept,
            threshold=threshold,
            epoch=np.array(runner.epoch, np.int64),
            **found,
        )
