"""The registered losses of disks and offsets train a head."""

import pytest
import torch
from mmengine.structures import InstanceData, PixelData
from mmpose.models.heads import HeatmapHead
from mmpose.registry import KEYPOINT_CODECS, MODELS
from mmpose.structures import PoseDataSample

from mmpose_addons_core.losses import grmi_loss, udp_offset_loss


@pytest.mark.parametrize(
    ('config', 'expected'),
    [
        (
            dict(type='UDPOffsetLoss', offset_weight=2.0, smooth=False, loss_weight=3.0),
            lambda *maps: 3 * udp_offset_loss(*maps, offset_weight=2.0, smooth=False),
        ),
        (
            dict(type='GRMILoss', label_weight=1.0, offset_weight=2.0, delta=0.5),
            lambda *maps: grmi_loss(*maps, 1.0, 2.0, 0.5),
        ),
    ],
)
def test_arguments_reach_the_function(config, expected):
    output, target = torch.randn(2, 6, 4, 4), torch.rand(2, 6, 4, 4)
    weights = torch.ones(2, 2)
    loss = MODELS.build(config)(output, target, weights)
    torch.testing.assert_close(loss, expected(output, target, weights))


@pytest.mark.parametrize(
    ('loss', 'codec'),
    [('UDPOffsetLoss', 'UDPOffsetHeatmap'), ('GRMILoss', 'DiskOffsetHeatmap')],
)
def test_head_learns_one_image_and_reads_it(loss, codec, rng, device):
    """A head that only has biases per pixel to learn finds the keypoints in 0.5 px."""
    codec = dict(type=codec, input_size=(65, 65), heatmap_size=(17, 17))
    keypoints = rng.uniform(8, 56, (1, 3, 2))
    encoded = KEYPOINT_CODECS.build(codec).encode(keypoints)
    sample = PoseDataSample(
        gt_fields=PixelData(heatmaps=torch.from_numpy(encoded['heatmaps'])),
        gt_instance_labels=InstanceData(
            keypoint_weights=torch.from_numpy(encoded['keypoint_weights'])
        ),
    ).to(device)
    head = HeatmapHead(
        in_channels=9,
        out_channels=9,
        deconv_out_channels=None,
        final_layer=None,
        loss=dict(type=loss),
        decoder=codec,
    ).to(device)
    feature = torch.zeros(1, 9, 17, 17, device=device, requires_grad=True)
    optimizer = torch.optim.Adam([feature], lr=0.1)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        result = head.loss((feature,), [sample], dict(compute_acc=False))
        result['loss_kpt'].backward()
        optimizer.step()
        losses.append(result['loss_kpt'].item())
    assert losses[-1] < 0.2 * losses[0]
    predicted = head.predict((feature,), [])[0].keypoints
    assert abs(predicted - keypoints).max() < 0.5 * 4
