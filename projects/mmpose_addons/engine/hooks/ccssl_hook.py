"""CC-SSL: learn from consistent pseudo-labels (arXiv 1912.08265).

Shape letters: N target samples, K keypoints.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS

from mmpose_addons_core.adaptation import (
    Appearance,
    Curriculum,
    Flow,
    Labeller,
    PseudoLabels,
    ViewSampler,
)
from mmpose_addons_core.adaptation.label_checks import check_arguments
from mmpose_addons_core.adaptation.plausibility import exchanged
from mmpose_addons_core.setting_checks import NO_SETTINGS, check_counts

from ...datasets.pseudo_label_dataset import pseudo_labels
from ...models.pose_estimators import SourceTargetTopdown
from ..adaptation_checks import checked_target, loading, resumed_state, say
from ..pseudo_label_round import log_round, write_round
from ..pseudo_labeller import PseudoLabeller, check_fusion, chosen_fusion, network_for
from ..random_states import RandomStates
from ..source_poses import label_checks
from ..unwrapped_model import unwrapped

KEY = 'ccssl'
CHANGING = ('keypoints', 'confidence', 'kept', 'origin', 'found', 'threshold', 'epoch')


@HOOKS.register_module()
class CCSSLHook(Hook):
    """Renew the pseudo-labels of the target set before epochs 0, ``interval``, ...

    It needs a ``SourceTargetDataset`` for training. Each round is written to
    ``<work_dir>/pseudo_labels/epoch_<e>.npz`` and ``.json`` (COCO keypoints), and logged. The
    labels and the states of the random generators are in every checkpoint, so that a resumed
    run gives the same results as an uninterrupted one.

    None switches a part off: ``views`` (equivariance), ``appearance`` (invariance, off as
    in the published code, where augmentation in training has this effect), ``flow`` (time),
    ``curriculum`` (all joints are kept).

    Args:
        interval: Number of epochs between rounds.
        views: Arguments of ``ViewSampler``.
        appearance: Arguments of ``Appearance``.
        flow: Arguments of ``Flow``.
        curriculum: Arguments of ``Curriculum``; it follows the length of the training.
        checks: Arguments of ``label_checks``, which exchanges or leaves out labels that are
            implausible by the poses of the source or the frames of a track; None: off.
        fusion: That of ``Labeller``, or ``'auto'``: heatmaps where the head gives
            one a keypoint.
        tolerance: See ``Labeller``.
        batch_size: Images per forward pass.
        num_workers: Processes that load images.
        seed: Of the views; the runner's if None.

    Raises:
        ValueError: If ``interval`` or an argument of a part makes no sense.
    """

    priority = 'ABOVE_NORMAL'

    def __init__(
        self,
        interval: int = 10,
        views: Mapping[str, Any] | None = NO_SETTINGS,
        appearance: Mapping[str, Any] | None = None,
        flow: Mapping[str, Any] | None = NO_SETTINGS,
        curriculum: Mapping[str, Any] | None = NO_SETTINGS,
        checks: Mapping[str, Any] | None = None,
        fusion: str = 'auto',
        tolerance: float = 1 / 32,
        batch_size: int = 32,
        num_workers: int = 2,
        seed: int | None = None,
    ) -> None:
        check_counts(1, interval=interval)
        if seed is not None:
            check_counts(0, seed=seed)
        self.interval = interval
        self.flow = None if flow is None else Flow(**flow)
        # without a curriculum all joints are kept
        self.curriculum = (
            Curriculum(schedule='constant', first=0.0)
            if curriculum is None
            else Curriculum(**curriculum)
        )
        if checks is not None:
            check_arguments(checks)
        check_fusion(fusion)
        self.checks = checks
        self.fusion = fusion
        self.sampler = None if views is None else ViewSampler(**views)
        self.appearance = None if appearance is None else Appearance(**appearance)
        self.tolerance = tolerance
        self._loading = loading(batch_size, num_workers)
        self.seed = seed
        self.labels: PseudoLabels | None = None
        self._resumed: dict[str, Any] | None = None
        self._random = RandomStates()

    def before_train(self, runner: Runner) -> None:
        self.target = checked_target(runner, type(self).__name__)
        self._round = self._make_round(runner)
        self._checks = None
        if self.checks is not None:
            self._checks = label_checks(runner.train_dataloader.dataset.source, self.checks)
        if self._resumed is not None:
            self._take_up(self._resumed)
        self._random.before_train(runner, self._resumed)
        self._resumed = None

    def before_train_epoch(self, runner: Runner) -> None:
        if self.labels is None or self.is_round(runner.epoch):
            self._renew(runner)

    def is_round(self, epoch: int) -> bool:
        """Return whether the target is labelled before an epoch."""
        return epoch % self.interval == 0

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None) -> None:
        self._random.before_train_iter(batch_idx)

    def after_train_epoch(self, runner: Runner) -> None:
        model = unwrapped(runner.model)
        if isinstance(model, SourceTargetTopdown):
            model.check_finite()
        self._random.after_train_epoch()

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        if self.labels is None:
            return
        arrays = self.labels.arrays()
        checkpoint[KEY] = dict(
            labels={name: torch.from_numpy(arrays[name]) for name in CHANGING},
            **self._random.saved(runner),
        )

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        self._resumed = resumed_state(runner, checkpoint, KEY, 'rounds of pseudo-labels')

    def _make_round(self, runner: Runner) -> PseudoLabeller:
        network = network_for(
            unwrapped(runner.model),
            self.target.label_pipeline,
            self.target.metainfo['flip_indices'],
            'label_pipeline',
        )
        seed = runner.seed if self.seed is None else self.seed
        labeller = Labeller(
            fusion=chosen_fusion(self.fusion, network),
            seed=seed or 0,
            sampler=self.sampler,
            appearance=self.appearance,
            tolerance=self.tolerance,
        )
        return PseudoLabeller(self.target, network, labeller, self.flow, **self._loading)

    def _renew(self, runner: Runner) -> None:
        found = self._round.run(runner.epoch)
        self._merge(found)
        good = self._good(found)
        kept, threshold = self._chosen(found, runner.epoch, runner.max_epochs)
        kept &= good
        labels = pseudo_labels(
            self.target,
            kept=kept,
            threshold=threshold,
            epoch=np.array(runner.epoch, np.int64),
            **found,
        )
        self.labels = labels
        self.target.renew(labels.keypoints, labels.kept, labels.found)
        self._log(runner, labels)
        if is_main_process():
            write_round(labels, Path(runner.work_dir) / 'pseudo_labels')

    def _merge(self, found: dict[str, np.ndarray]) -> None:
        """Take over labels of earlier rounds into ``found``; here none."""

    def _chosen(
        self, found: dict[str, np.ndarray], epoch: int, epochs: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the joints (N, K) that are sure enough, and the confidence (K,) to exceed."""
        there = found['confidence'][found['found']]
        threshold = self.curriculum.within(epochs).thresholds(there, epoch)
        return found['confidence'] > threshold, threshold

    def _good(self, found: dict[str, np.ndarray]) -> np.ndarray:
        """Find joints (N, K) with which nothing is wrong, and exchange sides in ``found``."""
        there = np.repeat(found['found'][:, None], self.target.num_keypoints, axis=1)
        if self._checks is None:
            return there
        checked = self._checks.apply(
            found['keypoints'],
            found['confidence'],
            there,
            self.target.identity()['bbox'],
            self.target.tracks(),
        )
        found['keypoints'] = checked.keypoints
        found['confidence'] = checked.confidence
        found['origin'] = exchanged(found['origin'], checked.swaps, self._checks.limbs)
        counts = ', '.join(f'{reason} {count}' for reason, count in checked.reasons.items())
        say(f'Checks of {there.sum()} labels: {counts}')
        return checked.good

    def _take_up(self, state: dict[str, Any]) -> None:
        """Continue with the labels of a checkpoint."""
        arrays = {name: value.cpu().numpy() for name, value in state['labels'].items()}
        expected = len(self.target), self.target.num_keypoints
        if arrays['kept'].shape != expected:
            raise ValueError(
                'the checkpoint has pseudo-labels of (samples, keypoints) '
                f'{arrays["kept"].shape}, the target set has {expected}'
            )
        self.labels = pseudo_labels(self.target, **arrays)
        self.target.renew(self.labels.keypoints, self.labels.kept, self.labels.found)
        say(f'Pseudo-labels of epoch {int(self.labels.epoch)} taken from the checkpoint')

    def _log(self, runner: Runner, labels: PseudoLabels) -> None:
        log_round(runner, labels, self.target)
        if not labels.kept.any():
            say(
                'No joint is above the threshold: training goes on without pseudo-labels until '
                f'epoch {runner.epoch + self.interval - runner.epoch % self.interval}',
                logging.WARNING,
            )
