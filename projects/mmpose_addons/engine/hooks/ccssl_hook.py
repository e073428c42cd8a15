"""CC-SSL: learn from pseudo-labels that agree with themselves (arXiv 1912.08265).

Shape letters: N target samples, K keypoints.
"""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.dist import all_gather_object, get_rank, get_world_size, is_main_process
from mmengine.hooks import CheckpointHook, Hook
from mmengine.logging import print_log
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from mmpose.registry import HOOKS

from mmpose_addons_core.adaptation import (
    Appearance,
    Curriculum,
    Flow,
    Labeller,
    PseudoLabels,
    ViewSampler,
    get_rng_state,
    set_rng_state,
)
from mmpose_addons_core.adaptation.pseudo_labels import FLOW
from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.metrics import normalised_distances

from ...datasets.pseudo_label_dataset import PseudoLabelDataset, pseudo_labels
from ...datasets.source_target_dataset import SourceTargetDataset
from ...estimators.geometry import CropGeometry
from ...estimators.pose_network import PoseNetwork
from ..pseudo_labeller import PseudoLabeller

KEY = 'ccssl'
CHANGING = ('keypoints', 'confidence', 'kept', 'origin', 'found', 'threshold', 'epoch')
DIAGNOSIS_PCK = 0.05  # of the longer side of the box


@HOOKS.register_module()
class CCSSLHook(Hook):
    """Renews the pseudo-labels of the target set before epochs 0, ``interval``, ...

    Needs a ``SourceTargetDataset`` for training. Each round is written to
    ``<work_dir>/pseudo_labels/epoch_<e>.npz`` and ``.json`` (COCO keypoints), and logged. The
    labels and the random generators' states are in every checkpoint: a run that was killed
    and resumed goes on as if nothing had happened.

    Switch a part off with None: ``views`` (equivariance), ``appearance`` (invariance, off as
    in the published code, where the augmentation in training stands for it), ``flow`` (time),
    ``curriculum`` (all joints are kept).

    Args:
        interval: Epochs from round to round.
        views: Arguments of ``ViewSampler``.
        appearance: Arguments of ``Appearance``.
        flow: Arguments of ``Flow``.
        curriculum: Arguments of ``Curriculum``.
        fusion: ``'heatmap'``, ``'coordinates'``, or ``'auto'``: heatmaps where the head gives
            one a keypoint.
        tolerance: Of ``Labeller``.
        batch_size: Images a forward pass.
        num_workers: Processes that load images.
        seed: Of the views; the runner's if None.

    Raises:
        ValueError: If ``interval`` or an argument of a part makes no sense.
    """

    priority = 'ABOVE_NORMAL'

    def __init__(
        self,
        interval: int = 10,
        views: dict | None = {},  # noqa: B006
        appearance: dict | None = None,
        flow: dict | None = {},  # noqa: B006
        curriculum: dict | None = {},  # noqa: B006
        fusion: str = 'auto',
        tolerance: float = 1 / 32,
        batch_size: int = 32,
        num_workers: int = 2,
        seed: int | None = None,
    ) -> None:
        if interval < 1:
            raise ValueError(f'interval must be at least 1 epoch, not {interval}')
        self.interval = interval
        self.flow = None if flow is None else Flow(**flow)
        nothing_left_out = dict(schedule='constant', first=0.0)
        self.curriculum = Curriculum(**(nothing_left_out if curriculum is None else curriculum))
        self.fusion = fusion
        self._parts = dict(
            sampler=None if views is None else ViewSampler(**views),
            appearance=None if appearance is None else Appearance(**appearance),
            tolerance=tolerance,
        )
        self._loading = dict(batch_size=batch_size, num_workers=num_workers)
        self.seed = seed
        self.labels: PseudoLabels | None = None
        self._resumed: dict[str, Any] | None = None
        self._rng_states: list[dict[str, Any]] | None = None

    def before_train(self, runner: Runner) -> None:
        dataset = runner.train_dataloader.dataset
        if not isinstance(dataset, SourceTargetDataset):
            raise TypeError(
                'CCSSLHook needs a SourceTargetDataset in train_dataloader, not '
                f'{type(dataset).__name__}'
            )
        sampler = runner.train_dataloader.sampler
        loader_size = runner.train_dataloader.batch_size
        if getattr(sampler, 'batch_size', loader_size) != loader_size:
            raise ValueError(
                f"the sampler's batch_size is {sampler.batch_size}, the data loader's is "
                f'{loader_size}; they must be equal'
            )
        for hook in runner.hooks:
            if isinstance(hook, CheckpointHook) and hook.max_keep_ckpts == 1:
                _say(
                    'max_keep_ckpts is 1: a run that is killed while it saves has no whole '
                    'checkpoint left; 2 is safe',
                    logging.WARNING,
                )
        self.target: PseudoLabelDataset = dataset.target
        self._round = self._make_round(runner)
        self._rng_states = None
        if self._resumed is not None and runner.epoch > 0:
            self._take_up(self._resumed)
            # a seed that MMEngine drew itself comes back too late for the data loader
            sampler.seed = self._resumed['sampler_seed']
        self._resumed = None

    def before_train_epoch(self, runner: Runner) -> None:
        if self._rng_states is not None:
            # training goes on where it stopped, whatever a validation has drawn since
            set_rng_state(self._rng_states[get_rank()])
        if self.labels is None or runner.epoch % self.interval == 0:
            self._renew(runner)

    def after_train_epoch(self, runner: Runner) -> None:
        self._rng_states = all_gather_object(get_rng_state())

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        if self.labels is None:
            return
        arrays = self.labels.arrays()
        checkpoint[KEY] = dict(
            labels={name: torch.from_numpy(arrays[name]) for name in CHANGING},
            rng_states=self._rng_states,
            sampler_seed=getattr(runner.train_dataloader.sampler, 'seed', None),
        )

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        self._resumed = checkpoint.get(KEY)

    def _make_round(self, runner: Runner) -> PseudoLabeller:
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        steps = self.target.label_pipeline.transforms
        affine = [step for step in steps if hasattr(step, 'use_udp')]
        if not affine:
            raise ValueError('label_pipeline needs a TopdownAffine')
        network = PoseNetwork(
            model,
            self.target.metainfo['flip_indices'],
            CropGeometry(tuple(affine[-1].input_size), use_udp=affine[-1].use_udp),
        )
        fusion = self.fusion
        if fusion == 'auto':
            fusion = 'heatmap' if network.has_heatmaps else 'coordinates'
        elif fusion == 'heatmap' and not network.has_heatmaps:
            raise ValueError(
                f'{type(model.head).__name__} does not give one heatmap a keypoint; set '
                "fusion='coordinates'"
            )
        seed = runner.seed if self.seed is None else self.seed
        labeller = Labeller(fusion=fusion, seed=seed or 0, **self._parts)
        return PseudoLabeller(self.target, network, labeller, self.flow, **self._loading)

    def _renew(self, runner: Runner) -> None:
        found = self._round.run(runner.epoch)
        there = found['found']
        threshold = self.curriculum.thresholds(found['confidence'][there], runner.epoch)
        kept = (found['confidence'] > threshold) & there[:, None]
        self.labels = pseudo_labels(
            self.target,
            kept=kept,
            threshold=threshold,
            epoch=np.array(runner.epoch, np.int64),
            **found,
        )
        self.target.renew(self.labels.keypoints, self.labels.kept, self.labels.found)
        self._log(runner)
        if is_main_process():
            self._write(Path(runner.work_dir) / 'pseudo_labels' / f'epoch_{runner.epoch:04d}')

    def _take_up(self, state: dict[str, Any]) -> None:
        """Go on with the labels and the random generators of a checkpoint."""
        arrays = {name: value.cpu().numpy() for name, value in state['labels'].items()}
        expected = len(self.target), self.target.num_keypoints
        if arrays['kept'].shape != expected:
            raise ValueError(
                'the checkpoint has pseudo-labels of (samples, keypoints) '
                f'{arrays["kept"].shape}, the target set has {expected}'
            )
        self.labels = pseudo_labels(self.target, **arrays)
        self.target.renew(self.labels.keypoints, self.labels.kept, self.labels.found)
        rng_states = state['rng_states']
        # with another number of processes the random generators begin anew
        self._rng_states = (
            rng_states if rng_states and len(rng_states) == get_world_size() else None
        )
        _say(f'Pseudo-labels of epoch {int(self.labels.epoch)} taken from the checkpoint')

    def _write(self, stem: Path) -> None:
        with atomic_write(stem.with_suffix('.npz')) as unfinished:
            self.labels.write_npz(unfinished)
        with atomic_write(stem.with_suffix('.json')) as unfinished:
            self.labels.write_coco(unfinished)

    def _log(self, runner: Runner) -> None:
        labels = self.labels
        count = labels.kept.size
        kept = int(labels.kept.sum())
        flows = int((labels.kept & (labels.origin == FLOW)).sum())
        limits = sorted({round(float(t), 4) for t in labels.threshold})
        text = (
            f'Pseudo-labels before epoch {runner.epoch}: {kept} of {count} joints kept, '
            f'{flows} of them from flow; confidence above '
            f'{" to ".join(map(str, limits[:: max(1, len(limits) - 1)]))}'
        )
        missing = int((~labels.found).sum())
        if missing:
            text += f'; {missing} of {len(labels.found)} images could not be read'
        counts = zip(labels.names, labels.kept.sum(0), strict=True)
        text += '. Kept: ' + ', '.join(f'{name} {number}' for name, number in counts)
        _say(text)
        scalars = dict(kept_share=kept / count, threshold=float(labels.threshold.mean()))
        pck = diagnosis_pck(self.target, labels)
        if pck is not None:
            scalars.update(pck)
            _say(
                'Diagnosis with hidden labels, not used for anything: '
                f'PCK@{DIAGNOSIS_PCK} of kept joints {pck["pck_kept"]:.4f}, '
                f'of all {pck["pck_all"]:.4f}'
            )
        runner.visualizer.add_scalars(
            {f'pseudo_labels/{name}': value for name, value in scalars.items()},
            step=runner.epoch,
        )
        if not kept:
            _say(
                'No joint is above the threshold: training goes on with source only until '
                f'epoch {runner.epoch + self.interval - runner.epoch % self.interval}',
                logging.WARNING,
            )


def diagnosis_pck(dataset: PseudoLabelDataset, labels: PseudoLabels) -> dict[str, float] | None:
    """Share of labels near the data set's own ones, which nothing else may look at."""
    hidden = dataset.hidden()
    if hidden is None:
        return None
    truth, labelled = hidden
    side = labels.bbox[:, 2:].max(1)
    near = normalised_distances(labels.keypoints, truth, True, side[:, None]) < DIAGNOSIS_PCK

    def share(of: np.ndarray) -> float:
        return float(near[of].mean()) if of.any() else float('nan')

    return dict(
        pck_kept=share(labelled & labels.kept),
        pck_all=share(labelled & labels.found[:, None]),
    )


def _say(text: str, level: int = logging.INFO) -> None:
    if is_main_process():
        print_log(text, logger='current', level=level)
