import numpy as np
import pytest
import torch

from mmpose_addons.models.adaptation.occlusion import JointOcclusion


@pytest.fixture
def images():
    """Four images; every pixel has another value."""
    return torch.arange(4 * 20 * 24, dtype=torch.float32).reshape(4, 1, 20, 24)


def changed(before, after):
    """Where pixels differ: rows and columns of each image."""
    return [np.argwhere(found.numpy()) for found in (before != after)[:, 0]]


def test_sure_joints_are_covered(images):
    """A patch of 5 px around joint 1 of rows 1 and 3, from elsewhere in the same image."""
    points = torch.tensor([[[0.0, 0], [10, 8]]]).expand(2, 2, 2)
    sure = torch.tensor([[False, True]]).expand(2, 2)
    occlusion = JointOcclusion(probability=1, size=5 / 24)
    result = occlusion.apply(images, [1, 3], points, sure, [7, 8])
    rows = changed(images, result)
    assert [len(row) > 0 for row in rows] == [False, True, False, True]
    for row in (1, 3):
        assert rows[row].min(0).tolist() == [6, 8]
        assert rows[row].max(0).tolist() == [10, 12]
        assert set(result[row].flatten().tolist()) <= set(images[row].flatten().tolist())
    again = occlusion.apply(images, [1, 3], points, sure, [7, 8])
    assert torch.equal(result, again)
    other = occlusion.apply(images, [1, 3], points, sure, [9, 8])
    assert not torch.equal(result[1], other[1])
    assert torch.equal(result[3], other[3])


def test_share_of_images_and_number_of_joints(images):
    many = images[:1].expand(400, -1, -1, -1)
    points = torch.tensor([[[3.0, 3], [20, 3], [12, 16]]]).expand(400, 3, 2)
    sure = torch.ones(400, 3, dtype=torch.bool)
    rows, seeds = list(range(400)), list(range(400))
    one = JointOcclusion(probability=0.25).apply(many, rows, points, sure, seeds)
    share = (one != many).flatten(1).any(1).float().mean().item()
    assert 0.19 < share < 0.31  # 0.25 of 400, five standard deviations of a tenth each
    all_of_them = JointOcclusion(probability=1, count=3, size=2 / 24).apply(
        many, rows, points, sure, seeds
    )
    assert (all_of_them != many).flatten(1).sum(1).float().mean() > 11  # of 3 x 4 px


def test_nothing_to_cover(images):
    points, unsure = torch.zeros(4, 2, 2), torch.zeros(4, 2, dtype=torch.bool)
    rows = list(range(4))
    result = JointOcclusion(probability=1).apply(images, rows, points, unsure, rows)
    assert torch.equal(result, images)
    never = JointOcclusion(probability=0)
    assert torch.equal(never.apply(images, rows, points, ~unsure, rows), images)


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        (dict(probability=2), 'occlusion needs a probability in'),
        (dict(count=0), 'count must be a whole number of at least 1, got 0'),
        (dict(size=0), 'occlusion needs a probability in'),
    ],
)
def test_wrong_arguments(wrong, message):
    with pytest.raises(ValueError, match=message):
        JointOcclusion(**wrong)
