"""The cache is never stale, and training goes on without it."""

import os
from collections import namedtuple

import cv2
import numpy as np
import pytest
import torch
from mmpose.registry import DATASETS
from torch.utils.data import DataLoader

from helpers.smooth_people import pipeline
from mmpose_addons.datasets import CropCacheError
from mmpose_addons.datasets.crop_cache import CropCache
from mmpose_addons_core.crop_cache import CropStore


@pytest.fixture
def still(people):
    """Without random steps."""
    return dict(people, pipeline=pipeline(('load', 'box', 'affine', 'pack')))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / 'crops'


@pytest.fixture
def said(monkeypatch):
    """What is logged."""
    lines = []
    for module in 'cache', 'size':
        monkeypatch.setattr(
            f'mmpose_addons.datasets.crop_cache.{module}.print_log',
            lambda text, **_: lines.append(text),
        )
    return lines


def build(config, folder, **more):
    return DATASETS.build(dict(type='CropCacheDataset', dataset=config, folder=folder, **more))


def pixels(dataset, index=0):
    return dataset[index]['inputs'].numpy().astype(int)


def files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob('*.crop')}


def test_an_image_that_changes_is_read_again(still, folder):
    dataset = build(still, folder)
    before = pixels(dataset)
    path = dataset.get_data_info(0)['img_path']
    black = np.zeros((240, 320, 3), np.uint8)
    cv2.imwrite(path, black)
    assert before.max() > 0
    assert pixels(dataset).max() == 0
    assert len(files(folder)) == 2


def test_an_image_that_is_gone_is_reported(still, folder):
    dataset = build(still, folder)
    pixels(dataset)
    os.remove(dataset.get_data_info(0)['img_path'])
    with pytest.raises(FileNotFoundError, match=r'0\.png'):
        pixels(dataset)


def test_another_setting_is_another_file(still, folder):
    pixels(build(still, folder))
    for affine in (dict(input_size=(48, 48)), dict(input_size=(64, 48))):
        steps = pipeline(('load', 'box', 'affine', 'pack'), affine=affine)
        pixels(build(dict(still, pipeline=steps), folder))
    steps = pipeline(('load', 'box', 'affine', 'pack'), box=dict(padding=1.5))
    pixels(build(dict(still, pipeline=steps), folder))
    pixels(build(still, folder, oversampling=3))
    assert len(files(folder)) == 5
    pixels(build(still, folder))
    assert len(files(folder)) == 5


def test_a_damaged_or_deleted_file_is_written_again(still, folder):
    dataset = build(still, folder)
    before = pixels(dataset)
    [path] = files(folder)
    size = path.stat().st_size
    os.truncate(path, 100)
    np.testing.assert_array_equal(pixels(dataset), before)
    assert path.stat().st_size == size
    path.unlink()
    path.parent.rmdir()
    np.testing.assert_array_equal(pixels(dataset), before)
    assert path.stat().st_size == size


def test_a_full_disk_is_said_once_and_training_goes_on(still, folder, monkeypatch, said):
    dataset, plain = build(still, folder), DATASETS.build(still)

    def full(*_):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr(CropStore, 'write', full)
    for index in range(3):
        assert np.abs(pixels(dataset, index) - pixels(plain, index)).mean() < 1
    assert said[1:] == [
        f'crop cache: {folder} is full; this process reads samples that are not there from '
        'their images'
    ]


def test_the_size_is_said_before_and_a_small_disk_refused(still, folder, monkeypatch, said):
    dataset = build(still, folder)
    assert not folder.exists()
    for index in range(8):
        pixels(dataset, index)
    megabytes = sum(path.stat().st_size for path in files(folder)) / 1e6
    assert said == [
        f'crop cache: {folder} holds 8 samples in about {megabytes:.1f} MB, '
        f'{megabytes:.1f} MB of which are written when they are first used'
    ]
    build(still, folder)
    assert f'{megabytes:.1f} MB, 0.0 MB of which' in said[-1]
    disk = namedtuple('disk', 'total used free')
    monkeypatch.setattr('shutil.disk_usage', lambda _: disk(0, 0, 1000))
    with pytest.raises(CropCacheError, match=r'GB more, got 0\.0 GB that are free'):
        build(still, folder, oversampling=5)
    build(still, folder)  # it is there


def test_images_that_are_no_local_files_are_refused(still, folder):
    still = dict(still, data_prefix=dict(img='s3://bucket/'), check_images=None)
    with pytest.raises(CropCacheError, match=r'images that are local files, got .*s3:'):
        build(still, folder)


def test_images_of_16_bits_are_read_as_they_are(still, folder):
    steps = pipeline(('load', 'box', 'affine', 'pack'), load=dict(color_type='unchanged'))
    still = dict(still, pipeline=steps)
    dataset = build(still, folder)
    path = dataset.get_data_info(0)['img_path']
    cv2.imwrite(path, np.full((240, 320, 3), 3000, np.uint16))
    found = pixels(dataset)
    np.testing.assert_array_equal(found, pixels(DATASETS.build(still)))
    assert found.max() == 3000
    assert files(folder) == {}


def test_a_crop_beyond_what_is_kept_comes_from_the_image(people, folder):
    """As of a step that moves boxes farther than its settings say."""
    steps = pipeline(('load', 'box', 'flip', 'affine', 'pack'), flip=dict(prob=1.0))
    people = dict(people, pipeline=steps)
    plain, dataset = DATASETS.build(people), build(people, folder)

    def grown(results):
        return dict(results, bbox_scale=results['bbox_scale'] * 1.4)

    for part in (plain, dataset):
        part.pipeline.transforms.insert(3, grown)
    np.testing.assert_array_equal(pixels(dataset), pixels(plain))


def test_several_processes_write_the_same_files(still, folder):
    dataset = build(still, folder)
    usual = [pixels(DATASETS.build(still), index) for index in range(8)]
    loader = DataLoader(
        torch.utils.data.ConcatDataset([dataset] * 3),
        num_workers=2,
        collate_fn=lambda items: items,
    )
    for index, [sample] in enumerate(loader):
        difference = np.abs(sample['inputs'].numpy().astype(int) - usual[index % 8])
        assert difference.mean() < 1
    assert len(files(folder)) == 8
    assert [*folder.rglob('.*')] == []


def test_one_cache_serves_several_pipelines(people, folder):
    """As of a student and a teacher, whose crops have other sizes."""
    lists = [
        DATASETS.build(dict(people, pipeline=steps)).pipeline.transforms
        for steps in (
            pipeline(('load', 'box', 'move', 'affine')),
            pipeline(('load', 'box', 'flip', 'affine'), affine=dict(input_size=(96, 128))),
        )
    ]
    cache = CropCache(folder, lists)
    info = DATASETS.build(people).get_data_info(0)
    both = cache.cut(info, (320, 240))
    alone = [CropCache(folder, [steps]).cut(info, (320, 240)) for steps in lists]
    assert both.region == alone[0].region
    resolution = [cut.size[0] / (cut.region[2] - cut.region[0]) for cut in (both, *alone)]
    assert resolution[0] == pytest.approx(max(resolution), rel=0.02)
