import numpy as np
import pytest
import torch

from mmpose_addons_core.adaptation import (
    Views,
    ViewSampler,
    inverse,
    move_points,
    on_maps,
    swap_sides,
    warp,
)


def one_view(scale=1.0, rotation=0.0, flip=False):
    return Views(np.array([[scale]]), np.array([[rotation]]), np.array([[flip]]))


def rngs(count, seed=0):
    return [np.random.default_rng((seed, i)) for i in range(count)]


def blobs(points, size, dtype=torch.float64):
    """Maps (1, K, H, W) with a Gaussian of sigma 2 at each point."""
    x, y = torch.meshgrid(
        torch.arange(size[0], dtype=dtype), torch.arange(size[1], dtype=dtype), indexing='xy'
    )
    distance = (x - points[:, 0, None, None]) ** 2 + (y - points[:, 1, None, None]) ** 2
    return torch.exp(-distance / 8)[None]


def centre_of_mass(maps):
    x = torch.arange(maps.shape[-1], dtype=maps.dtype)
    y = torch.arange(maps.shape[-2], dtype=maps.dtype)
    total = maps.sum((-2, -1))
    return torch.stack(((maps.sum(-2) @ x) / total, (maps.sum(-1) @ y) / total), -1)


@pytest.mark.parametrize(
    ('view', 'expected'),
    [
        (one_view(), (12, 5)),
        (one_view(scale=2), (11, 7)),  # half as far from the centre (10, 9)
        (one_view(rotation=90), (6, 7)),  # y points down: to the right turns into up
        (one_view(flip=True), (8, 5)),
        (one_view(scale=0.5, flip=True), (6, 1)),
        (one_view(rotation=90, flip=True), (6, 11)),  # mirrored first, then turned
    ],
)
def test_where_a_point_goes(view, expected):
    points = move_points(
        torch.tensor([[12.0, 5.0]], dtype=torch.float64), view.matrices((21, 19))[0, 0]
    )
    torch.testing.assert_close(points[0], torch.tensor(expected, dtype=torch.float64))


def test_reference_formula(rng):
    """R(rot) (p - c) / scale + c with R = [[cos, sin], [-sin, cos]]."""
    scale, rotation = 1.2, 25.0
    p, c = rng.uniform(0, 64, 2), np.array([31.5, 31.5])
    cos, sin = np.cos(np.deg2rad(rotation)), np.sin(np.deg2rad(rotation))
    expected = np.array([[cos, sin], [-sin, cos]]) @ (p - c) / scale + c
    matrix = one_view(scale, rotation).matrices((64, 64))[0, 0]
    np.testing.assert_allclose(move_points(torch.from_numpy(p[None]), matrix)[0], expected)


def test_points_come_back_exactly(rng):
    views = ViewSampler(count=7, flip_share=0.5).sample(rngs(5))
    matrices = views.matrices((192, 256))
    points = torch.from_numpy(rng.uniform(0, 200, (7, 5, 17, 2)))
    back = move_points(move_points(points, matrices), inverse(matrices))
    torch.testing.assert_close(back, points, rtol=0, atol=1e-10)


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
@pytest.mark.parametrize('size', [(48, 64), (64, 48), (33, 33)])
def test_images_move_as_their_points(rng, size, dtype):
    views = ViewSampler(count=6, flip_share=0.5).sample(rngs(1))
    middle = np.array(size) / 2
    points = torch.from_numpy(middle + rng.uniform(-6, 6, (4, 2))).to(dtype)
    maps = blobs(points, size, dtype)
    for matrix in views.matrices(size):
        moved = warp(maps, matrix)
        # bilinear values of a wide blob keep its centre; OpenCV rounds to 1/32 px
        torch.testing.assert_close(
            centre_of_mass(moved)[0], move_points(points, matrix[0]), rtol=0, atol=0.03
        )


def test_both_ways_of_warping_agree(rng):
    images = torch.from_numpy(rng.normal(size=(3, 18, 32, 24)))
    smooth = torch.nn.functional.avg_pool2d(images, 5, 1, 2)
    matrices = ViewSampler(flip_share=0.5).sample(rngs(3)).matrices((24, 32))[2]
    exact = warp(smooth, matrices)
    by_opencv = warp(smooth.float(), matrices)
    assert by_opencv.shape == exact.shape
    # 1/64 px off at most in x and y, where neighbours differ by 0.5 at most
    torch.testing.assert_close(by_opencv.double(), exact, rtol=0, atol=0.02)


def test_single_channel_and_unchanged_argument():
    image = torch.rand(2, 1, 8, 8)
    kept = image.clone()
    matrices = one_view(rotation=90).matrices((8, 8))[0].expand(2, 2, 3)
    turned = warp(image, matrices)
    torch.testing.assert_close(turned, image.rot90(dims=(2, 3)), atol=1e-6, rtol=0)
    assert torch.equal(image, kept)


def test_maps_move_as_their_input():
    matrices = ViewSampler().sample(rngs(1)).matrices((256, 192))[:, 0]
    point = torch.tensor([[40.0, 20.0]], dtype=torch.float64)
    stride = torch.tensor([4.0, 4.0], dtype=torch.float64)
    torch.testing.assert_close(
        move_points(point, on_maps(matrices, (4, 4))),
        move_points(point * stride, matrices) / stride,
    )


def test_sampler_draws_the_papers_views():
    views = ViewSampler(count=2000).sample(rngs(3))
    scale, rotation = views.scale[1:], views.rotation[1:]
    assert views.unchanged(0)
    assert not views.flip.any()
    assert scale.min() == 0.75
    assert scale.max() == 1.25
    assert abs(rotation).max() == 60
    # a normal cut at one standard deviation: 31.7 % lie on the limits
    assert abs(np.mean((scale == 0.75) | (scale == 1.25)) - 0.317) < 0.02
    inside = rotation[abs(rotation) < 60]
    assert abs(inside.std() - 30 * 0.8796) < 1  # of a normal cut at two


def test_views_depend_on_the_generator_alone():
    one, two = ViewSampler().sample(rngs(4)), ViewSampler().sample(rngs(4)[2:])
    np.testing.assert_array_equal(one.scale[:, 2:], two.scale)
    assert (one.scale[1:] != ViewSampler().sample(rngs(4, seed=1)).scale[1:]).any()


def test_swap_sides():
    values = torch.arange(6.0).reshape(2, 3)
    swapped = swap_sides(values, torch.tensor([False, True]), [1, 0, 2], dim=1)
    assert swapped.tolist() == [[0, 1, 2], [4, 3, 5]]


@pytest.mark.parametrize('bad', [dict(count=0), dict(scale_limit=1), dict(flip_share=2)])
def test_bad_sampler(bad):
    with pytest.raises(ValueError, match='must'):
        ViewSampler(**bad)
