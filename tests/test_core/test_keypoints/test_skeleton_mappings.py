import pytest
from mmengine.config import Config
from mmengine.utils import get_installed_path
from mmpose.datasets.datasets.utils import parse_pose_metainfo

from mmpose_addons_core.keypoints import coco
from mmpose_addons_core.keypoints.names import mirrored
from mmpose_addons_core.keypoints.skeleton_mappings import PARTNERS, SKELETONS, partners


@pytest.mark.parametrize('name', ['coco', 'animalpose', 'ap10k'])
def test_names_are_those_of_mmpose(name):
    folder = f'{get_installed_path("mmpose")}/.mim/configs/_base_/datasets'
    info = Config.fromfile(f'{folder}/{name}.py').dataset_info
    names = [info.keypoint_info[index].name for index in range(len(info.keypoint_info))]
    assert names == [*SKELETONS[name]]


def flips_of(name):
    if name == 'animal18':
        from mmpose_addons_core.keypoints.animal18 import METAINFO

        return parse_pose_metainfo(METAINFO)['flip_indices']
    folder = f'{get_installed_path("mmpose")}/.mim/configs/_base_/datasets'
    return parse_pose_metainfo(dict(from_file=f'{folder}/{name}.py'))['flip_indices']


@pytest.mark.parametrize(('skeleton', 'reading'), PARTNERS)
def test_tables_keep_sides_and_use_no_joint_twice(skeleton, reading):
    table = dict(partners(skeleton, reading))
    assert len({*table.values()}) == len(table)
    flips = flips_of(skeleton)
    for person, animal in table.items():
        name = mirrored(coco.KEYPOINTS[person])
        other = coco.KEYPOINTS.index(name) if name else person
        assert flips[animal] == table[other]


@pytest.mark.parametrize(
    ('skeleton', 'reading', 'count', 'left_wrist', 'left_ankle'),
    [
        ('animalpose', 'order', 17, 'L_F_Paw', 'L_B_Paw'),
        ('animalpose', 'anatomy', 13, 'L_F_Knee', 'L_B_Knee'),
        ('ap10k', 'order', 15, 'L_F_Paw', 'L_B_Paw'),
        ('ap10k', 'anatomy', 11, None, None),
        ('animal18', 'order', 14, 'left_front_hoof', 'left_back_hoof'),
        ('animal18', 'anatomy', 12, 'left_front_knee', 'left_back_knee'),
    ],
)
def test_partners_by_hand(skeleton, reading, count, left_wrist, left_ankle):
    table = dict(partners(skeleton, reading))
    assert len(table) == count
    for joint, name in (('left_wrist', left_wrist), ('left_ankle', left_ankle)):
        found = table.get(coco.KEYPOINTS.index(joint))
        assert (None if found is None else SKELETONS[skeleton][found]) == name


def test_unknown_table():
    with pytest.raises(ValueError, match=r"got \('zebra', 'order'\)"):
        partners('zebra')
