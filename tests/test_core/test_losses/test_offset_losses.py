"""UDP's and G-RMI's losses, against MMPose's and by hand."""

import numpy as np
import pytest
import torch
from mmpose.models.losses.heatmap_loss import CombinedTargetMSELoss

from mmpose_addons_core.heatmaps import disk_offset_maps
from mmpose_addons_core.losses import grmi_loss, udp_offset_loss


def example(rng, device='cpu'):
    centres = rng.uniform(0, 12, (2, 3, 2))
    visible = np.array([[1, 1, 0], [1, 0, 1]])
    target, _ = disk_offset_maps(centres, visible, (12, 12), 3.0)
    output = torch.from_numpy(rng.normal(size=(2, 9, 12, 12)))
    target = torch.from_numpy(target).double().flatten(1, 2)
    weights = torch.from_numpy(visible).double()
    return output.to(device), target.to(device), weights.to(device)


def test_squared_udp_loss_is_mmposes(rng, device):
    output, target, weights = example(rng, device)
    expected = CombinedTargetMSELoss(use_target_weight=True)(output, target, weights)
    loss = udp_offset_loss(output, target, weights, smooth=False)
    torch.testing.assert_close(loss, expected)


def test_smooth_udp_loss_of_a_constant_difference():
    """Labels differ by 2, so 1.5 each; offsets in a disk of 5 of 9 pixels by 0.5."""
    target = torch.zeros(1, 3, 3, 3)
    target[0, 0, 1, :] = target[0, 0, :, 1] = 1
    output = target + torch.tensor([2.0, 0.5, 0.5]).view(1, 3, 1, 1)
    loss = udp_offset_loss(output, target, torch.ones(1, 1), offset_weight=3.0)
    expected = 0.5 * 1.5 + 3.0 * (5 / 9) * 0.125
    assert loss.item() == pytest.approx(expected)


@pytest.mark.parametrize('loss', [udp_offset_loss, grmi_loss])
def test_offsets_outside_the_disk_do_not_matter(loss, rng):
    output, target, weights = example(rng)
    outside = target[:, ::3] == 0
    changed = output.clone()
    changed[:, 1::3][outside] += 7
    torch.testing.assert_close(loss(changed, target, weights), loss(output, target, weights))


@pytest.mark.parametrize('loss', [udp_offset_loss, grmi_loss])
def test_keypoints_without_a_weight_do_not_matter(loss, rng):
    output, target, weights = example(rng)
    changed = output.clone()
    changed[0, 6:] = 9
    torch.testing.assert_close(loss(changed, target, weights), loss(output, target, weights))


def test_grmi_loss_by_hand():
    """Logits 0 cost ln 2 each; distances of 0.5 and 5 radii are on both Huber branches."""
    target = torch.zeros(1, 3, 1, 4)
    target[0, 0, 0, :2] = 1
    output = torch.zeros(1, 3, 1, 4)
    output[0, 1:, 0, 0] = torch.tensor([0.3, 0.4])
    output[0, 1:, 0, 1] = torch.tensor([3.0, 4.0])
    loss = grmi_loss(output, target, torch.ones(1, 1), label_weight=4, offset_weight=1)
    expected = 4 * np.log(2) + (0.5**2 / 2 + (5 - 0.5)) / 2
    assert loss.item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize('loss', [udp_offset_loss, grmi_loss])
def test_losses_have_gradients_also_at_perfect_offsets(loss, rng):
    output, target, weights = example(rng)
    output[:, 1::3], output[:, 2::3] = target[:, 1::3], target[:, 2::3]
    output.requires_grad_()
    loss(output, target, weights).backward()
    assert output.grad.isfinite().all()
    assert torch.autograd.gradcheck(
        lambda o: loss(o[:1], target[:1], weights[:1]),
        torch.randn_like(output).requires_grad_(),
    )


def test_no_weights_no_loss(rng):
    output, target, weights = example(rng)
    assert grmi_loss(output, target, 0 * weights) == 0
    assert udp_offset_loss(output, 0 * target, 0 * weights) == 0
