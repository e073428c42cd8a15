"""People and animals of different skeletons in one data set."""

import copy

import numpy as np
import pytest
from mmpose.registry import DATASETS, TRANSFORMS

from helpers import tiny_domains
from mmpose_addons_core.keypoints import coco
from mmpose_addons_core.keypoints.skeleton_mappings import ANIMALPOSE

PEOPLE = dict(
    dataset_name='sticks',
    keypoint_info={
        i: dict(name=name, id=i, color=[0, 0, 0], type='upper', swap=swap)
        for i, (name, swap) in enumerate(
            [('head', ''), ('left_hand', 'right_hand'), ('right_hand', 'left_hand')]
        )
    },
    skeleton_info={},
    joint_weights=[1.0] * 3,
    sigmas=[0.05] * 3,
)


@pytest.fixture
def config(tmp_path):
    folder = tiny_domains.write_domains(tmp_path / 'data', source=2, target=2, video=2)
    return tiny_domains.config(folder, tmp_path).train_dataloader.dataset


def with_people(config, mapping, count=3, only_people=False):
    people = copy.deepcopy(config.source)
    pipeline = people.pipeline
    people.pop('metainfo')
    people.update(metainfo=PEOPLE, pipeline=[])
    converter = dict(type='KeypointConverter', num_keypoints=count, mapping=mapping)
    config.human = dict(
        type='CombinedDataset',
        metainfo=tiny_domains.METAINFO,
        datasets=[people],
        pipeline=[converter, *pipeline],
    )
    if only_people:
        config.pop('source')
    return config


def test_joints_without_a_partner_have_no_weight(config):
    """Hands are the dots on both sides; the head is no dot."""
    dataset = DATASETS.build(with_people(config, [(1, 0), (2, 1)]))
    assert [*dataset.domains] == ['source', 'target', 'human']
    person = dataset[(dataset.start_of('human'), 3)]['data_samples']
    assert person.domain == 'human'
    assert person.gt_instance_labels.keypoint_weights.ravel().tolist() == [1, 1, 0]
    assert not person.gt_fields.heatmaps[2].any()


def test_flips_exchange_the_sides_of_the_animal(config):
    dataset = DATASETS.build(with_people(config, [(1, 0), (2, 1)]))
    start = dataset.start_of('human')
    samples = [dataset[(start, seed)]['data_samples'] for seed in range(8)]
    flipped = {bool(sample.metainfo.get('flip')) for sample in samples}
    assert flipped == {False, True}
    for sample in samples:
        assert sample.metainfo['flip_indices'] == [1, 0, 2]


def test_keypoint_that_nothing_reaches(config):
    with pytest.raises(ValueError, match=r"\['human'\] .* got none for \['middle_dot'\]"):
        DATASETS.build(with_people(config, [(1, 0), (2, 1)], only_people=True))


def test_converter_for_another_head(config):
    with pytest.raises(ValueError, match=r"'human' must make 3 keypoints.*num_keypoints=4"):
        DATASETS.build(with_people(config, [(1, 0)], count=4))
    with pytest.raises(ValueError, match=r'targets \[5\]'):
        DATASETS.build(with_people(config, [(1, 5)]))


def test_other_keypoints_without_a_converter(config):
    """As many keypoints as the head has, but of another skeleton."""
    changed = with_people(config, [])
    changed.human.pipeline = changed.source.pipeline
    with pytest.raises(ValueError, match=r"'human' has other keypoints .* got \['head', 'left"):
        DATASETS.build(changed)


def test_converter_for_other_data(config):
    with pytest.raises(ValueError, match=r"'human' must read keypoints 0 to 2 .* got \[3\]"):
        DATASETS.build(with_people(config, [(1, 0), (3, 1)]))
    with pytest.raises(ValueError, match=r'got \[5\]'):
        DATASETS.build(with_people(config, [(1, 0), ((1, 5), 1)]))


def test_converter_in_a_part(config):
    changed = with_people(config, [])
    changed.human.datasets[0].pipeline = [
        dict(type='KeypointConverter', num_keypoints=3, mapping=[(1, 0), (2, 1)])
    ]
    changed.human.pipeline = changed.source.pipeline
    dataset = DATASETS.build(changed)
    person = dataset[(dataset.start_of('human'), 3)]['data_samples']
    assert person.gt_instance_labels.keypoint_weights.ravel().tolist() == [1, 1, 0]


def test_all_boxes_are_drawn(config):
    assert not len(DATASETS.build(config).drawn('target'))
    config.target.draw_all = True
    dataset = DATASETS.build(config)
    assert dataset.drawn('target').tolist() == [2, 3]
    assert not dataset[(2, 0)]['data_samples'].has_labels


def test_people_as_animals():
    step = TRANSFORMS.build(dict(type='PeopleAsAnimals', skeleton='animalpose'))
    keypoints = np.arange(34, dtype=np.float32).reshape(1, 17, 2)
    found = step(dict(keypoints=keypoints, keypoints_visible=np.ones((1, 17), np.float32)))
    assert found['keypoints'].shape == (1, 20, 2)
    paw, wrist = ANIMALPOSE.index('R_F_Paw'), coco.KEYPOINTS.index('right_wrist')
    assert found['keypoints'][0, paw].tolist() == keypoints[0, wrist].tolist()
    for part in (0, 1):  # visibility and weight
        values = found['keypoints_visible'][0, :, part]
        names = [ANIMALPOSE[i] for i in np.flatnonzero(values == 0)]
        assert names == ['Throat', 'TailBase', 'Withers']
