import pytest
import torch
from mmengine.logging import MessageHub
from mmpose.registry import MODELS

from mmpose_addons.models.losses.loss_domain import losses_of
from mmpose_addons_core.losses.side_agnostic import nearer_sides

LIMBS = [[(1, 2), (3, 4)], [(5, 6)]]
SWAPPED = [0, 2, 1, 4, 3, 5, 6]
INNER = dict(type='KeypointMSELoss', use_target_weight=True)


@pytest.fixture
def maps():
    return torch.rand(2, 7, 6, 5)


def build(**arguments):
    return MODELS.build(dict(type='SideAgnosticLoss', loss=INNER, limbs=LIMBS, **arguments))


def test_a_limb_changes_sides_as_a_whole(maps):
    weights = torch.rand(2, 7)
    target = maps.clone()
    target[0] = maps[0, SWAPPED]
    found, moved = nearer_sides(maps, target, weights, LIMBS)
    torch.testing.assert_close(found, maps)
    torch.testing.assert_close(moved[0], weights[0, SWAPPED])
    torch.testing.assert_close(moved[1], weights[1])
    half = maps.clone()
    half[0, [1, 2]] = maps[0, [2, 1]]  # one of two pairs: the limb is right as a whole or not
    for sides in nearer_sides(maps, half, torch.ones(2, 7), LIMBS)[0][0, 1:5]:
        assert min((sides - half[0, k]).abs().max() for k in range(1, 5)) == 0


def test_coordinates(maps):
    points = torch.rand(3, 7, 2)
    found, weights = nearer_sides(points, points[:, SWAPPED], torch.ones(3, 7, 2), LIMBS)
    torch.testing.assert_close(found, points)
    assert weights.shape == (3, 7, 2)


def test_joints_without_a_label_have_no_say(maps):
    target = maps[:, SWAPPED].clone()
    weights = torch.ones(2, 7)
    weights[:, 1:5] = 0
    found, _ = nearer_sides(maps, target, weights, LIMBS)
    torch.testing.assert_close(found, target)


def test_only_for_the_target_and_its_first_epochs(maps):
    loss = build(epochs=2)
    weights, target = torch.ones(2, 7), maps[:, SWAPPED]
    plain = MODELS.build(INNER)(maps, target, weights)
    hub = MessageHub.get_current_instance()
    assert loss(maps, target, weights) == plain
    with losses_of('target'):
        hub.update_info('epoch', 1)
        assert loss(maps, target, weights) == 0
        hub.update_info('epoch', 2)
        assert loss(maps, target, weights) == plain
        assert build()(maps, target, weights) == 0


def test_the_gradient_is_that_of_the_better_assignment(maps):
    output = maps.clone().requires_grad_()
    target = (maps + 0.1)[:, SWAPPED]
    with losses_of('target'):
        build()(output, target, torch.ones(2, 7)).backward()
    torch.testing.assert_close(output.grad, torch.full_like(maps, -0.2 / maps.numel()))


def test_bad_limbs():
    with pytest.raises(ValueError, match=r'each of them once, got \[\[\(1, 2, 3\)\]\]'):
        MODELS.build(dict(type='SideAgnosticLoss', loss=INNER, limbs=[[(1, 2, 3)]]))


def test_limbs_of_a_larger_skeleton(maps):
    loss = build()
    with pytest.raises(ValueError, match='limbs must have keypoints below 6, got 6'):
        loss(maps[:, :6], maps[:, :6], torch.ones(2, 6))
