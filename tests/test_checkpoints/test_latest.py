"""What ``--resume`` takes after a kill."""

import os

import pytest
import torch
from mmengine.runner import runner as runners

from mmpose_addons.checkpoints import CheckpointError


@pytest.fixture
def work(tmp_path):
    for epoch in (9, 10):
        file = tmp_path / f'epoch_{epoch}.pth'
        torch.save(dict(w=torch.ones(epoch)), file)
        os.utime(file, (epoch, epoch))
    torch.save(dict(w=torch.ones(1)), tmp_path / 'best_AP_epoch_10.pth')
    (tmp_path / 'last_checkpoint').write_text(str(tmp_path / 'epoch_10.pth'))
    return tmp_path


def latest(work):
    return runners.find_latest_checkpoint(str(work))


def cut(file):
    file.write_bytes(file.read_bytes()[:-100])


def test_a_whole_one(work):
    assert latest(work) == str(work / 'epoch_10.pth')
    (work / 'last_checkpoint').write_text(str(work / 'epoch_9.pth'))
    assert latest(work) == str(work / 'epoch_9.pth')


@pytest.mark.parametrize(
    'damage',
    [
        lambda work: cut(work / 'epoch_10.pth'),
        lambda work: (work / 'epoch_10.pth').unlink(),
        lambda work: (work / 'epoch_10.pth').write_bytes(b''),
    ],
)
def test_an_older_one(work, damage):
    damage(work)
    assert latest(work) == str(work / 'epoch_9.pth')


def test_an_empty_name(work):
    (work / 'last_checkpoint').write_text('')
    assert latest(work) == str(work / 'epoch_10.pth')
    (work / 'last_checkpoint').unlink()
    assert latest(work) == str(work / 'epoch_10.pth')


def test_none(work):
    for file in work.glob('epoch_*.pth'):
        cut(file)
    with pytest.raises(CheckpointError, match=r'epoch_10\.pth is cut off .*no other .* whole'):
        latest(work)
    for file in work.iterdir():
        file.unlink()
    assert latest(work) is None


def test_a_folder_that_was_moved(work, tmp_path):
    (work / 'last_checkpoint').write_text('/elsewhere/epoch_10.pth')
    assert latest(work) == str(work / 'epoch_10.pth')


def test_addresses_are_taken_as_they_are(work):
    (work / 'last_checkpoint').write_text('s3://bucket/epoch_10.pth')
    assert latest(work) == 's3://bucket/epoch_10.pth'
