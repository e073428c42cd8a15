"""``mmpose-addons adapt-batchnorm`` as it is called."""

import json

import numpy as np
import pytest
import torch
from mmengine.config import Config

from helpers.poses import pose_config, pose_model
from helpers.tiny_domains import write_domains
from mmpose_addons.checkpoints import read_checkpoint, write_checkpoint
from mmpose_addons.estimators.torch_network import TorchNetwork


@pytest.fixture
def adapt(run_command, tmp_path, monkeypatch):
    """Runs the command on a small network and images in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    config = pose_config()
    Config(dict(config)).dump('pose.py')
    state = pose_model(config).state_dict()
    write_checkpoint(tmp_path / 'pose.pth', state, dict(epoch=7))
    write_domains(tmp_path)
    return lambda line: run_command('adapt-batchnorm', *line.split())


def statistics(file):
    state, meta = read_checkpoint(file)
    norms = {name: value for name, value in state.items() if 'running' in name}
    return {n: v for n, v in state.items() if n not in norms}, norms, meta


def test_statistics_change_and_weights_do_not(adapt, tmp_path):
    status, out, _ = adapt('pose.py pose.pth target --out new.pth --device cpu')
    assert status == 0
    assert 'new.pth: BatchNorm statistics of 12 crops' in out
    weights, norms, _ = statistics(tmp_path / 'pose.pth')
    new_weights, new_norms, meta = statistics(tmp_path / 'new.pth')
    for name, value in weights.items():
        assert name.endswith('num_batches_tracked') or torch.equal(value, new_weights[name])
    assert not any(torch.equal(value, new_norms[name]) for name, value in norms.items())
    assert meta == dict(epoch=7, batch_norm='statistics of 12 crops of target')
    # inference uses them
    crops = np.zeros((1, 64, 48, 3), np.uint8)
    found = [TorchNetwork('pose.py', file)(crops)[1] for file in ('pose.pth', 'new.pth')]
    assert (found[0] != found[1]).any()


def test_boxes_of_a_file_are_the_networks_crops(adapt, tmp_path):
    """A box that is the whole image gives what a folder gives, another box does not."""
    content = json.loads((tmp_path / 'target.json').read_text())
    for annotation in content['annotations']:
        annotation['bbox'] = [0, 0, 48, 48]
    (tmp_path / 'whole.json').write_text(json.dumps(content))
    for frames, out in (('target', 'a'), ('whole.json', 'b'), ('target.json', 'c')):
        line = f'pose.py pose.pth {frames} --out {out}.pth --device cpu'
        assert adapt(line)[0] == 0
    folder, whole, boxes = (statistics(tmp_path / f'{name}.pth')[1] for name in 'abc')
    for name, value in folder.items():
        torch.testing.assert_close(value, whole[name])
        assert not torch.equal(value, boxes[name])


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('pose.py pose.pth no.json --out a.pth', 'no.json'),
        ('pose.py no.pth target --out a.pth', 'no.pth is missing'),
        ('pose.py pose.pth target --out pose.pth', 'pose.pth is read by this command'),
        ('pose.py pose.pth empty --out a.pth', 'empty has no images'),
        ('pose.py pose.pth target --images no --out a.pth', 'only with a COCO file, got no'),
        ('pose.py no.pth target --out pose.py/a.pth', 'pose.py: is a file, a folder is'),
    ],
)
def test_mistakes(adapt, tmp_path, line, message):
    (tmp_path / 'empty').mkdir()
    before = (tmp_path / 'pose.pth').read_bytes()
    status, _, errors = adapt(f'{line} --device cpu')
    assert (status, message in errors) == (2, True), errors
    assert not (tmp_path / 'a.pth').exists()
    assert (tmp_path / 'pose.pth').read_bytes() == before


@pytest.mark.parametrize('out', ['target.json', 'target/005.png'])
def test_frames_are_not_overwritten(adapt, tmp_path, out):
    """Also an image of which no crop is chosen."""
    before = (tmp_path / out).read_bytes()
    line = f'pose.py pose.pth target.json --largest 2 --out {out} --force --device cpu'
    (tmp_path / 'pose.pth').write_bytes(b'not read')
    status, _, errors = adapt(line)
    assert (status, f'{out} is read by this command' in errors) == (2, True), errors
    assert (tmp_path / out).read_bytes() == before
