"""A whole checkpoint is on the disk at any moment of a training."""

import os

import pytest
from mmengine.fileio import get_file_backend
from mmengine.hooks import Hook

from mmpose_addons.checkpoints import load_file
from mmpose_addons.engine.atomic_backend import AtomicBackend
from mmpose_addons.engine.hooks import CheckpointHook
from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.folder_lock import FolderInUseError, lock_folder
from stress import kill_training

ONE = dict(by_epoch=True, max_epochs=4)


@pytest.fixture
def make(tiny_runner):
    """Runners that keep one checkpoint, by the hook that configs in MMPose's scope get."""

    def make(epochs=4, hook=(), **kwargs):
        checkpoint = dict(type='CheckpointHook', interval=1, max_keep_ckpts=1, **dict(hook))
        kwargs.setdefault('default_hooks', dict(checkpoint=checkpoint))
        return tiny_runner(train_cfg=dict(ONE, max_epochs=epochs), **kwargs)

    return make


def names(folder):
    return sorted(
        file.name for file in folder.iterdir() if file.is_file() and file.suffix != '.py'
    )


class Watch(Hook):
    """Notes the checkpoints on the disk whenever one is written."""

    def __init__(self, folder, monkeypatch):
        self.seen = []
        put = AtomicBackend.put

        def watched(backend, obj, filepath):
            put(backend, obj, filepath)
            self.seen.append([name for name in names(folder) if name.endswith('.pth')])

        monkeypatch.setattr(AtomicBackend, 'put', watched)


def test_outdated_checkpoints_are_removed_afterwards(make, tmp_path, monkeypatch):
    watch = Watch(tmp_path / 'work', monkeypatch)
    make(epochs=3, hooks=[watch]).train()
    assert watch.seen == [
        ['epoch_1.pth'],
        ['epoch_1.pth', 'epoch_2.pth'],
        ['epoch_2.pth', 'epoch_3.pth'],
    ]
    assert names(tmp_path / 'work') == ['epoch_3.pth', 'last_checkpoint']


def test_best_checkpoints(make, tmp_path):
    best = dict(save_best='score', rule='greater')
    make(epochs=4, hook=best, scores=[1, 3, 2, 4]).train()
    assert names(tmp_path / 'work') == [
        'best_score_epoch_4.pth',
        'epoch_4.pth',
        'last_checkpoint',
    ]
    load_file(tmp_path / 'work/best_score_epoch_4.pth')


def test_a_better_epoch_of_the_same_number_stays(make, tmp_path):
    best = dict(save_best='score', rule='greater')
    make(epochs=2, hook=best, scores=[1, 2]).train()
    hook = next(h for h in make()._hooks if isinstance(h, CheckpointHook))
    assert type(hook) is CheckpointHook
    # from before the best epoch, which comes again
    state = load_file(tmp_path / 'work/epoch_2.pth')
    assert state['message_hub']['runtime_info']['best_ckpt'].endswith('best_score_epoch_2.pth')
    runner = make(epochs=2, hook=best, scores=[1, 3])
    runner.message_hub.update_info('best_ckpt', str(tmp_path / 'work/best_score_epoch_2.pth'))
    runner.train()
    assert 'best_score_epoch_2.pth' in names(tmp_path / 'work')


@pytest.mark.parametrize('part', [0.0, 0.5, 1.0])
def test_a_full_disk_leaves_the_older_checkpoint(make, tmp_path, monkeypatch, part):
    put = AtomicBackend.put

    def full(backend, obj, filepath):
        if filepath.endswith('epoch_3.pth'):
            with atomic_write(filepath) as unfinished:
                unfinished.write_bytes(obj[: int(len(obj) * part)])
                raise OSError(28, 'No space left on device')
        put(backend, obj, filepath)

    monkeypatch.setattr(AtomicBackend, 'put', full)
    with pytest.raises(OSError, match=r"No space left on device: '.*epoch_3\.pth'"):
        make().train()
    work = tmp_path / 'work'
    assert [name for name in names(work) if name.endswith('.pth')] == ['epoch_2.pth']
    monkeypatch.setattr(AtomicBackend, 'put', put)
    resumed = make(resume=True)
    resumed.train()
    assert resumed.epoch == 4
    assert names(work) == ['epoch_4.pth', 'last_checkpoint']


def test_another_training_in_the_work_dir_is_refused(make, tmp_path):
    with (
        lock_folder(tmp_path / 'work'),
        pytest.raises(FolderInUseError, match=rf'work is in use by .* {os.getpid()}'),
    ):
        make().train()
    make().train()
    make(resume=True, epochs=5).train()
    assert names(tmp_path / 'work') == ['epoch_5.pth', 'last_checkpoint']


def test_what_a_killed_training_left_is_removed(make, tmp_path):
    work = tmp_path / 'work'
    runner = make(epochs=2)
    runner.train()
    (work / '.1.epoch_3.pth').write_text('of a process that runs')
    (work / f'.{2**22 - 1}.epoch_3.pth').write_text('half')
    (work / 'epoch_1.pth').write_text('outdated, and asked to be removed before the kill')
    (tmp_path / 'mine.pth').write_text('outside')
    state = load_file(work / 'epoch_2.pth')
    state['message_hub']['runtime_info']['outdated_ckpts'] = ['epoch_1.pth', '../mine.pth']
    AtomicBackend().put(_saved(state), work / 'epoch_2.pth')
    make(epochs=3, resume=True).train()
    assert names(work) == ['.1.epoch_3.pth', 'epoch_3.pth', 'last_checkpoint']
    assert (tmp_path / 'mine.pth').exists()


def _saved(state):
    import io

    import torch

    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


def test_backends_of_the_user_stay(make, tmp_path):
    runner = make(epochs=1, hook=dict(backend_args=dict(backend='local')))
    runner.train()
    hook = next(h for h in runner._hooks if isinstance(h, CheckpointHook))
    assert hook.backend_args == dict(backend='local')
    assert names(tmp_path / 'work') == ['epoch_1.pth', 'last_checkpoint']


def test_atomic_backend(tmp_path):
    backend = get_file_backend(backend_args=dict(backend='atomic'))
    (tmp_path / 'disk').mkdir()
    link = tmp_path / 'a.txt'
    link.symlink_to(tmp_path / 'disk/b.txt')
    backend.put_text('whole', link)
    assert link.is_symlink()
    assert (tmp_path / 'disk/b.txt').read_text() == 'whole'
    assert names(tmp_path / 'disk') == ['b.txt']


def test_kills_while_saving(tmp_path):
    """The quick form of stress.kill_training."""
    found = kill_training.run(tmp_path / 'work', 2, 4_000_000, 'CheckpointHook', seed=0)
    assert found == [[], []]
