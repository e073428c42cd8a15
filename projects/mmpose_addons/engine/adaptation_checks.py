"""Check before training what hooks of domain adaptation need of a run."""

import logging
from typing import Any

from mmengine.dist import is_main_process
from mmengine.hooks import CheckpointHook
from mmengine.logging import print_log
from mmengine.runner import EpochBasedTrainLoop, Runner

from mmpose_addons_core.setting_checks import check_counts

from ..datasets.pseudo_label_dataset import PseudoLabelDataset
from ..datasets.source_target_dataset import TARGET, SourceTargetDataset
from ..models.pose_estimators import SourceTargetTopdown
from .unwrapped_model import unwrapped


def loading(batch_size: int, num_workers: int) -> dict[str, Any]:
    """Return arguments of a labelling's data loader.

    Raises:
        ValueError: If one makes no sense.
    """
    check_counts(1, batch_size=batch_size)
    check_counts(0, num_workers=num_workers)
    return dict(batch_size=batch_size, num_workers=num_workers)


def say(text: str, level: int = logging.INFO) -> None:
    """Log a line in the main process only."""
    if is_main_process():
        print_log(text, logger='current', level=level)


def resumed_state(runner: Runner, checkpoint: dict, key: str, what: str) -> Any:
    """Return what a hook has saved in the checkpoint of a training that goes on.

    None if the checkpoint only gives the weights to begin with.

    Raises:
        ValueError: If a training is to go on from a checkpoint of another kind of training.
    """
    if not runner._resume:
        return None
    if key not in checkpoint:
        raise ValueError(
            f'the training cannot go on from this checkpoint, which has no state of {what}; '
            'to begin with its weights, use load_from instead of resume'
        )
    return checkpoint[key]


def checked_target(runner: Runner, hook: str) -> PseudoLabelDataset:
    """Check data loader and sampler of a run, and return its target set.

    Raises:
        TypeError: If the data set is another one.
        ValueError: If the training is one of iterations, there is no target, the model names
            domains that the data do not have, or sampler and data loader do not fit.
    """
    if not isinstance(runner.train_loop, EpochBasedTrainLoop):
        raise ValueError(
            f'{hook} needs a training of epochs, got {type(runner.train_loop).__name__}'
        )
    dataset = runner.train_dataloader.dataset
    if not isinstance(dataset, SourceTargetDataset):
        raise TypeError(
            f'{hook} needs a SourceTargetDataset in train_dataloader, got '
            f'{type(dataset).__name__}'
        )
    if TARGET not in dataset.domains:
        raise ValueError(f'{hook} needs the domain {TARGET!r}, got {[*dataset.domains]}')
    model = unwrapped(runner.model)
    if isinstance(model, SourceTargetTopdown):
        model.check_domains([*dataset.domains])
    sampler = runner.train_dataloader.sampler
    loader_size = runner.train_dataloader.batch_size
    if getattr(sampler, 'batch_size', loader_size) != loader_size:
        raise ValueError(
            f"the sampler's batch_size is {sampler.batch_size}, the data loader's is "
            f'{loader_size}; they must be equal'
        )
    for other in runner.hooks:
        if isinstance(other, CheckpointHook) and other.max_keep_ckpts == 1:
            say(
                'max_keep_ckpts is 1: a run that is killed while it saves has no whole '
                'checkpoint left; 2 is safe',
                logging.WARNING,
            )
    return dataset.target
