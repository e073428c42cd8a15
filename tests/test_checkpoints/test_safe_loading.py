"""No checkpoint runs code, by whatever it is loaded."""

import io
import re

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer

from helpers.attacks import CALLS, MISUSED, RAW, write_raw
from mmpose_addons.checkpoints import (
    CheckpointError,
    UnsafeCheckpointError,
    load_file,
    rescue_checkpoint,
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refuse(folder, name):
    """Loading names the file and the global and offers both ways on; nothing has run."""
    with pytest.raises(UnsafeCheckpointError) as error:
        load_file('a.pth')
    assert error.value.file == 'a.pth'
    assert name in error.value.names
    text = str(error.value)
    assert text.startswith('a.pth is refused')
    assert name in text
    assert 'edit-checkpoint a.pth' in text
    assert '--trust-checkpoint' in text
    assert [file.name for file in folder.iterdir()] == ['a.pth']


FORMATS = dict(
    zip={}, protocol_4=dict(pickle_protocol=4), old=dict(_use_new_zipfile_serialization=False)
)


@pytest.mark.parametrize('how', FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize(('name', 'attack'), CALLS, ids=[name for name, _ in CALLS])
def test_calls(folder, name, attack, how):
    weight = torch.tensor([1.0, 2.0])
    torch.save(dict(state_dict=dict(w=weight), evil=attack), 'a.pth', **how)
    refuse(folder, name)
    state, _, left_out = rescue_checkpoint('a.pth')
    assert torch.equal(state.pop('w'), weight)
    assert not state
    assert name in left_out
    assert [file.name for file in folder.iterdir()] == ['a.pth']


@pytest.mark.parametrize(('name', 'content'), RAW, ids=[name for name, _ in RAW])
def test_other_operations(folder, name, content):
    write_raw('a.pth', content)
    refuse(folder, name)


@pytest.mark.parametrize('content', MISUSED)
def test_known_names_misused(content):
    shown = torch.Tensor.__repr__
    write_raw('a.pth', content)
    with pytest.raises(CheckpointError, match=r'^a\.pth cannot be read as a checkpoint: '):
        load_file('a.pth')
    assert torch.Tensor.__repr__ is shown
    assert not hasattr(torch._utils._rebuild_tensor_v2, 'a')


class Mine:
    """Of a user, who gives it to PyTorch's list."""


def test_classes_that_the_user_allows(folder):
    torch.save(dict(w=torch.ones(1), mine=Mine()), 'a.pth')
    refuse(folder, f'{__name__}.Mine')
    with torch.serialization.safe_globals([Mine, getattr]):
        assert isinstance(load_file('a.pth')['mine'], Mine)
        torch.save(dict(CALLS)['builtins.getattr'], 'a.pth')
        refuse(folder, 'builtins.getattr')


def history_of_mmengine(buffer):
    """What MMEngine alone pickles of its log: methods, too."""
    return dict(vars(buffer), statistics_methods=buffer._statistics_methods)


@pytest.mark.parametrize('how', FORMATS.values(), ids=FORMATS)
def test_content_of_a_training(monkeypatch, how):
    monkeypatch.setattr(HistoryBuffer, '__getstate__', history_of_mmengine)
    meta = dict(
        sigmas=np.array([0.5, 0.1]),
        score=np.float64(0.25),
        big_endian=np.arange(3, dtype='>i4'),
        names=np.array(['left', 'r']),
        columns=np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        size=torch.Size([2, 3]),
        kinds={torch.float16, torch.device('cpu')},
        part=slice(1, 2),
    )
    weights = dict(
        w=torch.tensor([[1.0, 2.0]]),
        half=torch.ones(2).half(),
        parameter=torch.nn.Parameter(torch.ones(1)),
        sparse=torch.eye(2).to_sparse(),
    )
    log = HistoryBuffer([1.0, 2.0], [1, 1])
    torch.save(dict(state_dict=weights, meta=meta, log=log), 'a.pth', **how)
    monkeypatch.setenv('TORCH_FORCE_WEIGHTS_ONLY_LOAD', '1')
    loaded = load_file('a.pth')
    assert loaded['log'].mean() == 1.5
    assert loaded['log'].statistics('max') == 2
    for name, value in loaded['meta'].items():
        assert type(value) is type(meta[name])
        np.testing.assert_equal(value, meta[name])
    for name, value in loaded['state_dict'].items():
        assert torch.equal(value.to_dense(), weights[name].to_dense())


def test_streams():
    buffer = io.BytesIO()
    torch.save(dict(w=torch.ones(1)), buffer)
    buffer.seek(0)
    assert torch.equal(load_file(buffer)['w'], torch.ones(1))
    with pytest.raises(CheckpointError, match='the checkpoint is empty'):
        load_file(io.BytesIO())


@pytest.mark.parametrize('wrapper', [None, 'state_dict'])
@pytest.mark.parametrize('value', [float('nan'), float('inf'), -float('inf')])
def test_weights_that_are_no_numbers(wrapper, value):
    state = dict(a=torch.ones(3), b=torch.tensor([0, value]), c=torch.tensor([1]))
    torch.save({wrapper: state} if wrapper else state, 'a.pth')
    with pytest.raises(
        CheckpointError, match=re.escape('a.pth: 1 of 3 weights hold NaN or Inf, such as b;')
    ):
        load_file('a.pth')
