"""AdaBN: BatchNorm statistics of unlabelled target images, without training on them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from mmengine.hooks import EMAHook, Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from mmpose.registry import DATASETS, HOOKS
from torch import Tensor
from torch.utils.data import DataLoader, Subset

from mmpose_addons_core.adaptation import preserved_rng_state
from mmpose_addons_core.networks.batch_norm import adapt_batch_norm, mixed_batches
from mmpose_addons_core.setting_checks import check_counts

from ..adaptation_checks import say

TIMES = ('end', 'test')


@HOOKS.register_module()
class AdaptBatchNormHook(Hook):
    """Replaces BatchNorm statistics by those of target images (AdaBN, arXiv 1603.04779).

    Labels of the data set are not used: only its images reach the network.

    Args:
        dataset: Config of a data set of MMPose with the pipeline of validation.
        when: ``'end'``: after the last epoch of training, before its validation and its
            checkpoint, which then holds the statistics of the target. ``'test'``: during
            every validation and test; afterwards the network has its own statistics again.
        largest: At most this many samples, evenly chosen.
        batch_size, num_workers: Of the passes.

    Raises:
        ValueError: If ``when`` is unknown, a number is below 1, or an average of weights is
            tested and ``when`` is ``'end'``.
    """

    # after an average of weights takes the place of the network
    priority = 'BELOW_NORMAL'

    def __init__(
        self,
        dataset: dict,
        when: str = 'end',
        largest: int = 500,
        batch_size: int = 32,
        num_workers: int = 0,
    ) -> None:
        if when not in TIMES:
            raise ValueError(f'when must be one of {TIMES}, got {when!r}')
        if min(largest, batch_size) < 1:
            raise ValueError(
                f'largest and batch_size must be at least 1, got {largest} and {batch_size}'
            )
        check_counts(0, num_workers=num_workers)
        self.dataset = dataset
        self.when = when
        self.largest = largest
        self._batch_size = batch_size
        self._num_workers = num_workers
        self._before: dict[str, Tensor] | None = None

    def before_train(self, runner: Runner) -> None:
        averages = [type(hook).__name__ for hook in runner.hooks if isinstance(hook, EMAHook)]
        if self.when == 'end' and averages:
            raise ValueError(
                f"AdaptBatchNormHook with {averages[0]} needs when='test', got 'end', which "
                'would change the student and not the average that is tested and saved'
            )

    def after_train_epoch(self, runner: Runner) -> None:
        if self.when == 'end' and runner.epoch + 1 == runner.max_epochs:
            self._adapt(runner)

    def before_val_epoch(self, runner: Runner) -> None:
        if self.when == 'test':
            self._before = {n: b.clone() for n, b in runner.model.named_buffers()}
            self._adapt(runner)

    def after_val_epoch(self, runner: Runner, metrics: Any = None) -> None:
        if self._before is not None:
            with torch.no_grad():
                for name, buffer in runner.model.named_buffers():
                    buffer.copy_(self._before[name])
            self._before = None

    before_test_epoch = before_val_epoch
    after_test_epoch = after_val_epoch

    def _adapt(self, runner: Runner) -> None:
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        with preserved_rng_state():
            count = adapt_batch_norm(
                model,
                lambda images: model.head.forward(model.extract_feat(images)),
                self._batches(model),
            )
        say(f'BatchNorm has the statistics of {count} target images')

    def _batches(self, model: Any) -> Iterator[Tensor]:
        dataset = DATASETS.build(self.dataset)
        count = min(self.largest, len(dataset))
        chosen = np.linspace(0, len(dataset) - 1, count).round().astype(int).tolist()
        loader = DataLoader(
            Subset(dataset, chosen),
            batch_sampler=mixed_batches(count, self._batch_size),
            num_workers=self._num_workers,
            collate_fn=pseudo_collate,
        )
        for data in loader:
            yield model.data_preprocessor(data, training=False)['inputs']
