import functools

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.runner import load_checkpoint
from mmpose.registry import MODELS

from helpers.networks import filled, published_shapes
from mmpose_addons.checkpoints import CheckpointError, ccssl_hourglass, convert_checkpoint


def lpn_config(depth=50, attention='GC'):
    return dict(
        type='TopdownPoseEstimator',
        backbone=dict(type='LPN', depth=depth, attention=attention),
        head=dict(type='LPNHead', in_channels=512, out_channels=17),
    )


@functools.lru_cache(maxsize=1)  # the tests of one network follow each other
def published_weights(reference, name):
    return filled(published_shapes(reference, name))


@pytest.mark.reference
@pytest.mark.parametrize('prefix', ['', 'module.'])
@pytest.mark.parametrize(
    ('name', 'depth', 'attention'),
    [
        ('lpn50_GC', 50, 'GC'),
        ('lpn50_SE', 50, 'SE'),
        ('lpn50_none', 50, None),
        ('lpn101_GC', 101, 'GC'),
        ('lpn152_GC', 152, 'GC'),
    ],
)
def test_published_lpn_gives_the_published_output(
    reference, tmp_path, name, depth, attention, prefix
):
    published = published_weights(reference, name)
    source, target = tmp_path / 'published.pth', tmp_path / 'converted.pth'
    torch.save({prefix + key: value for key, value in published.items()}, source)

    convert_checkpoint('lpn', source, target)

    model = MODELS.build(Config(lpn_config(depth, attention)))
    load_checkpoint(model, str(target), strict=True)  # no missing, no unexpected key
    with np.load(reference / 'networks.npz', allow_pickle=False) as values:
        image, expected = torch.from_numpy(values['input']), values[name]
    with torch.no_grad():
        output = model.eval().head(model.backbone(image)).numpy()
    assert np.abs(output - expected).max() <= 1e-4 * np.abs(expected).max()


@pytest.mark.reference
def test_published_hourglass_gives_the_published_output(reference, tmp_path):
    published = filled(published_shapes(reference, 'hourglass_s4b1'))
    source, target = tmp_path / 'published.pth', tmp_path / 'converted.pth'
    state = {f'module.{key}': value for key, value in published.items()}
    torch.save(dict(epoch=60, arch='hg', state_dict=state), source)

    convert_checkpoint('ccssl_hourglass', source, target)

    model = MODELS.build(hourglass_config(num_stacks=4))
    load_checkpoint(model, str(target), strict=True)
    model.eval()
    with np.load(reference / 'networks.npz', allow_pickle=False) as values, torch.no_grad():
        stacks = model.head(model.backbone(torch.from_numpy(values['hourglass_input'])))
        for i, output in enumerate(stacks):
            expected = values[f'hourglass_s4b1_stack{i}']
            difference = np.abs(output.numpy() - expected).max()
            assert difference <= 1e-4 * np.abs(expected).max(), f'stack {i}'
    assert len(stacks) == 4


def hourglass_config(num_stacks, num_blocks=1, keypoints=18):
    return dict(
        type='TopdownPoseEstimator',
        backbone=dict(
            type='HourglassPreAct',
            num_stacks=num_stacks,
            num_blocks=num_blocks,
            out_channels=keypoints,
        ),
        head=dict(
            type='CPMHead',
            in_channels=keypoints,
            out_channels=keypoints,
            num_stages=num_stacks,
            final_layer=None,
        ),
    )


def published_hourglass(**sizes):
    state = MODELS.build(hourglass_config(**sizes)).state_dict()
    return {key.removeprefix('backbone.'): value for key, value in state.items()}


def test_sizes_of_an_hourglass_are_read_from_its_keys():
    sizes = dict(num_stacks=2, num_blocks=2, keypoints=5)
    converted = ccssl_hourglass(published_hourglass(**sizes))
    MODELS.build(hourglass_config(**sizes)).load_state_dict(converted, strict=True)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda s: s.pop('res.0.0.conv1.bias'), r'backbone\.res\.0\.0\.conv1\.bias is missing'),
        (lambda s: s.update(extra=torch.ones(1)), r'backbone\.extra is unknown'),
        (lambda s: s.pop('score.0.weight'), 'not a checkpoint of a stacked hourglass'),
        (lambda s: s.clear(), "'num_stacks': 0"),
    ],
)
def test_other_checkpoints_are_no_hourglass(change, message):
    state = published_hourglass(num_stacks=1)
    change(state)
    with pytest.raises(CheckpointError, match=message):
        ccssl_hourglass(state)


def small_state():
    model = MODELS.build(lpn_config())
    state = model.state_dict()
    return {key.split('.', 1)[1]: value for key, value in state.items()}


@pytest.mark.parametrize('wrap', [lambda s: s, lambda s: dict(state_dict=s, epoch=3)])
def test_wrapped_checkpoints(tmp_path, wrap):
    state = small_state()
    source, target = tmp_path / 'a.pth', tmp_path / 'out' / 'b.pth'
    torch.save(wrap(state), source)
    convert_checkpoint('lpn', source, target)
    written = torch.load(target, weights_only=True)
    assert len(written['state_dict']) == len(state)
    assert written['meta']['converted_from'] == 'a.pth'
    assert [file.name for file in target.parent.iterdir()] == ['b.pth']


def without_a_key(state):
    del state['layer2.0.conv1.weight']
    return state


def with_a_wrong_shape(state):
    state['layer4.0.conv3.weight'] = torch.zeros(1, 2)
    return state


class NotATensor:
    pass


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (lambda s: without_a_key(s), 'backbone.layer2.0.conv1.weight is missing'),
        (lambda s: {**s, 'fc.weight': torch.zeros(1)}, 'backbone.fc.weight is unknown'),
        (lambda s: with_a_wrong_shape(s), r'is \(1, 2\), expected \(512, 512, 1, 1\)'),
        (lambda s: {'conv1.weight': s['conv1.weight']}, '0 blocks in layer3'),
        (lambda s: [1, 2], 'holds list'),
        (lambda s: {'epoch': 3}, r"holds no tensors in \['epoch'\]"),
        (lambda s: NotATensor(), r'holds an object of \S+NotATensor, not a state dict'),
    ],
)
def test_unfit_checkpoints_are_named_and_nothing_is_written(tmp_path, content, message):
    source, target = tmp_path / 'a.pth', tmp_path / 'b.pth'
    torch.save(content(small_state()), source)
    with pytest.raises(CheckpointError, match=rf'a\.pth:? .*{message}'):
        convert_checkpoint('lpn', source, target)
    assert not target.exists()


def test_command_line(tmp_path, run_command):
    command = ['convert', 'lpn']
    command += [tmp_path / 'a.pth', tmp_path / 'b.pth']
    status, _, errors = run_command(*command)
    assert status == 2
    assert 'a.pth is missing' in errors
    torch.save(small_state(), tmp_path / 'a.pth')
    status, out, errors = run_command(*command)
    assert status == 0, errors
    assert '466 tensors' in out
    status, _, errors = run_command(*command)
    assert status == 2
    assert '--force overwrites it' in errors
