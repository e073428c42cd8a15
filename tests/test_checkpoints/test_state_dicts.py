"""Reading checkpoints without running their code, and editing them."""

import pickle
import re

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner import load_checkpoint
from torch import nn

from mmpose_addons.checkpoints import (
    CheckpointError,
    drop,
    merge,
    read_checkpoint,
    rename,
    write_checkpoint,
)


class Unknown:
    """Of some other code."""


def weights(*keys):
    return {key: torch.tensor([float(i)]) for i, key in enumerate(keys)}


def test_a_checkpoint_of_mmengine_alone(tiny_runner, tmp_path, monkeypatch):
    """Its history of the log holds methods, which weights_only=True refuses by itself."""
    monkeypatch.setattr(
        HistoryBuffer,
        '__getstate__',
        lambda buffer: dict(vars(buffer), statistics_methods=buffer._statistics_methods),
    )
    runner = tiny_runner()
    runner.train()
    file = tmp_path / 'work' / 'epoch_2.pth'
    with pytest.raises(pickle.UnpicklingError):
        torch.load(file, weights_only=True)
    state, meta = read_checkpoint(file)
    assert state.keys() == runner.model.state_dict().keys()
    assert torch.equal(state['linear.weight'], runner.model.linear.weight.detach())
    assert meta['epoch'] == 2


def test_a_checkpoint_of_ours_loads_with_weights_only(tiny_runner, tmp_path):
    runner = tiny_runner()
    runner.train()
    checkpoint = torch.load(tmp_path / 'work/epoch_2.pth', weights_only=True)
    loss = checkpoint['message_hub']['log_scalars']['train/loss']
    kept = runner.message_hub.get_scalar('train/loss')
    np.testing.assert_array_equal(loss.data[0], kept.data[0])
    assert loss.mean() == kept.mean()


def test_arrays_in_the_meta_survive(tmp_path):
    meta = dict(
        dataset_meta=dict(
            sigmas=np.array([0.5, 0.1]), weights=np.ones((2, 1), np.float32), n=np.int64(3)
        )
    )
    write_checkpoint(tmp_path / 'a.pth', weights('w'), meta)
    _, read = read_checkpoint(tmp_path / 'a.pth')
    np.testing.assert_array_equal(read['dataset_meta']['sigmas'], [0.5, 0.1])
    assert read['dataset_meta']['weights'].dtype == np.float32
    assert read['dataset_meta']['n'] == 3


@pytest.mark.parametrize('wrapper', [None, 'state_dict', 'model'])
def test_wrappers(tmp_path, wrapper):
    state = weights('a', 'b')
    torch.save(state if wrapper is None else {wrapper: state, 'epoch': 3}, tmp_path / 'a.pth')
    assert read_checkpoint(tmp_path / 'a.pth') == (state, {})


@pytest.mark.parametrize(
    ('content', 'message'),
    [([1, 2], 'holds list'), ({}, 'holds dict'), (dict(epoch=3), "'epoch' is int")],
)
def test_other_files(tmp_path, content, message):
    torch.save(content, tmp_path / 'a.pth')
    with pytest.raises(CheckpointError, match=message):
        read_checkpoint(tmp_path / 'a.pth')


def test_edits_return_new_dicts():
    state = weights('module.head.w', 'module.head.b', 'module.header.w', 'step')
    before = dict(state)
    assert [*drop(state, ['module.head'])] == ['module.header.w', 'step']
    assert [*drop(state, ['step', 'module.head.w'])] == ['module.head.b', 'module.header.w']
    renamed = rename(state, [('module', ''), ('head.w', 'fc.weight')])
    assert [*renamed] == ['fc.weight', 'head.b', 'header.w', 'step']
    assert [v.item() for v in renamed.values()] == [0, 1, 2, 3]
    assert 'net.head.w' in rename(state, [('module.', 'net.')])
    assert state == before


def test_merge():
    first, second = weights('a', 'b'), weights('c', 'b', 'a')
    with pytest.raises(CheckpointError, match=r"2 keys are in both, such as \['a', 'b'\]"):
        merge(first, second)
    by_first = merge(first, second, 'first')
    assert {key: value.item() for key, value in by_first.items()} == dict(a=0, b=1, c=0)
    by_second = merge(first, second, 'second')
    assert {key: value.item() for key, value in by_second.items()} == dict(a=2, b=1, c=0)
    assert [*merge(weights('a'), weights('b'))] == ['a', 'b']


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (lambda s: drop(s, ['hea']), r"named 'hea'; there are \['head', 'b'\]"),
        (lambda s: drop(s, ['head.x']), r"there are \['head.w', 'head.b'\]"),
        (lambda s: rename(s, [('neck', 'n')]), "named 'neck'"),
        (lambda s: rename(s, [('head', '')]), r"'head' as '' would overwrite \['b'\]"),
        (lambda s: rename(s, [('b', '')]), "'b' as ''"),
    ],
)
def test_mistakes_are_named(edit, message):
    with pytest.raises(CheckpointError, match=message):
        edit(weights('head.w', 'head.b', 'b'))


@pytest.fixture
def edit_checkpoint(run_command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda line: run_command('edit-checkpoint', *line.split())


def test_what_is_no_tensor_is_left_out_and_named(tmp_path, edit_checkpoint):
    torch.save(dict(state_dict=dict(weights('a'), step=3), args=Unknown()), tmp_path / 'a.pth')
    status, _, errors = edit_checkpoint('a.pth --out b.pth')
    assert status == 0
    assert re.search(r'^a.pth: left out 2 that are no .*: \S*Unknown, step$', errors, re.M)
    assert [*read_checkpoint(tmp_path / 'b.pth')[0]] == ['a']


def test_code_in_meta_is_left_out_and_the_rest_is_kept(tmp_path, edit_checkpoint):
    meta = dict(epoch=3, config=Unknown(), kind=Unknown, names=['nose', Unknown()])
    torch.save(dict(state_dict=weights('a'), meta=meta), tmp_path / 'a.pth')
    status, _, errors = edit_checkpoint('a.pth --out b.pth')
    assert status == 0
    assert re.search(r'^a.pth: left out 1 that .*: \S*Unknown$', errors, re.M)
    state, kept = read_checkpoint(tmp_path / 'b.pth')
    assert [*state] == ['a']
    assert {key: kept[key] for key in meta if key in kept} == dict(epoch=3, names=['nose'])


def test_a_network_from_two_files(tmp_path, edit_checkpoint):
    network = nn.ModuleDict(dict(backbone=nn.Linear(2, 2), head=nn.Linear(2, 1)))
    trunk, branch = nn.Linear(2, 2), nn.Linear(2, 1)
    first = {f'module.features.{key}': value for key, value in trunk.state_dict().items()}
    torch.save(dict(state_dict=first | {'module.fc.w': torch.ones(3)}), tmp_path / 'a.pth')
    second = {f'module.head.{key}': value for key, value in branch.state_dict().items()}
    torch.save(second, tmp_path / 'b.pth')

    edits = 'a.pth --strip module. --drop fc --rename features=backbone --merge b.pth'
    status, listed, _ = edit_checkpoint(edits)
    assert status == 0
    assert 'backbone.weight  (2, 2)  float32' in listed.splitlines()
    assert listed.splitlines()[-1] == 'a.pth: 4 tensors, 9 values'
    assert sorted(file.name for file in tmp_path.iterdir()) == ['a.pth', 'b.pth']

    assert edit_checkpoint(f'{edits} --out c.pth')[0] == 0
    load_checkpoint(network, str(tmp_path / 'c.pth'), strict=True)
    assert torch.equal(network.backbone.weight, trunk.weight)
    assert torch.equal(network.head.bias, branch.bias)


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('a.pth --out a.pth', 'a.pth is read by this command and would be overwritten'),
        ('x.pth --out b.pth', 'x.pth is missing'),
        ('a.pth --drop neck --out b.pth', "no key is named 'neck'"),
        ('a.pth --rename head --out b.pth', 'OLD=NEW'),
        ('a.pth --strip module --out b.pth', "a.pth: no key is named 'module'"),
        ('a.pth --merge a.pth --out b.pth', '1 keys are in both'),
    ],
)
def test_mistakes_on_the_command_line(tmp_path, edit_checkpoint, line, message):
    torch.save(weights('head.w'), tmp_path / 'a.pth')
    before = (tmp_path / 'a.pth').read_bytes()
    status, _, errors = edit_checkpoint(line)
    assert status == 2
    assert message in errors
    assert [file.name for file in tmp_path.iterdir()] == ['a.pth']
    assert (tmp_path / 'a.pth').read_bytes() == before
