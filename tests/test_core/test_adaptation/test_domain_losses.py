import math

import pytest
import torch
from torch import nn

from mmpose_addons_core.adaptation.domain_losses import (
    domain_discrimination_loss,
    domain_losses,
    reversal_ramp,
    reversed_gradient,
)

ANIMAL = torch.tensor([False, True, True])
TARGET = torch.tensor([False, False, True])
LN3 = math.log(3)  # a probability of 3/4


def test_losses_by_hand():
    """A person, a labelled animal and an unlabelled one; the probabilities are quarters."""
    logits = torch.tensor([[LN3, 5.0], [LN3, -LN3], [-LN3, 0.0]])
    losses = domain_losses(logits, ANIMAL, TARGET)
    quarter, half, most = math.log(4), math.log(2), math.log(4 / 3)
    torch.testing.assert_close(losses.animal, torch.tensor([quarter, most, quarter]))
    torch.testing.assert_close(losses.target, torch.tensor([0.0, most, half]))
    assert losses.right.tolist() == [False, True, False]
    loss = domain_discrimination_loss(logits, ANIMAL, TARGET, weight=2)
    expected = (2 * (2 * quarter + most) + most + half) / 3
    assert loss.item() == pytest.approx(expected, rel=1e-6)


def test_gradient_by_hand():
    """Of BCE with logits: the probability minus the label, over the number of samples."""
    logits = torch.tensor([[LN3, 5.0], [LN3, -LN3], [-LN3, 0.0]], requires_grad=True)
    domain_discrimination_loss(logits, ANIMAL, TARGET, weight=2).backward()
    expected = torch.tensor([[1.5, 0.0], [-0.5, 0.25], [-1.5, -0.5]]) / 3
    torch.testing.assert_close(logits.grad, expected)


def test_gradients_by_differences():
    logits = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
    double = domain_losses(logits.detach(), ANIMAL, TARGET)
    assert double.animal.dtype == torch.float32  # half precision gains, double loses
    step = 1e-2
    domain_discrimination_loss(logits, ANIMAL, TARGET).backward()
    for place in ((0, 0), (1, 1), (2, 0), (0, 1)):
        moved = [logits.detach().clone() for _ in range(2)]
        moved[0][place] += step
        moved[1][place] -= step
        high, low = (domain_discrimination_loss(m, ANIMAL, TARGET).item() for m in moved)
        assert (high - low) / (2 * step) == pytest.approx(logits.grad[place].item(), abs=1e-4)


def test_reversal_reaches_the_features_only():
    """Features w x = 6, loss v 6 = 12: v learns by 6, w by -0.5 times v x = 6."""
    w = nn.Parameter(torch.tensor(2.0))
    v = nn.Parameter(torch.tensor(2.0))
    (v * reversed_gradient(w * 3, 0.5)).backward()
    assert v.grad.item() == 6
    assert w.grad.item() == -3


def test_ramp_by_hand():
    assert reversal_ramp(0) == reversal_ramp(-3) == 0
    assert reversal_ramp(0.5, steepness=2 * LN3) == pytest.approx(0.5)
    assert reversal_ramp(7) == reversal_ramp(1) < 1
    with pytest.raises(ValueError, match='steepness must be positive, got 0'):
        reversal_ramp(0.1, 0)


def test_bad_shapes():
    with pytest.raises(ValueError, match=r'expected logits \(B, 2\).*got \(3, 1\)'):
        domain_losses(torch.zeros(3, 1), ANIMAL, TARGET)
