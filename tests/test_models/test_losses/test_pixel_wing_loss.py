"""Wing loss in pixels, alone and in MMPose's regression head."""

import math

import pytest
import torch
from mmengine.structures import InstanceData
from mmpose.registry import MODELS
from mmpose.structures import PoseDataSample

from mmpose_addons.models.losses import PixelWingLoss

WIDTH, HEIGHT = SIZE = (100, 50)


def test_worked_by_hand():
    """Point 1 is 4 px too far right, point 2 is 20 px too low, point 3 is invisible."""
    target = torch.full((1, 3, 2), 0.5, dtype=torch.float64)
    target[0, 2] = math.nan
    pred = torch.full((1, 3, 2), 0.5, dtype=torch.float64)
    pred += torch.tensor([[4 / WIDTH, 0], [0, 20 / HEIGHT], [9, 9]])
    pred.requires_grad_()

    loss = PixelWingLoss(SIZE)(pred, target, torch.tensor([[1.0, 0.5, 0.0]]))
    loss.backward()

    first, second = 10 * math.log(3) / 2, (10 + 10 * math.log(6)) / 2
    assert loss.item() == pytest.approx((first + 0.5 * second) / 2, rel=1e-6)
    # d loss / d x = wing'(4 px) / (2 coordinates) / (2 points) * 100 px
    expected = torch.zeros(1, 3, 2, dtype=torch.float64)
    expected[0, 0, 0] = 10 / 6 / 4 * WIDTH
    expected[0, 1, 1] = 0.5 * 1 / 4 * HEIGHT
    torch.testing.assert_close(pred.grad, expected, rtol=1e-6, atol=0)


def test_gradcheck():
    target = torch.rand(2, 3, 2, dtype=torch.float64)
    pred = (target + torch.randn_like(target) * 0.2).requires_grad_()
    weights = torch.tensor([[1.0, 0.0, 0.3], [0.0, 2.0, 1.0]])
    assert torch.autograd.gradcheck(lambda p: PixelWingLoss(SIZE)(p, target, weights), pred)


def test_normalized_unit_leaves_the_coordinates():
    target = torch.rand(2, 3, 2)
    pred = torch.rand(2, 3, 2)
    small = PixelWingLoss(unit='normalized', omega=10 / 64, epsilon=2 / 64)(pred, target)
    pixels = PixelWingLoss((64, 64))(pred, target)
    assert small.item() * 64 == pytest.approx(pixels.item(), rel=1e-5)


def test_precision_and_invisible_faces(dtype, device):
    loss = PixelWingLoss((256, 256)).to(device)
    target = torch.rand(2, 4, 2, device=device).to(dtype)
    target[1] = math.nan
    pred = target.nan_to_num().clone().requires_grad_()
    weights = torch.tensor([[1.0] * 4, [0.0] * 4], device=device).to(dtype)
    value = loss(pred, target, weights)
    value.backward()
    assert value.item() == 0
    assert not pred.grad.any()  # neither at 0 nor of invisible points
    far = (pred.detach() + 0.25).requires_grad_()
    loss(far, target, weights).backward()
    assert far.grad.isfinite().all()
    assert (far.grad[0] > 0).all()
    half_network = loss.to(dtype)
    assert half_network(far * 2000, target, weights).isfinite()


def test_a_nan_prediction_is_not_hidden():
    pred = torch.tensor([[[math.nan, 0.1]]])
    assert PixelWingLoss(SIZE)(pred, torch.zeros(1, 1, 2), torch.ones(1, 1)).isnan()


@pytest.mark.parametrize(
    ('pred', 'target', 'weights', 'message'),
    [
        ((4, 6, 1, 1), (4, 6), None, r'got \(4, 6, 1, 1\) and \(4, 6\)'),
        ((4, 3, 2), (1, 3, 2), None, r'got \(4, 3, 2\) and \(1, 3, 2\)'),
        ((4, 6), (4, 6), None, r'\(B, K, 2\), got \(4, 6\)'),
        ((4, 3, 3), (4, 3, 3), None, r'\(B, K, 2\), got \(4, 3, 3\)'),
        ((4, 3, 2), (4, 3, 2), (4, 1), r'\(4, 3\) or \(4, 3, 1\), got \(4, 1\)'),
        ((4, 3, 2), (4, 3, 2), (3, 1), r'got \(3, 1\)'),
    ],
)
def test_nothing_is_broadcast(pred, target, weights, message):
    weights = None if weights is None else torch.ones(weights)
    with pytest.raises(ValueError, match=message):
        PixelWingLoss(SIZE)(torch.zeros(pred), torch.zeros(target), weights)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(), 'codec.s input_size'),
        (dict(input_size=(128,)), r'got \(128,\)'),
        (dict(input_size=(128, 0)), 'codec.s input_size'),
        (dict(unit='px', input_size=SIZE), "got 'px'"),
    ],
)
def test_unfit_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        PixelWingLoss(**arguments)


def test_in_the_regression_head():
    head = MODELS.build(
        dict(
            type='RegressionHead',
            in_channels=4,
            num_joints=2,
            loss=dict(type='PixelWingLoss', input_size=SIZE, use_target_weight=True),
        )
    )
    for parameter in head.fc.parameters():
        torch.nn.init.zeros_(parameter)
    samples = []
    for weight in (1.0, 0.0):
        labels = InstanceData(
            keypoint_labels=torch.full((1, 2, 2), 0.02),  # 2 px and 1 px from 0
            keypoint_weights=torch.full((1, 2), weight),
        )
        samples.append(PoseDataSample(gt_instance_labels=labels))
    losses = head.loss((torch.ones(2, 4, 1, 1),), samples)
    expected = (10 * math.log(2) + 10 * math.log(1.5)) / 2
    assert losses['loss_kpt'].item() == pytest.approx(expected, rel=1e-5)
