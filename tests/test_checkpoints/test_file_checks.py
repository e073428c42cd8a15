"""Files that are empty, cut off, damaged, or no checkpoints."""

import re
import tarfile

import numpy as np
import pytest
import torch
from mmengine.runner import load_checkpoint

from mmpose_addons.checkpoints import CheckpointError, load_file, read_checkpoint
from stress import damage_checkpoints


@pytest.fixture
def file(tmp_path):
    file = tmp_path / 'a.pth'
    torch.save(dict(state_dict=dict(w=torch.arange(1000.0), b=torch.ones(3))), file)
    return file


def refuse(file, message):
    with pytest.raises(CheckpointError, match=rf'^{re.escape(str(file))} .*{message}'):
        load_file(file)
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(torch.nn.Linear(1, 1), str(file))


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'', 'is empty$'),
        (b'<!DOCTYPE html><html>', "is no checkpoint: it starts with b'<!DOCTYPE html><'"),
        (b'version https://git-lfs.github.com/spec/v1\n', 'Git LFS'),
        (b'PK\x03\x04', 'is cut off or damaged: '),
        (b'\x80', 'cannot be read as a checkpoint'),
        (b'\x80\x02N.', 'cannot be read as a checkpoint: RuntimeError: Invalid magic number'),
    ],
)
def test_other_content(tmp_path, content, message):
    file = tmp_path / 'a.pth'
    file.write_bytes(content)
    refuse(file, message)


def test_other_kinds(tmp_path):
    with pytest.raises(CheckpointError, match=r'a\.pth is missing$'):
        load_file(tmp_path / 'a.pth')
    with pytest.raises(CheckpointError, match='is a folder'):
        load_file(tmp_path)
    torch.jit.script(torch.nn.Linear(1, 1)).save(str(tmp_path / 'a.pt'))
    refuse(tmp_path / 'a.pt', 'is a TorchScript program')
    with tarfile.open(tmp_path / 'a.tar', 'w') as archive:
        archive.add(tmp_path / 'a.pt', 'pickle')
    refuse(tmp_path / 'a.tar', 'is an archive of PyTorch before 0.1.10')


@pytest.mark.parametrize('part', [0.1, 0.5, 0.9, 0.999])
def test_cut_off(file, part):
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * part)])
    refuse(file, 'is cut off or damaged: ')


def test_a_weight_with_a_wrong_bit(file):
    content = bytearray(file.read_bytes())
    place = content.find(np.float32(500).tobytes())
    content[place + 1] ^= 1
    file.write_bytes(content)
    refuse(file, r'is cut off or damaged: Bad CRC-32 .*a/data/0')


def test_every_wrong_bit_is_refused_or_without_effect(file, rng):
    content = file.read_bytes()
    whole = load_file(file)['state_dict']
    refused = 0
    for place in rng.integers(0, len(content), 60):
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(rng.integers(8))
        file.write_bytes(damaged)
        try:
            state = read_checkpoint(file)[0]
        except CheckpointError as error:
            refused += str(file) in str(error)
            continue
        assert all(torch.equal(state[name], whole[name]) for name in whole)
    assert refused > 40


def test_files_without_checksums(file):
    if not hasattr(torch.serialization, 'set_crc32_options'):
        pytest.skip('PyTorch 2.6 can leave out checksums')
    content = load_file(file)
    torch.serialization.set_crc32_options(False)
    try:
        torch.save(content, file)
    finally:
        torch.serialization.set_crc32_options(True)
    assert torch.equal(load_file(file)['state_dict']['w'], content['state_dict']['w'])


def test_random_damages(tmp_path):
    """The quick form of stress.damage_checkpoints."""
    ends, wrong = damage_checkpoints.run(tmp_path, 60, seed=1)
    assert wrong == []
    assert sum(ends.values()) == 180
    assert sum(count for end, count in ends.items() if end.endswith('refused')) > 120
