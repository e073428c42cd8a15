"""Published checkpoints of HRNet's code family against a forward pass of their weights."""

import functools

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import load_checkpoint
from mmpose.registry import MODELS

from helpers.networks import filled
from helpers.published_networks import Published, pose_hrnet_shapes, pose_resnet_shapes
from mmpose_addons.checkpoints import CONVERTERS, CheckpointError, convert_checkpoint


def pose_model(backbone, head):
    return MODELS.build(
        Config(
            dict(
                type='TopdownPoseEstimator',
                backbone=backbone,
                head=dict(type='HeatmapHead', **head),
            )
        )
    )


def resnet(depth, keypoints):
    channels = 512 if depth < 50 else 2048
    return pose_model(
        dict(type='ResNet', depth=depth), dict(in_channels=channels, out_channels=keypoints)
    )


def hrnet(width, keypoints):
    def stage(branches, modules):
        return dict(
            num_modules=modules,
            num_branches=branches,
            block='BASIC',
            num_blocks=(4,) * branches,
            num_channels=tuple(width * 2**i for i in range(branches)),
        )

    first = dict(
        num_modules=1, num_branches=1, block='BOTTLENECK', num_blocks=(4,), num_channels=(64,)
    )
    extra = dict(stage1=first, stage2=stage(2, 1), stage3=stage(3, 4), stage4=stage(4, 3))
    return pose_model(
        dict(type='HRNet', in_channels=3, extra=extra),
        dict(in_channels=width, out_channels=keypoints, deconv_out_channels=None),
    )


def waves(shapes):
    """Weights, none like another, with branches that add up to sane sizes."""
    state = filled(dict(shapes))
    return {
        key: value * 0.3 if key.endswith(('bn2.weight', 'bn3.weight')) else value
        for key, value in state.items()
    }


RESNETS = {18: ((2, 2, 2, 2), False), 34: ((3, 4, 6, 3), False), 50: ((3, 4, 6, 3), True)}


@functools.lru_cache(maxsize=1)  # the tests of one network follow each other
def published_network(network, size, maps):
    """Weights, an image and what the published code makes of it."""
    if network == 'pose_resnet':
        shapes = pose_resnet_shapes(*RESNETS[size], maps)
    else:
        shapes = pose_hrnet_shapes(size, maps)
    published, image = waves(shapes), torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        return published, image, getattr(Published(published), network)(image)


@pytest.mark.parametrize('wrap', ['plain', 'module', 'training'])
@pytest.mark.parametrize(
    ('family', 'network', 'size', 'maps'),
    [
        ('simple_baseline', 'pose_resnet', 18, 17),
        ('simple_baseline', 'pose_resnet', 50, 16),
        ('dark', 'pose_resnet', 34, 17),
        ('hrnet', 'pose_hrnet', 8, 17),
        ('dark', 'pose_hrnet', 8, 17),
        ('udp', 'pose_hrnet', 8, 17),
        ('udp', 'pose_hrnet', 8, 51),
    ],
)
def test_converted_networks_give_the_published_output(
    tmp_path, family, network, size, maps, wrap
):
    published, image, expected = published_network(network, size, maps)
    model = resnet(size, maps) if network == 'pose_resnet' else hrnet(size, maps)
    content = {
        'plain': published,
        'module': {f'module.{key}': value for key, value in published.items()},
        'training': dict(epoch=210, model='pose_x', state_dict=published, perf=0.7),
    }[wrap]
    torch.save(content, tmp_path / 'a.pth.tar')
    convert_checkpoint(family, tmp_path / 'a.pth.tar', tmp_path / 'b.pth')
    load_checkpoint(model, str(tmp_path / 'b.pth'), strict=True)

    with torch.no_grad():
        output = model.eval()(image, None)
    assert output.shape == (1, maps, 16, 16)
    assert expected.std() > 1e-3
    assert (output - expected).abs().max() <= 1e-4 * expected.abs().max()


def hrnet_state(maps=17):
    return waves(pose_hrnet_shapes(4, maps))


def resnet_state():
    return waves(pose_resnet_shapes(*RESNETS[18], 17))


def changed(state, **changes):
    state = dict(state)
    for key, value in changes.items():
        state[key.replace('__', '.')] = value
    return state


def without(state, key):
    return {name: value for name, value in state.items() if name != key}


@pytest.mark.parametrize(
    ('family', 'state', 'message'),
    [
        ('hrnet', resnet_state, 'a pose_resnet, which is no hrnet; try family simple_baseline'),
        ('simple_baseline', hrnet_state, 'a pose_hrnet, .* try family hrnet'),
        ('hrnet', lambda: hrnet_state(51), '51 maps are three a keypoint.*family udp'),
        ('dark', lambda: {'hg.0.weight': torch.ones(1)}, 'family ccssl_hourglass'),
        ('dark', lambda: {'backbone.conv1.weight': torch.ones(1)}, "MMPose's own names"),
        ('dark', lambda: {'fc.weight': torch.ones(1)}, 'a classifier'),
        ('dark', lambda: {'x.weight': torch.ones(1)}, r"unknown, .*'x.weight'"),
        (
            'hrnet',
            lambda: changed(hrnet_state(), extra=torch.ones(1)),
            'backbone.extra is unknown',
        ),
        (
            'udp',
            lambda: without(hrnet_state(), 'stage3.1.branches.2.3.bn2.bias'),
            'backbone.stage3.1.branches.2.3.bn2.bias is missing',
        ),
        (
            'simple_baseline',
            lambda: without(resnet_state(), 'deconv_layers.4.running_var'),
            'head.deconv_layers.4.running_var is missing',
        ),
        (
            'hrnet',
            lambda: without(hrnet_state(), 'stage2.0.branches.1.0.conv1.weight'),
            'stage2.0.branches.1.0.conv1.weight is missing or no convolution',
        ),
        (
            'simple_baseline',
            lambda: changed(resnet_state(), layer4__2__conv1__weight=torch.ones(1)),
            r'a ResNet with \(2, 2, 2, 3\) blocks',
        ),
    ],
)
def test_other_checkpoints_are_told_apart(family, state, message):
    with pytest.raises(CheckpointError, match=message):
        CONVERTERS[family](state())


def test_lpn_is_told_apart():
    state = MODELS.build(dict(type='LPN', depth=50)).state_dict()
    state = dict(state) | {
        'deconv_layers.0.weight': torch.ones(1),
        'final_layer.w': torch.ones(1),
    }
    with pytest.raises(CheckpointError, match='an LPN: family lpn'):
        CONVERTERS['simple_baseline'](state)
