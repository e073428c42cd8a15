"""The auxiliary branch takes part in training and in nothing else."""

import numpy as np
import pytest
import torch
from mmengine.dataset import Compose, pseudo_collate
from mmpose.registry import MODELS, TRANSFORMS
from torch.utils.flop_counter import FlopCounterMode

from mmpose_addons.codecs import RegressionWithHeatmap

JOINTS = 5
CODEC = dict(
    type='RegressionWithHeatmap',
    input_size=(64, 64),
    heatmap=dict(type='DARKHeatmap', heatmap_size=(8, 8), sigma=1),
)
BRANCH = dict(
    type='HeatmapHead',
    in_channels=8,
    out_channels=JOINTS,
    deconv_out_channels=None,
    loss=dict(type='KeypointMSELoss', use_target_weight=True, loss_weight=3.0),
)


def network(auxiliary=BRANCH):
    torch.manual_seed(0)
    model = MODELS.build(
        dict(
            type='TopdownPoseEstimator',
            data_preprocessor=dict(type='mmpose.PoseDataPreprocessor'),
            backbone=dict(type='MobileNetV2', widen_factor=0.1, out_indices=(2, 7)),
            head=dict(
                type='RegressionWithHeatmapHead',
                in_channels=1280,
                num_joints=JOINTS,
                loss=dict(type='PixelWingLoss', input_size=(64, 64)),
                decoder=CODEC,
                auxiliary=auxiliary,
            ),
            test_cfg=dict(flip_test=True, shift_coords=True),
        )
    )
    return model.eval()  # a batch of one has no variance


@pytest.fixture
def batch(rng):
    """Through MMPose's own pipeline; the last keypoint is invisible."""
    sample = dict(
        img=rng.integers(0, 255, (64, 64, 3), dtype=np.uint8),
        bbox_center=np.full((1, 2), 32.0, np.float32),
        bbox_scale=np.full((1, 2), 64.0, np.float32),
        bbox_rotation=np.zeros(1),
        bbox=np.array([[0, 0, 64, 64]], np.float32),
        bbox_score=np.ones(1, np.float32),
        keypoints=rng.uniform(8, 56, (1, JOINTS, 2)).astype(np.float32),
        keypoints_visible=np.array([[1, 1, 1, 1, 0]], np.float32),
        flip_indices=[1, 0, 3, 2, 4],
    )
    steps = [
        dict(type='TopdownAffine', input_size=(64, 64)),
        dict(type='GenerateTarget', encoder=CODEC),
        dict(type='PackPoseInputs'),
    ]
    return pseudo_collate([Compose([TRANSFORMS.build(step) for step in steps])(sample)])


def losses_of(model, batch):
    return model(**model.data_preprocessor(batch, training=True), mode='loss')


def test_both_losses(batch):
    model = network()
    losses = losses_of(model, batch)
    images = model.data_preprocessor(batch)['inputs']
    with torch.no_grad():
        maps = model.head.auxiliary((model.backbone(images)[0],))
    target = batch['data_samples'][0].gt_fields.heatmaps[None]
    weights = torch.tensor([1.0, 1, 1, 1, 0])[:, None, None]
    expected = 3 * ((maps - target) ** 2 * weights).mean()
    assert losses['loss_heatmap'].item() == pytest.approx(expected.item(), rel=1e-5)
    alone = losses_of(network(auxiliary=None), batch)
    assert losses['loss_kpt'].item() == pytest.approx(alone['loss_kpt'].item(), rel=1e-5)
    assert 'loss_heatmap' not in alone


def test_the_branch_trains_the_early_stage(batch):
    model = network()
    losses_of(model, batch)['loss_heatmap'].backward()
    trained = {n for n, p in model.named_parameters() if p.grad is not None and p.grad.any()}
    assert {name.rsplit('.', 1)[0] for name in trained} >= {'head.auxiliary.final_layer'}
    assert any(name.startswith('backbone.layer3') for name in trained)
    assert not any(name.startswith(('backbone.layer4', 'head.fc')) for name in trained)


def test_free_at_inference(batch):
    model, bare = network(), network(auxiliary=None)
    bare.load_state_dict(
        {k: v for k, v in model.state_dict().items() if not k.startswith('head.auxiliary')}
    )
    ran = []
    model.head.auxiliary.register_forward_hook(lambda *_: ran.append(1))
    image = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(model(image, None), bare(image, None))
        first, second = (net.test_step(batch)[0].pred_instances for net in (model, bare))
    np.testing.assert_array_equal(first.keypoints, second.keypoints)
    assert not ran
    work, exported = [], []
    for net in (model, bare):
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            net(image, None)
        work.append(counter.get_total_flops())
        net.requires_grad_(False)
        graph = torch.jit.trace(lambda x, net=net: net(x, None), image).graph
        exported.append(str(graph).count('aten::_convolution'))
    assert work[0] == work[1] > 0
    assert exported[0] == exported[1] > 0


def test_switched_to_deploy():
    model = network()
    image = torch.rand(1, 3, 64, 64)
    before = model(image, None)
    model.switch_to_deploy()
    assert not any('auxiliary' in key for key in model.state_dict())
    assert torch.equal(model(image, None), before)


def test_codec_agrees_with_its_parts(rng):
    keypoints = rng.uniform(-5, 70, (1, JOINTS, 2)).astype(np.float32)
    visible = np.array([[1, 0, 1, 1, 1]], np.float32)
    codec = RegressionWithHeatmap(CODEC['input_size'], CODEC['heatmap'])
    encoded = codec.encode(keypoints, visible)
    np.testing.assert_array_equal(
        encoded['heatmaps'], codec.heatmap.encode(keypoints, visible)['heatmaps']
    )
    decoded, _ = codec.decode(encoded['keypoint_labels'])
    np.testing.assert_allclose(decoded, keypoints, atol=1e-4)  # float32 of up to 70 px
    inside = ((keypoints >= 0) & (keypoints <= 63)).all(-1)
    np.testing.assert_array_equal(encoded['keypoint_weights'], inside * visible)
