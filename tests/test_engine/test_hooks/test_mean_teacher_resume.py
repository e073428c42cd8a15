"""A mean teacher's training that was stopped and resumed, bit for bit."""

import numpy as np
import pytest
import torch
from mmengine.hooks import Hook

from helpers import tiny_domains
from helpers.interruptions import Stop, StopAt
from mmpose_addons.training_run.runners import end_workers

EPOCHS = 4
SETTINGS = dict(
    plain=dict(teacher=dict(ramp=2)),
    parts=dict(
        teacher=dict(buffers='own', burn_in=1, report=1),
        dropout=0.3,
        model=dict(batch_norm='domain'),
        consistency=dict(small_loss=dict(start=1), agreement=3.0),
    ),
    workers=dict(teacher=dict(buffers='copied'), num_workers=2, persistent=True, dropout=0.3),
)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return tiny_domains.write_domains(tmp_path_factory.mktemp('domains'), source=8)


@pytest.fixture(scope='module')
def unstopped(folder, tmp_path_factory):
    """The last checkpoints of finished runs, by their settings."""
    runs = {}

    def run(name):
        if name not in runs:
            runs[name] = tmp_path_factory.mktemp(name)
            torch.manual_seed(0)
            train(make(folder, runs[name], name))
        return content(runs[name])

    return run


def make(folder, work_dir, name, **kwargs):
    return tiny_domains.make_runner(folder, work_dir, epochs=EPOCHS, **SETTINGS[name], **kwargs)


def train(runner):
    runner.train()
    end_workers(runner)


def content(work_dir):
    checkpoint = torch.load(work_dir / f'epoch_{EPOCHS}.pth', weights_only=False)
    return {**checkpoint['state_dict'], **checkpoint['ema_state_dict']}


@pytest.mark.parametrize(
    ('name', 'where'),
    [
        *((name, where) for name in ('plain', 'parts') for where in ('batch', 'save', 'end')),
        ('workers', 'batch'),
    ],
)
def test_stopped_and_resumed(folder, unstopped, tmp_path, name, where):
    for epoch in (0, 2):
        runner = make(folder, tmp_path / 'run', name, resume=True)
        runner.register_hook(StopAt(epoch, where))
        with pytest.raises(Stop):
            runner.train()
        end_workers(runner)
    np.random.seed(99)  # noqa: NPY002  a new process begins elsewhere
    torch.manual_seed(99)
    train(make(folder, tmp_path / 'run', name, resume=True))
    expected, found = unstopped(name), content(tmp_path / 'run')
    assert expected.keys() == found.keys()
    for key, value in expected.items():
        assert torch.equal(value, found[key]), key


@pytest.mark.parametrize(
    ('hook', 'message'), [(dict(teacher={}), 'a mean teacher'), ({}, 'rounds of pseudo-labels')]
)
def test_a_training_of_another_kind_is_not_resumed(folder, tmp_path, hook, message):
    runner = tiny_domains.make_runner(folder, tmp_path, epochs=1, **hook)
    runner.train()
    (file,) = tmp_path.glob('epoch_1.pth')
    state = torch.load(file, weights_only=False)
    torch.save({key: state[key] for key in ('meta', 'state_dict', 'optimizer')}, file)
    resumed = tiny_domains.make_runner(folder, tmp_path, resume=True, epochs=2, **hook)
    with pytest.raises(ValueError, match=f'no state of {message}; .* use load_from'):
        resumed.train()


def test_weights_alone_begin_anew(folder, tmp_path):
    """load_from takes the teacher of a checkpoint for both; only resume goes on."""
    make(folder, tmp_path / 'one', 'plain').train()
    file = tmp_path / 'one' / f'epoch_{EPOCHS}.pth'
    runner = make(folder, tmp_path / 'two', 'plain')
    runner._load_from = str(file)
    first = {}

    class Look(Hook):
        priority = 'LOWEST'

        def before_train(self, runner):
            first.update({n: v.clone() for n, v in runner.model.state_dict().items()})

    runner.register_hook(Look())
    runner.train()
    state = torch.load(file, weights_only=False)['state_dict']
    assert all(torch.equal(value, state[name]) for name, value in first.items())
