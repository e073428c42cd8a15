import numpy as np
import pytest
import torch

from mmpose_addons_core.adaptation import Appearance


def rngs(count):
    return [np.random.default_rng(i) for i in range(count)]


@pytest.fixture
def images():
    return torch.rand(40, 3, 16, 20) * 255


def test_an_image_depends_on_its_generator_alone(images):
    together = Appearance().apply(images, rngs(40))
    for i in (0, 7, 39):
        alone = Appearance().apply(images[i : i + 1], rngs(40)[i : i + 1])[0]
        # the common blur kernel may be wider than 3 of its own sigma: 0.3 % of the weight
        torch.testing.assert_close(alone, together[i], rtol=0, atol=1.5)


def test_about_half_of_the_images_change(images):
    for name, amount in dict(noise=0.5, blur=5, contrast=2, colour=0.5).items():
        off = dict(noise=0, blur=0, contrast=1, colour=0)
        changed = Appearance(**{**off, name: amount}).apply(images, rngs(40))
        share = ((changed - images).abs() > 0.1).flatten(1).any(1).float().mean()
        assert 0.25 < share < 0.75, name
    same = Appearance(**off).apply(images, rngs(40))
    torch.testing.assert_close(same, images, rtol=1e-5, atol=1e-3)


def test_contrast_keeps_the_mean_and_blur_the_sum(images):
    contrast = Appearance(noise=0, blur=0, contrast=2, colour=0).apply(images, rngs(40))
    torch.testing.assert_close(contrast.mean((2, 3)), images.mean((2, 3)))
    ratio = contrast.std((2, 3)) / images.std((2, 3))
    assert 0.5 <= ratio.min() < 0.8
    assert 1.25 < ratio.max() <= 2
    flat = torch.full((8, 3, 16, 16), 90.0)
    blurred = Appearance(noise=0, blur=3, contrast=1, colour=0).apply(flat, rngs(8))
    torch.testing.assert_close(blurred, flat)


def test_amounts_are_shares_of_the_full_range():
    """A normalised image changes as much as the image it was made of."""
    image = torch.rand(20, 3, 16, 16) * 255
    mean, std = torch.tensor([120.0, 110, 100]), torch.tensor([58.0, 57, 57])
    mean, std = mean.reshape(3, 1, 1), std.reshape(3, 1, 1)
    look = Appearance(noise=0.3, blur=2, contrast=2, colour=0.2)
    expected = (look.apply(image, rngs(20)) - mean) / std
    changed = look.apply((image - mean) / std, rngs(20), 255 / std)
    torch.testing.assert_close(changed, expected, rtol=0, atol=1e-4)


def test_small_images_and_large_blur():
    flat = torch.full((6, 3, 5, 4), 90.0)
    look = Appearance(noise=0, blur=5, contrast=1, colour=0)
    torch.testing.assert_close(look.apply(flat, rngs(6)), flat)
    tiny = torch.rand(6, 3, 5, 4)
    assert not torch.equal(look.apply(tiny, rngs(6)), tiny)


@pytest.mark.parametrize('bad', [dict(noise=-1), dict(contrast=0.5)])
def test_bad_amounts(bad):
    with pytest.raises(ValueError, match='amounts >= 0'):
        Appearance(**bad)
