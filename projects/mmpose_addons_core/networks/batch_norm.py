"""BatchNorm statistics: estimate them anew, leave them alone, or exchange whole layers.

Shape letters: B images, C channels, h x w the network's input.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


class BatchNormError(ValueError):
    """A network without BatchNorm statistics, or no images to estimate them from."""


def batch_norms(network: nn.Module) -> list[_BatchNorm]:
    """Return the BatchNorm layers with running statistics, in the network's order."""
    return [
        layer
        for layer in network.modules()
        if isinstance(layer, _BatchNorm) and layer.running_mean is not None
    ]


@torch.no_grad()
def adapt_batch_norm(
    network: nn.Module, forward: Callable[[Tensor], Any], batches: Iterable[Tensor]
) -> int:
    """Replace all BatchNorm statistics by those of other images; no weight changes.

    AdaBN: Li et al., "Revisiting Batch Normalization For Practical Domain Adaptation",
    arXiv 1603.04779. Means and variances are averages over the batches, weighted by their
    number of images. Layers that normalise with fixed statistics in training are estimated too.
    Modes of the modules are afterwards as they were.

    Args:
        network: With BatchNorm layers; changed in place.
        forward: Passes images through all of its layers.
        batches: Images (B, C, h, w) as the network reads them.

    Returns:
        The number of images.

    Raises:
        BatchNormError: If the network has no BatchNorm layer, there is no image, or a
            statistic is not finite.
    """
    norms = batch_norms(network)
    if not norms:
        raise BatchNormError('the network has no BatchNorm layer with running statistics')
    modes = [(module, module.training) for module in network.modules()]
    momenta = [norm.momentum for norm in norms]
    network.eval()
    for norm in norms:
        norm.train()
    count = 0
    try:
        for images in batches:
            count += len(images)
            for norm in norms:
                # a cumulative average; the first batch replaces what was there
                norm.momentum = len(images) / count
            forward(images)
    finally:
        for module, mode in modes:
            module.training = mode
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
    if count == 0:
        raise BatchNormError('there is no image to estimate BatchNorm statistics from')
    for name, buffer in network.named_buffers():
        if buffer.is_floating_point() and not buffer.isfinite().all():
            raise BatchNormError(f'the statistic {name} is NaN or infinite for these images')
    return count


@contextmanager
def statistics_kept(norms: Sequence[_BatchNorm]) -> Iterator[None]:
    """Normalise training batches by their own statistics without recording these."""
    before = [norm.track_running_stats for norm in norms]
    for norm in norms:
        norm.track_running_stats = False
    try:
        yield
    finally:
        for norm, tracked in zip(norms, before, strict=True):
            norm.track_running_stats = tracked


@contextmanager
def exchanged(norms: Sequence[nn.Module], others: Sequence[nn.Module]) -> Iterator[None]:
    """Let layers work with the weights and statistics of others, one to one."""
    _swap(norms, others)
    try:
        yield
    finally:
        _swap(norms, others)


def _swap(norms: Sequence[nn.Module], others: Sequence[nn.Module]) -> None:
    for norm, other in zip(norms, others, strict=True):
        norm._parameters, other._parameters = other._parameters, norm._parameters
        norm._buffers, other._buffers = other._buffers, norm._buffers
