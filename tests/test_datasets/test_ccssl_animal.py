"""The 18 keypoints: metainfo, a pipeline's change of look, real animals mapped to them."""

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.registry import DATASETS, TRANSFORMS

from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
from mmpose_addons_core.keypoints.animal18 import KEYPOINTS, METAINFO, SKELETON

PAIRS = [(0, 1), (3, 4), (5, 6), (8, 9), (10, 11), (12, 13), (14, 15), (16, 17)]


def test_pairs_are_the_published_ones():
    expected = [*range(18)]
    for left, right in PAIRS:
        expected[left], expected[right] = right, left
    assert parse_pose_metainfo(METAINFO)['flip_indices'] == expected


def test_skeleton_is_one_tree_of_limbs_over_all_keypoints():
    """Whoever starts at the chin gets everywhere."""
    reached = {'chin'}
    for _ in SKELETON:
        reached |= {end for link in SKELETON if reached & {*link} for end in link}
    assert reached == {*KEYPOINTS}
    assert len({frozenset(link) for link in SKELETON}) == len(SKELETON)


def appearance(**amounts):
    off = dict(noise=0.0, blur=0.0, contrast=1.0, colour=0.0)
    return TRANSFORMS.build(dict(type='RandomAppearance', **{**off, **amounts}))


@pytest.fixture
def image(rng):
    return rng.integers(60, 200, (48, 64, 3)).astype(np.uint8)


def changed(transform, image, seed):
    np.random.seed(seed)  # noqa: NPY002  MMPose draws from the global generator
    return transform(dict(img=image, img_path='a.jpg'))['img']


def test_no_change_of_look_is_no_change(image):
    np.testing.assert_array_equal(changed(appearance(), image, 0), image)


@pytest.mark.parametrize(
    'amounts', [dict(noise=0.5), dict(blur=3.0), dict(contrast=2.0), dict(colour=0.3)]
)
def test_each_change_happens_to_about_half_of_the_images(image, amounts):
    transform, before = appearance(**amounts), image.copy()
    results = [changed(transform, image, seed) for seed in range(40)]
    untouched = sum(np.array_equal(result, before) for result in results)
    assert 10 <= untouched <= 30  # 20 of 40, give or take three standard deviations
    assert all(r.dtype == np.uint8 and r.shape == before.shape for r in results)
    np.testing.assert_array_equal(image, before)
    again = [changed(transform, image, seed) for seed in range(40)]
    np.testing.assert_array_equal(results, again)


# Keypoints of real sets that mean the same, as (theirs, ours)
SAME = {
    'animalpose': [
        *((0, 0), (1, 1), (6, 7), (8, 14), (9, 15), (10, 16), (11, 17), (12, 8), (13, 9)),
        *((14, 10), (15, 11), (16, 3), (17, 4), (18, 5), (19, 6)),
    ],
    'ap10k': [(0, 0), (1, 1), (4, 7), (5, 12), (8, 13), (7, 3), (10, 4), (13, 5), (16, 6)],
    'atrw': [(3, 13), (4, 4), (5, 12), (6, 3), (9, 6), (12, 5), (13, 7)],
}
CLASS = dict(animalpose='AnimalPoseDataset', ap10k='AP10KDataset', atrw='ATRWDataset')


@pytest.mark.real_data
@pytest.mark.parametrize('name', [*SAME])
def test_real_animals_go_through_the_training_pipeline(sample_data, repo, name):
    """Mapped to the 18 keypoints, their target heatmaps peak where the keypoints lie."""
    config = Config.fromfile(
        repo / 'configs/animal_2d_keypoint/ccssl/horse'
        '/td-hm_hourglass-s4_1xb6-100e_synthetic-horse-256x256.py'
    )
    pipeline = [*config.source_train_pipeline[:-1]]
    init_default_scope('mmpose')
    mapped = DATASETS.build(
        dict(
            type='CombinedDataset',
            metainfo=METAINFO,
            datasets=[
                dict(
                    type=CLASS[name],
                    ann_file=str(sample_data / name / f'test_{name}.json'),
                    data_prefix=dict(img=str(sample_data / name)),
                    pipeline=[
                        dict(type='KeypointConverter', num_keypoints=18, mapping=SAME[name])
                    ],
                )
            ],
            pipeline=[*pipeline, dict(type='PackPoseInputs', pack_transformed=True)],
        )
    )
    compared = 0
    for index in range(len(mapped)):
        source = mapped.datasets[0].get_data_info(index)
        info = mapped.get_data_info(index)
        for theirs, ours in SAME[name]:
            np.testing.assert_array_equal(
                info['keypoints'][0, ours], source['keypoints'][0, theirs]
            )
        assert not info['keypoints_visible'][0, [2], 0].any()  # nobody has a chin
        item = mapped[index]
        assert item['inputs'].shape == (3, 256, 256)
        sample = item['data_samples']
        points = sample.gt_instances.transformed_keypoints[0] / 4
        heatmaps = sample.gt_fields.heatmaps.numpy()
        for k in np.flatnonzero(sample.gt_instance_labels.keypoint_weights[0]):
            if ((points[k] >= 0) & (points[k] < 63)).all():
                y, x = np.unravel_index(heatmaps[k].argmax(), (64, 64))
                assert np.abs(points[k] - (x, y)).max() <= 0.5 + 1e-3  # the nearest pixel
                compared += 1
    assert compared > 5


@pytest.mark.real_data
def test_the_data_set_checks_real_files_against_its_keypoints(sample_data):
    """A file with other keypoints is refused before training."""
    file = sample_data / 'ap10k/test_ap10k.json'
    assert not check_coco_keypoints(file, sample_data / 'ap10k', num_keypoints=17).errors
    with pytest.raises(ValueError, match='keypoints'):
        DATASETS.build(
            dict(
                type='CCSSLAnimalDataset',
                ann_file=str(file),
                data_prefix=dict(img=str(sample_data / 'ap10k')),
            )
        )
