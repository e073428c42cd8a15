"""FreezeHook: what is frozen does not move, what is not does, also after a resume."""

import pytest
import torch
from mmengine.model import MMDistributedDataParallel
from mmengine.optim import build_optim_wrapper
from mmpose.registry import HOOKS
from torch import nn

from helpers import tiny


class Net(tiny.Line):
    """Two blocks of Linear and BatchNorm before the line."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = (
            nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1), nn.Dropout()) for _ in range(2)
        )

    def forward(self, x, y, mode='tensor'):
        return super().forward(self.second(self.first(x)), y, mode)


@pytest.fixture
def net_runner(tiny_runner, monkeypatch):
    monkeypatch.setattr(tiny, 'Line', Net)

    def make(modules, **kwargs):
        hook = HOOKS.build(dict(type='FreezeHook', modules=modules))
        return tiny_runner(hooks=[hook], **kwargs)

    return make


def moved(before, after):
    """Names of blocks with a parameter or statistic that changed."""
    return {key.split('.')[0] for key in before if not torch.equal(before[key], after[key])}


def state(runner):
    return {key: value.clone() for key, value in runner.model.state_dict().items()}


@pytest.mark.parametrize(
    ('modules', 'trained'),
    [
        (['first'], {'second', 'linear'}),
        (['first', 'second.1'], {'second', 'linear'}),
        ([r'first|second'], {'linear'}),
        ([r'.*\.[01]'], {'linear'}),
        (['linear'], {'first', 'second'}),
    ],
)
def test_only_the_rest_moves(net_runner, modules, trained):
    runner = net_runner(modules, scores=[0.0, 0.0])  # validation switches modes too
    before = state(runner)
    runner.train()
    after = state(runner)
    assert moved(before, after) == trained
    if 'second.1' in modules:
        assert torch.equal(before['second.1.running_var'], after['second.1.running_var'])


def test_statistics_and_dropout_rest(net_runner):
    runner = net_runner(['first'])
    modes = []
    runner.model.first.register_forward_hook(
        lambda module, *_: modes.append([child.training for child in module])
    )
    before = state(runner)
    runner.train()
    after = state(runner)
    assert modes
    assert not any(any(mode) for mode in modes)
    for key in ('running_mean', 'running_var', 'num_batches_tracked'):
        assert torch.equal(after[f'first.1.{key}'], before[f'first.1.{key}'])
    assert runner.model.second[1].num_batches_tracked == 4


def test_resumed(net_runner, tmp_path):
    first = net_runner(['first'], train_cfg=dict(by_epoch=True, max_epochs=1))
    before = state(first)
    first.train()
    second = net_runner(['first'], train_cfg=dict(by_epoch=True, max_epochs=3), resume=True)
    second.train()
    assert second.iter == 6
    assert moved(before, state(second)) == {'second', 'linear'}


@pytest.mark.parametrize(
    ('modules', 'message'),
    [
        (['third'], r"must be among \[.*'linear', 'first', 'second'\], got 'third'"),
        (['first.7'], r"among \['first.0', 'first.1', 'first.2'\], got 'first.7'"),
        (['first', 'sec'], "got 'sec'"),
        (['first', 'second', 'linear'], 'nothing to train'),
    ],
)
def test_mistakes_are_named(net_runner, modules, message):
    with pytest.raises(ValueError, match=message):
        net_runner(modules).train()


@pytest.mark.parametrize('modules', ['first', []])
def test_unfit_arguments(modules):
    with pytest.raises(ValueError, match='a list of names'):
        HOOKS.build(dict(type='FreezeHook', modules=modules))


@pytest.mark.parametrize('find_unused', [True, False])
def test_several_processes(net_runner, tmp_path, find_unused):
    torch.distributed.init_process_group(
        'gloo', init_method=f'file://{tmp_path}/group', rank=0, world_size=1
    )
    try:
        runner = net_runner(['first'])
        runner.model = MMDistributedDataParallel(
            runner.model, find_unused_parameters=find_unused
        )
        before = state(runner)
        if not find_unused:
            with pytest.raises(ValueError, match='find_unused_parameters=True'):
                runner.train()
            return
        runner.train()
        after = state(runner)
        changed = {key.split('.')[1] for key in before if not before[key].equal(after[key])}
        assert changed == {'second', 'linear'}
    finally:
        torch.distributed.destroy_process_group()


def test_rate_of_a_module():
    """MMEngine's own way, as docs/face.md shows it."""
    net = Net()
    keys = {'first': dict(lr_mult=0.1), 'second.1': dict(lr_mult=0)}
    wrapper = build_optim_wrapper(
        net,
        dict(optimizer=dict(type='Adam', lr=0.1), paramwise_cfg=dict(custom_keys=keys)),
    )
    names = {id(parameter): name for name, parameter in net.named_parameters()}
    # MMEngine adds a group of its own that holds the base rate
    rates = {names.get(id(g['params'][0])): g['lr'] for g in wrapper.param_groups}
    assert rates['first.0.weight'] == pytest.approx(0.01)
    assert rates['second.1.bias'] == 0
    assert rates['second.0.weight'] == rates['linear.bias'] == 0.1
