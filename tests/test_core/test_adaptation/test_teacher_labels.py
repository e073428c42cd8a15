import math

import pytest
import torch

from mmpose_addons_core.adaptation import (
    agreeing,
    count_of_small_losses,
    cover,
    from_view_to_view,
    inside_image,
    most_confident,
    move_points,
    ramp_up,
    smallest_losses,
)


def test_ramp_by_hand():
    assert ramp_up(0) == math.exp(-5)
    assert ramp_up(0.8) == pytest.approx(math.exp(-0.2))
    assert ramp_up(-1) == ramp_up(0)
    assert ramp_up(1) == ramp_up(9) == 1


def test_points_of_a_mirrored_view_in_a_rotated_one(device):
    """A point at (3, 1) of the image, seen mirrored in 10 px and rotated by 90 degrees."""
    mirror = torch.tensor([[[-1.0, 0, 9], [0, 1, 0]]], dtype=torch.float64, device=device)
    rotated = torch.tensor([[[0.0, -1, 9], [1, 0, 0]]], dtype=torch.float64, device=device)
    matrix = from_view_to_view(mirror, rotated)
    seen = torch.tensor([[[6.0, 1.0]]], device=device)
    assert move_points(seen, matrix).tolist() == [[[8.0, 3.0]]]
    back = from_view_to_view(rotated, mirror)
    assert move_points(move_points(seen, matrix), back).tolist() == seen.tolist()


def test_surest_share_of_the_whole_batch(device):
    confidence = torch.tensor([[0.9, 0.8, 0.1], [0.2, 0.3, 0.7]], device=device)
    assert most_confident(confidence, 0.5).tolist() == [
        [True, True, False],
        [False, False, True],
    ]
    assert not most_confident(confidence, 0.05).any()
    assert most_confident(confidence, 1).all()
    # the same rows as a part of a larger batch
    assert most_confident(confidence[1:], 0.5, among=confidence).tolist() == [
        [False, False, True]
    ]
    # joints that are as sure as the last one stay with it
    assert most_confident(torch.ones(2, 3), 0.5).all()


def test_small_losses_of_each_image(device):
    losses = torch.tensor([[3.0, 1, 2], [0.0, torch.inf, 5]], device=device)
    assert smallest_losses(losses, 2).tolist() == [[False, True, True], [True, False, True]]
    assert smallest_losses(losses, 3).all()
    assert not smallest_losses(losses, 0).any()


def test_count_of_small_losses_is_that_of_the_published_code():
    """18 joints; one fewer each epoch from epoch 2 on, down to 9."""
    counts = [count_of_small_losses(epoch, 18) for epoch in range(12)]
    assert counts == [18, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 9]
    assert count_of_small_losses(100, 5, start=0, floor=0.5) == 3
    for wrong in (dict(floor=9), dict(floor=0), dict(start=-1)):
        with pytest.raises(ValueError, match=f'{next(iter(wrong))} must '):
            count_of_small_losses(0, 18, **wrong)


def test_agreement_and_border(device):
    one = torch.tensor([[[0.0, 0], [0, 0]]], device=device)
    two = torch.tensor([[[3.0, 4], [0, 5.1]]], device=device)
    assert agreeing(one, two, 5).tolist() == [[True, False]]
    points = torch.tensor([[-0.5, 0], [9.5, 4.5], [9.6, 0], [0, -0.6]], device=device)
    assert inside_image(points, (10, 5)).tolist() == [True, True, False, False]


def test_covered_squares_by_hand(device):
    images = torch.arange(2 * 16, dtype=torch.float32, device=device).reshape(2, 1, 4, 4)
    rows, corner, origin = (
        torch.tensor(values, device=device) for values in ([1], [[2, 1]], [[0, 0]])
    )
    result = cover(images, rows, corner, origin, 2)
    assert torch.equal(result[0], images[0])
    assert result[1, 0].tolist() == [
        [16, 17, 18, 19],
        [20, 21, 16, 17],
        [24, 25, 20, 21],
        [28, 29, 30, 31],
    ]
    # a square at the border is moved inside
    clipped = cover(images, rows, torch.tensor([[9, -5]], device=device), origin, 2)
    assert clipped[1, 0, 0].tolist() == [16, 17, 16, 17]


def test_patch_larger_than_the_image():
    numbers = torch.zeros(1, 2, dtype=torch.long)
    with pytest.raises(ValueError, match='between 1 px and 4 px, that of the images, got 5'):
        cover(torch.zeros(1, 1, 4, 6), numbers[:, 0], numbers, numbers, 5)
