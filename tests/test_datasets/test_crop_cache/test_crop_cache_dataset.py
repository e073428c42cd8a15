"""A sample from the cache is the sample from the image, but for interpolation."""

import re

import numpy as np
import pytest
from mmcv.transforms import Compose
from mmpose.registry import DATASETS

from helpers.smooth_people import STEPS, pipeline
from mmpose_addons.datasets import CropCacheError
from mmpose_addons.datasets.crop_cache import CropCache
from mmpose_addons_core.adaptation import seeded_rng

DRAWS = 4


def samples(dataset):
    """The samples of some epochs, always by the same random numbers."""
    for draw in range(DRAWS):
        for index in range(len(dataset)):
            with seeded_rng(100 * draw + index):
                yield dataset[index]


def cached(config, folder, **more):
    return DATASETS.build(dict(type='CropCacheDataset', dataset=config, folder=folder, **more))


def same_labels(one, other):
    """Everything but pixels is exactly the same."""
    one, other = one['data_samples'], other['data_samples']
    assert one.metainfo.keys() == other.metainfo.keys()
    for name, value in one.metainfo.items():
        np.testing.assert_equal(other.metainfo[name], value)
    assert one.gt_instances.keys() == other.gt_instances.keys()
    for name, value in one.gt_instances.items():
        np.testing.assert_array_equal(other.gt_instances[name], value)


@pytest.mark.parametrize(
    ('use_udp', 'direction'), [(False, 'horizontal'), (True, 'vertical'), (True, 'diagonal')]
)
def test_the_same_samples(people, tmp_path, use_udp, direction):
    people['pipeline'] = pipeline(
        affine=dict(use_udp=use_udp), flip=dict(direction=direction), pack=dict()
    )
    plain, fast = DATASETS.build(people), cached(people, tmp_path / 'crops')
    assert fast.metainfo.keys() == plain.metainfo.keys()
    assert len(fast) == len(plain) == 8
    differences = []
    for usual, sample in zip(samples(plain), samples(fast), strict=True):
        same_labels(usual, sample)
        difference = np.abs(usual['inputs'].numpy().astype(int) - sample['inputs'].numpy())
        differences.append(difference)
    assert np.mean(differences) < 0.5
    assert np.percentile(differences, 99) <= 3
    files = [*(tmp_path / 'crops').rglob('*.crop')]
    assert len(files) == 8


def test_all_pixels_give_crops_without_a_difference(people, tmp_path):
    """But for positions rounded to 1/32 px, at the border of an image 8 grey values."""
    plain = DATASETS.build(people)
    fast = cached(people, tmp_path / 'crops', oversampling=float('inf'))
    for usual, sample in zip(samples(plain), samples(fast), strict=True):
        difference = np.abs(usual['inputs'].numpy().astype(int) - sample['inputs'].numpy())
        assert difference.max() <= 8
        assert difference.mean() < 0.1


def test_images_are_read_once(people, tmp_path, monkeypatch):
    fast = cached(people, tmp_path / 'crops')
    first = [sample['inputs'].numpy() for sample in samples(fast)]

    def decode(*_, **__):
        raise AssertionError('an image was read')

    monkeypatch.setattr('mmcv.imfrombytes', decode)
    monkeypatch.setattr('cv2.imdecode', decode)
    again = cached(people, tmp_path / 'crops')
    for before, sample in zip(first, samples(again), strict=True):
        np.testing.assert_array_equal(sample['inputs'].numpy(), before)


def test_float_images(people, tmp_path):
    people['pipeline'] = pipeline(load=dict(to_float32=True))
    plain, fast = DATASETS.build(people), cached(people, tmp_path / 'crops', oversampling=9)
    for usual, sample in zip(samples(plain), samples(fast), strict=True):
        assert sample['inputs'].dtype == usual['inputs'].dtype
        assert (sample['inputs'] - usual['inputs']).abs().mean() < 0.2


@pytest.mark.parametrize(
    ('steps', 'message'),
    [
        (
            [*pipeline(('load', 'box')), dict(type='PhotometricDistortion')]
            + pipeline(('affine',)),
            'without the cache, got PhotometricDistortion',
        ),
        (pipeline(('load', 'flip', 'affine')), 'one GetBBoxCenterScale'),
        (pipeline(('load', 'box', 'flip', 'flip', 'affine')), 'at most one RandomFlip'),
        (pipeline(('load', 'box', 'pack')), 'has a TopdownAffine'),
        (pipeline(('box', 'affine')), 'begins with LoadImage'),
    ],
)
def test_pipelines_whose_crops_are_not_known_are_refused(tmp_path, steps, message):
    with pytest.raises(CropCacheError, match=message):
        CropCache(tmp_path / 'crops', [Compose(steps).transforms])
    assert not (tmp_path / 'crops').exists()


def test_oversampling_is_positive(tmp_path):
    with pytest.raises(CropCacheError, match='oversampling must be positive, got 0'):
        CropCache(tmp_path, [Compose(pipeline()).transforms], oversampling=0)


def test_steps_in_random_apply(people, tmp_path):
    steps = pipeline(('load', 'box', 'affine', 'pack'))
    inner = [STEPS['flip'], dict(STEPS['move'], scale_factor=(0.5, 2.0))]
    steps.insert(2, dict(type='RandomApply', transforms=inner, prob=0.5))
    people = dict(people, pipeline=steps)
    plain, fast = DATASETS.build(people), cached(people, tmp_path / 'crops')
    for usual, sample in zip(samples(plain), samples(fast), strict=True):
        same_labels(usual, sample)
        difference = np.abs(usual['inputs'].numpy().astype(int) - sample['inputs'].numpy())
        assert difference.mean() < 1


def test_the_config_of_the_page(repo, people, tmp_path):
    page = (repo / 'docs/crop_cache.md').read_text()
    [text] = re.findall(r'```python\n(.*?)```', page, re.S)
    names: dict = dict(train_pipeline=pipeline())
    exec(text, names)
    config = names['train_dataloader']['dataset']
    assert config['dataset'].keys() == {*people, 'data_root'}
    config.update(dataset=people, folder=str(tmp_path / 'crops'))
    assert DATASETS.build(config)[0]['inputs'].shape == (3, 64, 48)
