"""AdaBN: BatchNorm statistics of unlabelled target images, without training on them."""

import logging
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import torch
from mmengine.dataset import pseudo_collate
from mmengine.hooks import EMAHook, Hook
from mmengine.runner import EpochBasedTrainLoop, Runner
from mmpose.registry import DATASETS, HOOKS
from torch import Tensor
from torch.utils.data import DataLoader, Subset

from mmpose_addons_core.adaptation import preserved_rng_state
from mmpose_addons_core.even_choice import evenly_chosen
from mmpose_addons_core.networks.batch_norm import (
    BatchNormError,
    adapt_batch_norm,
    batch_norms,
    mixed_batches,
)
from mmpose_addons_core.setting_checks import check_counts

from ..adaptation_checks import loading, say
from ..unwrapped_model import unwrapped

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
        ValueError: If ``when`` is unknown, a number is below 1, or the network has no
            BatchNorm layer; if ``when`` is ``'end'`` and an average of weights is tested or the
            training is one of iterations.
    """

    # in tests, the network has its own statistics again before an average of weights and the
    # network change places
    priority = 'ABOVE_NORMAL'

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
        check_counts(1, largest=largest)
        self.dataset = dataset
        self.when = when
        self.largest = largest
        self._passes = loading(batch_size, num_workers)
        self._before: dict[str, Tensor] | None = None
        self._adapted = 0  # images, after the last epoch

    def before_run(self, runner: Runner) -> None:
        """Check network and images now: the first pass may be hours away."""
        if not batch_norms(runner.model):
            raise BatchNormError(
                'AdaptBatchNormHook needs a network with BatchNorm layers, got none in '
                f'{type(runner.model).__name__}'
            )
        say(f'BatchNorm will have the statistics of {len(self._images)} target images')

    def before_train(self, runner: Runner) -> None:
        averages = [type(hook).__name__ for hook in runner.hooks if isinstance(hook, EMAHook)]
        if self.when == 'end' and averages:
            raise ValueError(
                f"AdaptBatchNormHook with {averages[0]} needs when='test', got 'end', which "
                'would change the student and not the average that is tested and saved'
            )
        if self.when == 'end' and not isinstance(runner.train_loop, EpochBasedTrainLoop):
            raise ValueError(
                "AdaptBatchNormHook(when='end') needs a training of epochs, got "
                f'{type(runner.train_loop).__name__}, which saves its last checkpoint before'
            )

    def after_train(self, runner: Runner) -> None:
        if self.when == 'end' and runner.epoch < runner.max_epochs:
            say(
                f'Training ended after {runner.epoch} of {runner.max_epochs} epochs, so '
                'AdaptBatchNormHook has not adapted the network; mmpose-addons '
                'adapt-batchnorm adapts its checkpoint',
                logging.WARNING,
            )

    def after_train_epoch(self, runner: Runner) -> None:
        if self.when == 'end' and runner.epoch + 1 == runner.max_epochs:
            self._adapted = self._adapt(runner)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        if self._adapted:
            checkpoint['meta']['batch_norm'] = f'statistics of {self._adapted} target images'

    def before_val_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None) -> None:
        if self.when == 'test' and batch_idx == 0:  # an average of weights is in its place
            self._before = {n: b.clone() for n, b in runner.model.named_buffers()}
            self._adapt(runner)

    def after_val_epoch(self, runner: Runner, metrics: Any = None) -> None:
        if self._before is not None:
            with torch.no_grad():
                for name, buffer in runner.model.named_buffers():
                    buffer.copy_(self._before[name])
            self._before = None

    before_test_iter = before_val_iter
    after_test_epoch = after_val_epoch

    def _adapt(self, runner: Runner) -> int:
        model = unwrapped(runner.model)
        with preserved_rng_state():
            count = adapt_batch_norm(
                model,
                lambda images: model.head.forward(model.extract_feat(images)),
                self._batches(model),
            )
        say(f'BatchNorm has the statistics of {count} target images')
        return count

    @cached_property
    def _images(self) -> Subset:
        with preserved_rng_state():
            dataset = DATASETS.build(self.dataset)
        return Subset(dataset, evenly_chosen(len(dataset), self.largest))

    def _batches(self, model: Any) -> Iterator[Tensor]:
        loader = DataLoader(
            self._images,
            batch_sampler=mixed_batches(len(self._images), self._passes['batch_size']),
            num_workers=self._passes['num_workers'],
            collate_fn=pseudo_collate,
        )
        for data in loader:
            yield model.data_preprocessor(data, training=False)['inputs']
