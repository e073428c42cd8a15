"""Toy people: reproducible images, COCO's conventions, possible poses."""

import numpy as np
import pytest
from mmpose.datasets.datasets.utils import parse_pose_metainfo

from mmpose_addons_core.keypoints.coco import KEYPOINTS
from mmpose_addons_toys import render_people
from mmpose_addons_toys.people import CATEGORY, MIN_VISIBLE
from mmpose_addons_toys.people_scenes import SCENES
from mmpose_addons_toys.person import pose_person
from mmpose_addons_toys.person_appearance import HAIR_STYLES, sample_appearance
from mmpose_addons_toys.person_pose import STANCES, sample_pose
from mmpose_addons_toys.person_skeleton import SKELETON

COUNT = 80
SIDES = [
    (KEYPOINTS.index(f'left_{part}'), KEYPOINTS.index(f'right_{part}'))
    for part in ('shoulder', 'hip')
]
FACE = slice(0, 3)  # nose and eyes


@pytest.fixture(scope='module')
def images() -> list:
    return [render_people(11, index) for index in range(COUNT)]


@pytest.fixture(scope='module')
def people(images) -> list[dict]:
    return [annotation for rendered in images for annotation in rendered.annotations]


@pytest.fixture(scope='module')
def keypoints(people) -> np.ndarray:
    """(N, 17, 3)"""
    return np.array([person['keypoints'] for person in people]).reshape(-1, 17, 3)


def test_the_category_is_cocos():
    metainfo = parse_pose_metainfo(dict(from_file='configs/_base_/datasets/coco.py'))
    names = [metainfo['keypoint_id2name'][k] for k in range(17)]
    assert CATEGORY['keypoints'] == names
    edges = [(a - 1, b - 1) for a, b in CATEGORY['skeleton']]
    assert edges == [tuple(link) for link in metainfo['skeleton_links']]


def test_an_image_depends_on_seed_and_number_only(images):
    again = render_people(11, 7)
    assert again.jpeg() == images[7].jpeg()
    assert again.annotations == images[7].annotations
    assert render_people(11, 8).jpeg() != again.jpeg()
    assert render_people(12, 7).jpeg() != again.jpeg()


@pytest.mark.parametrize('size', [64, 128, 320])
def test_the_size_is_as_asked(size):
    rendered = render_people(0, 1, size)
    assert rendered.image.shape == (size, size, 3)
    assert rendered.image.dtype == np.uint8
    assert all(max(person['bbox']) < size for person in rendered.annotations)


@pytest.mark.parametrize('arguments', [(-1, 0, 256), (0, -1, 256), (0, 0, 63)])
def test_arguments_out_of_range_are_named(arguments):
    with pytest.raises(ValueError, match=f'seed={arguments[0]}, index={arguments[1]}'):
        render_people(*arguments)


def test_one_to_three_people_an_image(images):
    counts = [len(rendered.annotations) for rendered in images]
    assert set(counts) == {1, 2, 3}


def test_visibility_flags(people, keypoints):
    xy, flags = keypoints[..., :2], keypoints[..., 2]
    assert set(np.unique(flags)) == {0, 1, 2}
    assert not xy[flags == 0].any()
    assert xy[flags > 0].min() >= 0
    assert xy[flags > 0].max() <= 255
    assert ((flags == 2).sum(1) >= MIN_VISIBLE).all()
    assert [person['num_keypoints'] for person in people] == (flags > 0).sum(1).tolist()
    shares = [(flags == flag).mean() for flag in (0, 1, 2)]
    assert shares[0] > 0.01  # truncated, hidden and plainly seen ones all occur
    assert shares[1] > 0.15
    assert shares[2] > 0.5


def test_boxes_lie_in_the_image_and_hold_the_keypoints(people, keypoints):
    boxes = np.array([person['bbox'] for person in people])
    low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    assert low.min() >= 0
    assert high.max() <= 255 + 0.01  # two decimals
    assert boxes[:, 2:].min() > 8
    xy, inside = keypoints[..., :2], keypoints[..., 2] > 0
    assert (xy - low[:, None])[inside].min() >= -0.011
    assert (high[:, None] - xy)[inside].min() >= -0.011


def test_areas_are_parts_of_the_boxes(people):
    for person in people:
        width, height = person['bbox'][2:]
        assert 0 < person['area'] <= (width + 2) * (height + 2)


def test_left_and_right_agree_with_the_view(people, keypoints):
    yaws = np.array([person['yaw'] for person in people])
    for facing, order in ((np.abs(yaws) < 45, 1), (np.abs(yaws) > 135, -1)):
        assert facing.sum() > 10
        for left, right in SIDES:
            both = facing & (keypoints[:, [left, right], 2] > 0).all(1)
            width = keypoints[both, left, 0] - keypoints[both, right, 0]
            assert (np.sign(width) == order).all()


def test_faces_are_seen_from_the_front_and_not_from_behind(people, keypoints):
    yaws = np.array([person['yaw'] for person in people])
    seen = (keypoints[:, FACE, 2] == 2).mean(1)
    assert seen[np.abs(yaws) < 30].mean() > 0.7  # hands and things hide a few
    assert seen[np.abs(yaws) > 150].mean() < 0.1


@pytest.mark.parametrize('stance', STANCES)
def test_poses_stay_within_the_joints_limits(stance, rng):
    for _ in range(20):
        angles = sample_pose(rng, stance).angles
        assert (angles >= SKELETON.limits[..., 0]).all()
        assert (angles <= SKELETON.limits[..., 1]).all()
    means = STANCES[stance]
    for hip in means.hips:
        limits = SKELETON.limits[SKELETON.index['left_hip']]
        assert ((limits[:, 0] <= hip) & (hip <= limits[:, 1])).all()


def test_feet_are_below_the_head_and_seats_below_the_trunk(rng):
    for stance in STANCES:
        person = pose_person(
            sample_appearance(rng), sample_pose(rng, stance), yaw=30, tilt=(5, 0)
        )
        lowest = person.joints[:, 1].max()
        assert person.joint('head')[1] < person.joint('pelvis')[1] < lowest


def test_a_person_faces_where_yaw_says(rng):
    appearance, pose = sample_appearance(rng), sample_pose(rng, 'standing')
    noses = {}
    for yaw in (0, 90, 180, -90):
        person = pose_person(appearance, pose, yaw, tilt=(0, 0))
        ears = person.keypoints[3:5].mean(0)
        noses[yaw] = person.keypoints[0] - ears
    # the neck turns by up to 75 degrees, its own share is the same in all views
    turn = np.arctan2(noses[0][0], -noses[0][2])
    for yaw, nose in noses.items():
        way = np.deg2rad(yaw) + turn
        reach = np.hypot(nose[0], nose[2])
        np.testing.assert_allclose(
            nose[[0, 2]], [reach * np.sin(way), -reach * np.cos(way)], atol=1e-9
        )


def test_appearances_vary(rng):
    appearances = [sample_appearance(rng) for _ in range(200)]
    assert {appearance.hair for appearance in appearances} == set(HAIR_STYLES)
    assert {appearance.bottom for appearance in appearances} == {
        'trousers',
        'shorts',
        'skirt',
        'dress',
    }
    statures = [appearance.stature for appearance in appearances]
    assert min(statures) < 0.8
    assert max(statures) > 0.95


def test_calm_people_face_the_viewer_and_stand():
    annotations = [a for i in range(12) for a in render_people(5, i, scenes='calm').annotations]
    assert max(abs(a['yaw']) for a in annotations) <= 20
    assert {a['pose'] for a in annotations} <= set(SCENES['calm'].stances)
    seen = np.mean([v == 2 for a in annotations for v in a['keypoints'][2::3]])
    assert seen > 0.8


def test_unknown_scenes_are_named():
    with pytest.raises(ValueError, match=r"one of \['lively', 'calm'\], got 'wild'"):
        render_people(0, 0, scenes='wild')
