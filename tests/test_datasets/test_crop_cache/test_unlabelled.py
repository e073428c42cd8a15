"""Unlabelled frames from a crop cache, for one network and for a student with its teacher."""

import numpy as np
import pytest

from helpers.smooth_people import STEPS, pipeline
from mmpose_addons.datasets import CropCacheError, PseudoLabelDataset
from mmpose_addons.datasets.two_views import TEACHER_IMAGE
from mmpose_addons_core.adaptation import seeded_rng

MOVED = 'load', 'box', 'flip', 'move', 'affine', 'pack'
MILD = pipeline(('load', 'box', 'flip', 'affine', 'pack'), affine=dict(input_size=(96, 64)))


def build(people, **more):
    arguments: dict = dict(pipeline=pipeline(MOVED), label_pipeline=MILD) | more
    return PseudoLabelDataset({k: v for k, v in people.items() if k != 'pipeline'}, **arguments)


def pairs(people, folder, **more):
    """Samples from images and from the cache, by the same random numbers."""
    both = [build(people, **more), build(people, crop_cache=folder, **more)]
    for data in both:
        rng = np.random.default_rng(0)
        data.renew(rng.uniform(0, 200, (8, 17, 2)), rng.random((8, 17)) < 0.5, np.ones(8, bool))
    for number in range(24):
        samples = []
        for data in both:
            with seeded_rng(number):
                samples.append(data[number % 8])
        yield samples


def apart(one, other):
    return np.abs(one.numpy().astype(int) - other.numpy()).mean()


def test_samples_with_labels_of_a_round(people, tmp_path):
    for usual, cached in pairs(people, tmp_path / 'crops'):
        assert apart(usual['inputs'], cached['inputs']) < 1
        one, other = (sample['data_samples'].gt_instances for sample in (usual, cached))
        np.testing.assert_array_equal(one.keypoints, other.keypoints)
        np.testing.assert_array_equal(one.transformed_keypoints, other.transformed_keypoints)
    assert len([*(tmp_path / 'crops').rglob('*.crop')]) == 8


def test_student_and_teacher_read_one_file(people, tmp_path):
    for usual, cached in pairs(people, tmp_path / 'crops', teacher_pipeline=MILD):
        one, other = usual['data_samples'], cached['data_samples']
        assert apart(usual['inputs'], cached['inputs']) < 1
        assert apart(one.get(TEACHER_IMAGE), other.get(TEACHER_IMAGE)) < 1
        np.testing.assert_array_equal(one.teacher_matrix, other.teacher_matrix)
        assert one.teacher_mirrored == other.teacher_mirrored
        assert one.img_shape == other.img_shape == (240, 320)
    assert len([*(tmp_path / 'crops').rglob('*.crop')]) == 8


def test_labels_are_made_from_images(people, tmp_path):
    usual, cached = build(people), build(people, crop_cache=tmp_path / 'crops')
    for index in range(8):
        with seeded_rng(index):
            one = usual.label_sample(index)['inputs']
        with seeded_rng(index):
            other = cached.label_sample(index)['inputs']
        np.testing.assert_array_equal(one, other)


def test_crops_that_follow_labels_are_refused(people, tmp_path):
    steps = pipeline(MOVED)
    steps.insert(2, STEPS['half'])
    with pytest.raises(CropCacheError, match='cannot follow RandomHalfBody'):
        build(people, crop_cache=tmp_path / 'crops', pipeline=steps)
