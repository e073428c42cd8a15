import shutil

import numpy as np
import pytest
import torch
from mmengine.hooks import Hook

from helpers import tiny_domains
from helpers.interruptions import Stop, StopAt
from mmpose_addons.engine.hooks import CCSSLHook
from mmpose_addons.training_run.runners import end_workers
from stress import kill_ccssl


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return tiny_domains.write_domains(tmp_path_factory.mktemp('domains'), source=8)


class StopInRound(StopAt):
    """Also raises while labels are made."""

    def before_train(self, runner):
        (hook,) = (hook for hook in runner.hooks if isinstance(hook, CCSSLHook))
        label = hook._round._label

        def stopping(samples, *args):
            if self.where == 'labels' and runner.epoch == self.epoch and 5 in samples:
                raise Stop
            return label(samples, *args)

        hook._round._label = stopping


def same(one, two):
    return not kill_ccssl.differences(kill_ccssl.results(one), kill_ccssl.results(two))


@pytest.fixture(scope='module')
def unstopped(folder, tmp_path_factory):
    """Finished runs, by their settings."""
    runs = {}

    def run(**settings):
        key = repr(settings)
        if key not in runs:
            runs[key] = tmp_path_factory.mktemp('unstopped')
            torch.manual_seed(0)
            tiny_domains.make_runner(
                folder, runs[key], epochs=kill_ccssl.EPOCHS, **settings
            ).train()
        return runs[key]

    return run


@pytest.mark.parametrize('where', ['labels', 'batch', 'save', 'end'])
@pytest.mark.parametrize('settings', [dict(interval=2), dict(interval=3, dropout=0.3)])
def test_stopped_and_resumed(folder, unstopped, tmp_path, where, settings):
    for epoch in (0, 2) if where == 'batch' else (2,):
        runner = tiny_domains.make_runner(
            folder, tmp_path / 'run', resume=True, epochs=kill_ccssl.EPOCHS, **settings
        )
        runner.register_hook(StopInRound(epoch - epoch % settings['interval'], where))
        with pytest.raises(Stop):
            runner.train()
    np.random.seed(99)  # noqa: NPY002  a new process begins elsewhere
    torch.manual_seed(99)
    tiny_domains.make_runner(
        folder, tmp_path / 'run', resume=True, epochs=kill_ccssl.EPOCHS, **settings
    ).train()
    assert same(unstopped(**settings), tmp_path / 'run')


def test_validation_between_epochs_leaves_training_alone(folder, unstopped, tmp_path):
    class Noise(Hook):
        """What a validation might draw."""

        priority = 'LOWEST'

        def after_train_epoch(self, runner):
            torch.rand(17)
            np.random.rand(17)  # noqa: NPY002

    settings = dict(interval=3, dropout=0.3)
    runner = tiny_domains.make_runner(
        folder, tmp_path / 'run', epochs=kill_ccssl.EPOCHS, **settings
    )
    runner.register_hook(Noise())
    runner.train()
    assert same(unstopped(**settings), tmp_path / 'run')


def test_workers_do_not_matter(folder, unstopped, tmp_path):
    """Workers, persistent or not, draw what the main process would draw."""
    runner = tiny_domains.make_runner(
        folder,
        tmp_path / 'run',
        epochs=kill_ccssl.EPOCHS,
        interval=2,
        num_workers=2,
        persistent=True,
    )
    runner.train()
    end_workers(runner)
    one, two = (kill_ccssl.results(d) for d in (unstopped(interval=2), tmp_path / 'run'))
    assert not kill_ccssl.differences(one, two)


def test_killed_process(folder, tmp_path, rng):
    """The quick form of kill_ccssl.py: real processes, real kills."""
    kill_ccssl.killed_run(folder, tmp_path / 'whole', 'dropout', rng, kills=0)
    assert kill_ccssl.killed_run(folder, tmp_path / 'killed', 'dropout', rng, kills=2) > 0
    assert same(tmp_path / 'whole', tmp_path / 'killed')


def test_checkpoint_of_another_target_set(folder, tmp_path):
    runner = tiny_domains.make_runner(folder, tmp_path / 'run', epochs=1)
    runner.train()
    other = tiny_domains.write_domains(tmp_path / 'data', target=8)
    with pytest.raises(ValueError, match=r'\(12, 3\), the target set has \(8, 3\)'):
        tiny_domains.make_runner(other, tmp_path / 'run', resume=True, epochs=2).train()


def test_weights_alone_do_not_bring_labels(folder, tmp_path):
    """load_from begins a new adaptation; only resume takes labels up."""
    tiny_domains.make_runner(folder, tmp_path / 'run', epochs=1).train()
    shutil.copy(tmp_path / 'run' / 'epoch_1.pth', tmp_path / 'weights.pth')
    runner = tiny_domains.make_runner(folder, tmp_path / 'new', epochs=1)
    runner._load_from = str(tmp_path / 'weights.pth')
    runner.train()
    assert (tmp_path / 'new' / 'pseudo_labels' / 'epoch_0000.npz').exists()
