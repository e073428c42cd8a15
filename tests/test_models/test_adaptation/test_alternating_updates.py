"""Alternating updates of discriminator and network, beside the reversal of gradients."""

import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmengine.optim import OptimWrapper
from mmpose.registry import DATASETS, MODELS

from helpers import tiny_domains
from mmpose_addons.models.adaptation.discriminator import DomainDiscriminator
from mmpose_addons.models.pose_estimators import source_target_topdown

ROWS = (0, 2, 4, 3, 1, 5)
FACTOR = 0.5


@pytest.fixture
def build(tmp_path):
    folder = tiny_domains.write_domains(tmp_path, source=2, target=2, video=2)

    def make(updates: str):
        torch.manual_seed(0)
        config = tiny_domains.config(
            folder,
            tmp_path,
            head='msra',
            norm=False,
            model=dict(
                discriminator=dict(
                    in_channels=16,
                    hidden=8,
                    ramp='constant',
                    strength=FACTOR,
                    pose_weight=0,
                    updates=updates,
                )
            ),
            more_domains=dict(human='source'),
        )
        model = MODELS.build(config.model)
        dataset = DATASETS.build(config.train_dataloader.dataset)
        return model, pseudo_collate([dataset[(index, 5)] for index in ROWS])

    return make


class Recorder(OptimWrapper):
    """Plain gradient descent that keeps the gradients of every update."""

    def __init__(self, model) -> None:
        super().__init__(torch.optim.SGD(model.parameters(), lr=0.1))
        self.names = {id(p): name for name, p in model.named_parameters()}
        self.updates: list[dict[str, torch.Tensor]] = []

    def step(self, **kwargs) -> None:
        parameters = self.optimizer.param_groups[0]['params']
        self.updates.append(
            {self.names[id(p)]: p.grad.clone() for p in parameters if p.grad is not None}
        )
        super().step(**kwargs)


def parts(gradients: dict[str, torch.Tensor]) -> set[str]:
    return {name.split('.')[0] for name, gradient in gradients.items() if gradient.any()}


def test_each_update_changes_one_side_only(build):
    model, batch = build('alternate')
    recorder = Recorder(model)
    logged = model.train_step(batch, recorder)
    first, second = recorder.updates
    assert parts(first) == {'discriminator'}
    assert parts(second) == {'backbone'}  # the pose weight is 0
    assert not any(name.startswith('discriminator') for name in second)
    assert {'discriminator/loss', 'discriminator/resisted_loss', 'loss'} <= {*logged}
    assert logged['discriminator/resisted_loss'] < 0


def test_gradients_are_those_of_the_reversal(build):
    """The discriminator's at once; the network's if the discriminator has not moved."""
    reversal, batch = build('reversal')
    once = Recorder(reversal)
    reversal.train_step(batch, once)
    (expected,) = once.updates
    for rate in (0.1, 0.0):
        model, _ = build('alternate')
        recorder = Recorder(model)
        recorder.optimizer.param_groups[0]['lr'] = rate
        model.train_step(batch, recorder)
        own, of_network = recorder.updates
        for name, gradient in own.items():
            torch.testing.assert_close(gradient, expected[name])
        same = [
            torch.allclose(gradient, expected[name], rtol=1e-5, atol=1e-9)
            for name, gradient in of_network.items()
            if name.startswith('backbone')
        ]
        assert all(same) == (rate == 0)


def test_several_processes_are_refused(build, monkeypatch):
    model, batch = build('alternate')
    monkeypatch.setattr(source_target_topdown, 'get_world_size', lambda: 2)
    with pytest.raises(ValueError, match='got 2 processes'):
        model.train_step(batch, Recorder(model))


def test_unknown_updates_are_named():
    with pytest.raises(ValueError, match=r"'alternate'.*got 'both'"):
        DomainDiscriminator(16, updates='both')
