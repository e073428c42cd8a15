"""The random changes of images as steps of a pipeline."""

import json
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmpose.registry import TRANSFORMS

from mmpose_addons_core.media.errors import InputError


@pytest.fixture
def sample(rng):
    """A crop of 128 px with a body of four points, as TopdownAffine leaves it."""
    points = np.array([[[40.0, 60], [90, 60], [45, 95], [88, 95]]])
    image = cv2.GaussianBlur(rng.integers(0, 256, (128, 128, 3), dtype=np.uint8), (0, 0), 3)
    return dict(
        img=image,
        bbox=np.array([[130.0, 150, 230, 250]], np.float32),
        bbox_rotation=np.array([0.0]),
        input_center=np.array([180.0, 200]),
        input_scale=np.array([128.0, 128]),
        input_size=(128, 128),
        transformed_keypoints=points,
        keypoints_visible=np.ones((1, 4)),
        skeleton_links=[(0, 1), (0, 2), (1, 3)],
    )


@pytest.fixture
def targets(tmp_path, rng):
    for name in 'ab':
        image = rng.integers(0, 60, (90, 70, 3), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / f'{name}.png'), image)
    return str(tmp_path)


def build(name, targets, **arguments):
    if name == 'FourierDomainAdaptation':
        arguments['images'] = targets
    return TRANSFORMS.build(dict(type=name, **arguments))


NAMES = ['RandomPhotometry', 'RandomTexture', 'RandomBackground', 'FourierDomainAdaptation']


@pytest.mark.parametrize('name', NAMES)
def test_seed_and_probability_decide(name, sample, targets):
    before = sample['img'].copy()
    always, never = (build(name, targets, prob=p) for p in (1.0, 0.0))
    images = []
    for seed in (0, 0, 1):
        np.random.seed(seed)  # noqa: NPY002
        images.append(always(sample)['img'])
    np.testing.assert_array_equal(images[0], images[1])
    assert (images[0] != images[2]).any()
    assert images[0].dtype == np.uint8
    np.testing.assert_array_equal(sample['img'], before)
    np.testing.assert_array_equal(never(sample)['img'], before)
    with pytest.raises(ValueError, match=r'prob must lie in \[0, 1\], got 2'):
        build(name, targets, prob=2)


@pytest.mark.parametrize('name', NAMES)
def test_a_sample_takes_little_time(name, sample, targets):
    """About 0.5 to 1.4 ms of a core that does nothing else; CPU time, and the best of 20."""
    step = build(name, targets, prob=1.0)
    times = []
    for _ in range(20):
        start = time.thread_time()
        step(sample)
        times.append(time.thread_time() - start)
    assert min(times) < 4e-3


def test_background_outside_the_box(sample):
    """The box is 14 to 114 px of the crop."""
    step = build('RandomBackground', None, prob=1.0, inside=0, softness=0)
    changed = step(sample)['img']
    np.testing.assert_array_equal(changed[14:114, 14:114], sample['img'][14:114, 14:114])
    outside = np.ones((128, 128), bool)
    outside[14:115, 14:115] = False
    assert (changed != sample['img'])[outside].mean() > 0.9


def test_background_turns_with_the_crop(sample):
    sample['bbox_rotation'] = np.array([45.0])
    step = build('RandomBackground', None, prob=1.0, inside=0, softness=0)
    same = (step(sample)['img'] == sample['img']).all(2)
    assert same[64, 5:123].all()  # half the diagonal of 100 px is 71 px
    assert same[30:34, 30:34].all()
    assert not same[14:20, 14:20].any()


def test_background_between_the_limbs(sample):
    step = build('RandomBackground', None, prob=1.0, inside=1, radius=0.1, softness=0)
    same = (step(sample)['img'] == sample['img']).all(2)
    assert same[60, 40:91].all()
    assert same[52:69, 65].all()  # 10 px above and below
    assert same[80:96, 66].mean() < 0.1
    sample['keypoints_visible'] = np.array([[1.0, 1, 0, 0]])
    same = (step(sample)['img'] == sample['img']).all(2)
    assert same[14:114, 14:114].all()  # too few points: the box


def test_background_of_images(sample, targets):
    step = build('RandomBackground', targets, prob=1.0, inside=0, softness=0, images=targets)
    assert step(sample)['img'][:14].max() < 60


def test_fourier_takes_the_colours_of_the_target(sample, targets):
    step = build('FourierDomainAdaptation', targets, prob=1.0, share=(1, 1))
    changed = step(sample)['img'].astype(float)
    assert abs(changed.mean() - 29.5) < 6  # clipping at 0 makes it brighter
    detail = [i - cv2.GaussianBlur(i, (0, 0), 4) for i in (changed, sample['img'] * 1.0)]
    assert np.corrcoef(detail[0].ravel(), detail[1].ravel())[0, 1] > 0.7


@pytest.mark.parametrize('name', [*NAMES, 'RandomAppearance'])
@pytest.mark.parametrize(
    ('kind', 'image'),
    [
        ('grey', np.zeros((128, 128), np.uint8)),
        ('grey with an axis', np.zeros((128, 128, 1), np.uint8)),
        ('alpha', np.zeros((128, 128, 4), np.uint8)),
        ('16 bits', np.zeros((128, 128, 3), np.uint16)),
        ('from 0 to 1', np.zeros((128, 128, 3), np.float32)),
    ],
)
def test_images_of_another_kind_are_named(name, kind, image, sample, targets):
    """They come from LoadImage with another color_type; nothing is changed to grey values."""
    step = build(name, targets, **({} if name == 'RandomAppearance' else dict(prob=1.0)))
    message = rf'{name} needs images of shape .*uint8.* a/b\.png: got .*{image.dtype}'
    with pytest.raises(ValueError, match=message):
        step(dict(sample, img=image, img_path='a/b.png'))


@pytest.mark.parametrize(
    ('bad', 'message'),
    [
        (dict(beta=(0.1, 0.05)), 'beta must be two numbers in ascending order'),
        (dict(beta=0.05), 'beta must be two numbers in ascending order, got 0.05'),
        (dict(beta=(0, float('nan'))), r'beta\[1\] must be a finite number, got nan'),
        (dict(beta=(0, 0.5)), r'beta must lie in \[0, 0.5\)'),
        (dict(share=(0, 2)), r'share in \[0, 1\], got'),
        (dict(largest=0), 'largest must be a whole number of at least 1, got 0'),
    ],
)
def test_bad_fourier(targets, bad, message):
    with pytest.raises(ValueError, match=message):
        build('FourierDomainAdaptation', targets, **bad)


@pytest.mark.parametrize('name', ['FourierDomainAdaptation', 'RandomBackground'])
def test_a_broken_target_image_is_named_before_training(name, targets):
    broken = Path(targets, 'b.png')
    broken.write_bytes(broken.read_bytes()[:100])
    with pytest.raises(InputError, match=r'b\.png is (not a readable image|damaged|cut off)'):
        build(name, targets, **(dict(images=targets) if name == 'RandomBackground' else {}))


@pytest.mark.parametrize('box', [[0, 0, 'a', 5], [0, 0, float('nan'), 5], [0, 0, 5], None])
def test_a_target_box_that_is_no_box(targets, tmp_path, box):
    images = [dict(id=1, file_name='a.png', width=70, height=90)]
    annotations = [dict(id=8, image_id=1, category_id=1, bbox=box)]
    file = tmp_path / 'boxes.json'
    file.write_text(json.dumps(dict(images=images, annotations=annotations, categories=[])))
    with pytest.raises(ValueError, match=r'boxes.json.*annotations\[0\]: bbox must be'):
        build('FourierDomainAdaptation', str(file))


def test_bad_background(targets):
    with pytest.raises(ValueError, match='expected inside in'):
        build('RandomBackground', targets, radius=0)
    before_the_crop = dict(img=np.zeros((8, 8, 3), np.uint8), bbox=np.array([[0.0, 0, 8, 8]]))
    with pytest.raises(ValueError, match=r"stands after TopdownAffine, got \['bbox', 'img'\]"):
        build('RandomBackground', targets, prob=1.0)(before_the_crop)


def test_sides_that_are_no_list(targets):
    with pytest.raises(ValueError, match='sides must be a list of odd numbers, got 3'):
        build('RandomTexture', targets, sides=3)


@pytest.mark.parametrize(
    ('name', 'bad'),
    [
        ('RandomPhotometry', 'gamma'),
        ('RandomPhotometry', 'strength'),
        ('RandomAppearance', 'noise'),
        ('RandomBackground', 'radius'),
        ('RandomBackground', 'softness'),
        ('RandomTexture', 'prob'),
    ],
)
def test_nan_is_no_amount(name, bad, targets):
    with pytest.raises(ValueError, match=f'{bad} must be a finite number, got nan'):
        build(name, targets, **{bad: float('nan')})
