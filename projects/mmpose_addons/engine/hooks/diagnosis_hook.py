"""Estimate during training how well the network works on the target, without labels.

Shape letters: N samples, K keypoints.
"""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import DATASETS, HOOKS

from mmpose_addons_core.adaptation import PseudoLabels
from mmpose_addons_core.adaptation.diagnosis import ADVICE, THRESHOLDS, warnings
from mmpose_addons_core.adaptation.hidden_labels import (
    HiddenLabels,
    hidden_labels,
    labelled_images,
)
from mmpose_addons_core.fileio import write_json
from mmpose_addons_core.setting_checks import check_counts, check_numbers

from ...datasets.pseudo_label_dataset import PseudoLabelDataset, pseudo_labels
from ...evaluation.pose_scores import pose_scores
from ..adaptation_checks import say
from ..source_poses import source_poses
from ..target_diagnosis import TargetDiagnosis
from ..unwrapped_model import unwrapped

FILE = 'diagnosis.json'


@HOOKS.register_module()
class DiagnosisHook(Hook):
    """Estimate before the first epoch, every ``interval`` epochs, and after the last one.

    With a mean teacher, the teacher is diagnosed. Each diagnosis is written to
    ``<work_dir>/diagnosis.json``, logged, and given to the visualizer. An estimate below its
    threshold gives a warning with advice. Training is
    the same bit for bit with and without the hook.

    Args:
        interval: Epochs from one diagnosis to the next.
        check: COCO keypoint file of 10 to 30 labelled target images, matched by file name.
            Their score is reported, and training never sees them.
        thresholds: By estimate, the value below which it warns; see
            ``mmpose_addons_core.adaptation.diagnosis.ADVICE``.
        target: Config of a ``PseudoLabelDataset``; None: that of the training data.
        samples: At most about this many target samples.
        settings: More arguments of ``TargetDiagnosis``.

    Raises:
        ValueError: If ``interval`` or ``samples`` is below 1, or a threshold has an unknown
            name or is no number.
    """

    priority = 'NORMAL'

    def __init__(
        self,
        interval: int = 1,
        check: str | None = None,
        thresholds: Mapping[str, float] = THRESHOLDS,
        target: dict | None = None,
        samples: int = 200,
        **settings: Any,
    ) -> None:
        check_counts(1, interval=interval, samples=samples)
        check_numbers(**thresholds)
        unknown = sorted(set(thresholds) - set(ADVICE))
        if unknown:
            raise ValueError(f'thresholds must be of {sorted(ADVICE)}, got {unknown[0]!r}')
        self.interval = interval
        self.check = check
        self.thresholds = dict(thresholds)
        self.target_cfg = target
        self.samples = samples
        self.settings = settings

    def before_train(self, runner: Runner) -> None:
        data = runner.train_dataloader.dataset
        self.target = self._target(data)
        self._labels: HiddenLabels | None = None
        if self.check is not None:
            self._labels = _read_check(Path(self.check), _unlabelled(self.target))
        self._source = source_poses(getattr(data, 'source', data))
        self._diagnosis: TargetDiagnosis | None = None
        self._records = _earlier(Path(runner.work_dir) / FILE, runner.epoch)

    def before_train_epoch(self, runner: Runner) -> None:
        if runner.epoch % self.interval == 0 or not self._records:
            self._diagnose(runner, f'before epoch {runner.epoch}')

    def after_train(self, runner: Runner) -> None:
        self._diagnose(runner, 'after training')
        first = self._records[0]
        if first['warnings'] and len(self._records) > 1:
            say_again = '; '.join(first['warnings'])
            say(
                f'The diagnosis before epoch {first["epoch"]} warned, and agreement rises in '
                f'training also where labels are wrong: {say_again}',
                logging.WARNING,
            )

    def _target(self, data: Any) -> PseudoLabelDataset:
        target = getattr(data, 'target', None)
        if self.target_cfg is not None:
            target = DATASETS.build(self.target_cfg)
        if not isinstance(target, PseudoLabelDataset):
            raise TypeError(
                'DiagnosisHook needs a SourceTargetDataset in train_dataloader, or the '
                f'argument target with a PseudoLabelDataset, got {type(target).__name__}'
            )
        return target

    def _built(self, runner: Runner) -> TargetDiagnosis:
        """Build the diagnosis when it is needed first: only then is a mean teacher there."""
        model = unwrapped(runner.model)
        teacher = getattr(getattr(model, 'consistency', None), 'teacher', None)
        checked = () if self._labels is None else np.flatnonzero(self._labels[1].any(1))
        return TargetDiagnosis(
            self.target,
            model if teacher is None else teacher.model,
            self._source,
            student=None if teacher is None else model,
            samples=self.samples,
            also=[int(sample) for sample in checked],
            **self.settings,
        )

    def _diagnose(self, runner: Runner, when: str) -> None:
        if self._diagnosis is None:
            self._diagnosis = self._built(runner)
        estimates, points, there = self._diagnosis.run(runner.epoch)
        record: dict[str, Any] = dict(epoch=runner.epoch, estimates=estimates)
        text = ', '.join(f'{name} {value:.3g}' for name, value in estimates.items())
        say(f'Diagnosis {when}: {text}')
        for kind, labels in (('check', self._labels), ('hidden', self.target.hidden())):
            if labels is not None:
                record[kind] = scores = pose_scores(self.target, points, there, labels)
                text = ', '.join(f'{name} {value:.3f}' for name, value in scores.items())
                why = 'the check' if kind == 'check' else 'hidden labels, for diagnosis'
                say(f'Score {when} by {why}: {text}')
        record['warnings'] = warnings(estimates, self.thresholds)
        for warning in record['warnings']:
            # MMEngine's log leaves out a warning that it has had, so each says when it came
            say(f'{warning[0].upper()}{warning[1:]} (diagnosis {when})', logging.WARNING)
        self._records.append(record)
        numbers = {f'diagnosis/{name}': value for name, value in estimates.items()}
        for kind in ('check', 'hidden'):
            scores = record.get(kind, {})
            numbers.update({f'diagnosis/{kind}/{name}': v for name, v in scores.items()})
        runner.visualizer.add_scalars(numbers, step=runner.epoch)
        if is_main_process():
            write_json(Path(runner.work_dir) / FILE, _without_nan(self._records), indent=1)


def _read_check(file: Path, samples: PseudoLabels) -> HiddenLabels:
    """Read the labels of a check, and warn of images that are not in the target set."""
    labels = hidden_labels(file, samples)
    given = labels[1].any(1)
    say(
        f'{file}: {int(given.sum())} images of the target set have labels to check the '
        'network with'
    )
    found, all_images = len({*samples.file_name[given].tolist()}), labelled_images(file)
    if found < all_images:
        say(
            f'{file}: {all_images - found} of {all_images} labelled images are not in the '
            'target set and are left out',
            logging.WARNING,
        )
    return labels


def _unlabelled(target: PseudoLabelDataset) -> PseudoLabels:
    """Return the labels of a target set that say no more than which sample is which."""
    count, joints = len(target), target.num_keypoints
    return pseudo_labels(
        target,
        keypoints=np.zeros((count, joints, 2), np.float32),
        confidence=np.zeros((count, joints), np.float32),
        kept=np.zeros((count, joints), bool),
        origin=np.zeros((count, joints), np.uint8),
        found=np.zeros(count, bool),
        threshold=np.zeros(joints),
        epoch=np.array(0, np.int64),
    )


def _earlier(file: Path, epoch: int) -> list[dict[str, Any]]:
    """Return the records of a resumed run; none for a new one."""
    if epoch == 0 or not file.is_file():
        return []
    records = json.loads(file.read_text(encoding='utf-8'))
    return [record for record in records if record['epoch'] < epoch]


def _without_nan(value: Any) -> Any:
    """Replace NaN, which JSON does not have, by None."""
    if isinstance(value, dict):
        return {name: _without_nan(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and np.isnan(value) else value
