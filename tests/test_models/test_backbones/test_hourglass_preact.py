import pytest
import torch
from mmengine.structures import InstanceData, PixelData
from mmpose.registry import MODELS
from mmpose.structures import PoseDataSample


def test_parameter_count_is_the_published_one():
    network = MODELS.build(dict(type='HourglassPreAct'))
    assert sum(p.numel() for p in network.parameters()) == 13_022_408


def test_every_stack_trains():
    """The loss of MMPose's multi-stage head reaches every parameter."""
    backbone = MODELS.build(dict(type='HourglassPreAct', num_stacks=2, feat_channels=32))
    head = MODELS.build(
        dict(type='CPMHead', in_channels=18, out_channels=18, num_stages=2, final_layer=None)
    )
    sample = PoseDataSample(
        gt_fields=PixelData(heatmaps=torch.rand(18, 16, 16)),
        gt_instance_labels=InstanceData(keypoint_weights=torch.ones(1, 18)),
    )
    stacks = backbone(torch.rand(2, 3, 64, 64))
    loss = head.loss(stacks, [sample, sample])['loss_kpt']
    # one mean square for each stack
    expected = sum((stack - sample.gt_fields.heatmaps).square().mean() for stack in stacks)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    loss.backward()
    assert [name for name, p in backbone.named_parameters() if p.grad is None] == []
    assert not [*head.parameters()]


def test_shapes_of_other_sizes():
    network = MODELS.build(
        dict(type='HourglassPreAct', num_stacks=3, out_channels=5, feat_channels=16, depth=2)
    )
    assert [tuple(s.shape) for s in network(torch.zeros(2, 3, 32, 48))] == [(2, 5, 8, 12)] * 3


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(num_stacks=0), 'num_stacks must be at least 1, got 0'),
        (dict(depth=0), 'depth must be at least 1, got 0'),
        (dict(feat_channels=255), 'feat_channels must be even, got 255'),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        MODELS.build(dict(type='HourglassPreAct', **arguments))


def test_unfit_image_is_named():
    network = MODELS.build(dict(type='HourglassPreAct', num_stacks=1, feat_channels=16))
    with pytest.raises(ValueError, match='multiples of 64 px, got 192 x 250 px'):
        network(torch.zeros(1, 3, 250, 192))
