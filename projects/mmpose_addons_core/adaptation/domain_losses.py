"""Domain discrimination of WS-CDA: Cao et al., ICCV 2019, arXiv 1908.05806.

Shape letters: B samples. The reversal of gradients and its ramp are those of DANN (Ganin et
al., JMLR 2016, arXiv 1505.07818).
"""

import math
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor


class _Reversal(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, factor: float) -> Tensor:
        ctx.factor = factor
        return values.view_as(values)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0] * -ctx.factor, None


def reversed_gradient(values: Tensor, factor: float = 1.0) -> Tensor:
    """Return the values themselves; their gradient is multiplied by ``-factor``.

    Example:
        >>> x = torch.tensor([2.0], requires_grad=True)
        >>> reversed_gradient(3 * x, 0.5).sum().backward()
        >>> x.grad
        tensor([-1.5000])
    """
    return _Reversal.apply(values, factor)


def reversal_ramp(progress: float, steepness: float = 10.0) -> float:
    """Return the reversal's factor, 0 to 1: 2 / (1 + exp(-steepness p)) - 1.

    Args:
        progress: Share p of the training that is over, limited to [0, 1].
        steepness: 10 in DANN.

    Raises:
        ValueError: If ``steepness`` is not positive.

    Example:
        >>> [round(reversal_ramp(p), 4) for p in (0, 0.1, 0.5, 1)]
        [0.0, 0.4621, 0.9866, 0.9999]
    """
    if not steepness > 0:
        raise ValueError(f'steepness must be positive, got {steepness}')
    return 2 / (1 + math.exp(-steepness * min(max(progress, 0.0), 1.0))) - 1


class DomainLosses(NamedTuple):
    """What a discriminator gets for each sample."""

    animal: Tensor
    """(B,), BCE of "human or animal"."""
    target: Tensor
    """(B,), BCE of "source or target"; 0 for people."""
    right: Tensor
    """(B,), bool, whether all decisions about the sample are right."""


def domain_losses(logits: Tensor, animal: Tensor, target: Tensor) -> DomainLosses:
    """Return the two decisions of WS-CDA's discriminator, for each sample.

    The second decision counts for animals only, so that it is conditioned on the first one.

    Args:
        logits: (B, 2); positive for "an animal" and for "of the target".
        animal: (B,), bool, y of the paper.
        target: (B,), bool, z of the paper; ignored for people.

    Raises:
        ValueError: If a shape differs.
    """
    if logits.shape != (len(animal), 2) or animal.shape != target.shape:
        raise ValueError(
            f'expected logits (B, 2), animal (B,) and target (B,), got {tuple(logits.shape)}, '
            f'{tuple(animal.shape)} and {tuple(target.shape)}'
        )
    logits = logits.float()
    labels = torch.stack((animal, target), 1)
    losses = F.binary_cross_entropy_with_logits(logits, labels.float(), reduction='none')
    right = (logits > 0) == labels
    return DomainLosses(
        losses[:, 0],
        losses[:, 1] * animal,
        right[:, 0] & (right[:, 1] | ~animal),
    )


def domain_discrimination_loss(
    logits: Tensor, animal: Tensor, target: Tensor, weight: float = 1.0
) -> Tensor:
    """Return L_DDL = w1 BCE(y) + y BCE(z), the mean over the samples.

    Args:
        logits: (B, 2), see :func:`domain_losses`.
        animal: (B,), bool.
        target: (B,), bool.
        weight: w1, of the decision "human or animal".

    Example:
        >>> logits = torch.zeros(2, 2)
        >>> person_and_animal = torch.tensor([False, True])
        >>> domain_discrimination_loss(logits, person_and_animal, person_and_animal)
        tensor(1.0397)
    """
    losses = domain_losses(logits, animal, target)
    return (weight * losses.animal + losses.target).mean()
