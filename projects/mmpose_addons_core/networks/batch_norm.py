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


def mixed_batches(count: int, batch_size: int) -> list[list[int]]:
    """Return batches of indices, each taken from the whole range and of nearly equal size.

    Neighbours are often frames of one video; a batch of them alone is no sample of all images.

    Args:
        count: Of the images.
        batch_size: At most this many in a batch.

    Example:
        >>> mixed_batches(5, 2)
        [[0, 3], [1, 4], [2]]
    """
    number = -(-count // batch_size)
    return [list(range(start, count, number)) for start in range(number)]


@torch.no_grad()
def adapt_batch_norm(
    network: nn.Module, forward: Callable[[Tensor], Any], batches: Iterable[Tensor]
) -> int:
    """Replace all BatchNorm statistics by those of other images; no weight changes.

    AdaBN: Li et al., "Revisiting Batch Normalization For Practical Domain Adaptation",
    arXiv 1603.04779. Means and variances are those of all images together: a variance has the
    part between batches, too, so batches of different brightness count as what they are.
    Within a pass each batch is normalised by its own statistics; a batch should therefore be
    a mixture of all images (:func:`mixed_batches`). Layers that normalise with fixed
    statistics in training are estimated too. Modes of the modules are afterwards as they were.

    Args:
        network: With BatchNorm layers; changed in place.
        forward: Passes images through all of its layers.
        batches: Images (B, C, h, w) as the network reads them.

    Returns:
        The number of images.

    Raises:
        BatchNormError: If the network has no BatchNorm layer, there is no image, a batch is too
            small for a layer, or a statistic is not finite.
    """
    norms = batch_norms(network)
    if not norms:
        raise BatchNormError('the network has no BatchNorm layer with running statistics')
    modes = [(module, module.training) for module in network.modules()]
    momenta = [norm.momentum for norm in norms]
    passes = [int(norm.get_buffer('num_batches_tracked')) for norm in norms]
    sums = [torch.zeros(2, norm.num_features, dtype=torch.float64) for norm in norms]
    network.eval()
    for norm in norms:
        norm.train()
        norm.momentum = 1.0  # running statistics are then those of the last batch
    count = 0
    try:
        for images in batches:
            count += len(images)
            _pass(forward, images)
            for total, norm in zip(sums, norms, strict=True):
                mean, variance = _statistics(norm)
                total += len(images) * torch.stack((mean, variance + mean.square()))
    finally:
        for module, mode in modes:
            module.training = mode
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
    if count == 0:
        raise BatchNormError('there is no image to estimate BatchNorm statistics from')
    for total, norm, before in zip(sums, norms, passes, strict=True):
        if int(norm.get_buffer('num_batches_tracked')) == before:
            continue  # a layer that these images do not reach, such as one of another domain
        mean, square = total / count
        norm.get_buffer('running_mean').copy_(mean)
        # rounding must not make the variance of a constant channel negative
        norm.get_buffer('running_var').copy_((square - mean.square()).clamp(min=0))
    for name, buffer in network.named_buffers():
        if buffer.is_floating_point() and not buffer.isfinite().all():
            raise BatchNormError(f'the statistic {name} is NaN or infinite for these images')
    return count


def _pass(forward: Callable[[Tensor], Any], images: Tensor) -> None:
    try:
        forward(images)
    except ValueError as error:
        if 'more than 1 value per channel' not in str(error):
            raise
        raise BatchNormError(
            'a layer of the network has one value of each channel and image, so a batch needs '
            f'several images to have a variance, got {len(images)}'
        ) from None


def _statistics(norm: _BatchNorm) -> tuple[Tensor, Tensor]:
    """Return mean and variance (C,) of the last batch."""
    return (
        norm.get_buffer('running_mean').double().cpu(),
        norm.get_buffer('running_var').double().cpu(),
    )


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
