import math

import pytest
import torch
from mmpose.registry import MODELS


def test_even_logits_by_hand():
    """A person and two animals: 3 times w1 ln 2 and 2 times ln 2, over 3 samples, times 4."""
    loss = MODELS.build(dict(type='DomainDiscriminationLoss', animal_weight=0.5, loss_weight=4))
    animal = torch.tensor([False, True, True])
    logits = torch.zeros(3, 2, requires_grad=True)
    value = loss(logits, animal, torch.tensor([False, False, True]))
    assert value.item() == pytest.approx(4 * (1.5 + 2) / 3 * math.log(2))
    value.backward()
    expected = torch.tensor([[0.25, 0.0], [-0.25, 0.5], [-0.25, -0.5]]) * 4 / 3
    torch.testing.assert_close(logits.grad, expected)


def test_negative_weight():
    with pytest.raises(ValueError, match=r'not be negative, got -1 and 1\.0'):
        MODELS.build(dict(type='DomainDiscriminationLoss', animal_weight=-1))
