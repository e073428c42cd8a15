"""Toy animals: reproducible images, two domains, videos that move smoothly."""

import numpy as np
import pytest

from mmpose_addons.datasets import CCSSLAnimalDataset
from mmpose_addons_core.adaptation import tracks_of
from mmpose_addons_core.keypoints.animal18 import KEYPOINTS
from mmpose_addons_toys import ToyDataError, make_toy_animals, render_animal
from mmpose_addons_toys.animal import pose_animal
from mmpose_addons_toys.animal_appearance import PROPORTIONS, natural_appearance
from mmpose_addons_toys.animal_gait import GAITS, sample_movement
from mmpose_addons_toys.animal_scenes import FRAMES_PER_VIDEO
from mmpose_addons_toys.animal_skeleton import SKELETON
from mmpose_addons_toys.animals import DOMAINS

COUNT = 48
SHOULDERS = [KEYPOINTS.index(f'{side}_shoulder') for side in ('left', 'right')]
CHIN, TAIL = KEYPOINTS.index('chin'), KEYPOINTS.index('tail_start')


@pytest.fixture(scope='module', params=DOMAINS)
def images(request) -> list:
    return [render_animal(11, index, 160, request.param) for index in range(COUNT)]


@pytest.fixture(scope='module')
def keypoints(images) -> np.ndarray:
    """(N, 18, 3)"""
    return np.reshape([p.annotations[0]['keypoints'] for p in images], (-1, 18, 3))


@pytest.mark.parametrize('domain', DOMAINS)
def test_an_image_depends_on_its_arguments_only(domain):
    one, again, other = (render_animal(s, 7, 128, domain) for s in (11, 11, 12))
    assert one.jpeg() == again.jpeg()
    assert one.annotations == again.annotations
    assert one.jpeg() != other.jpeg()


def test_visibility_and_boxes(images, keypoints):
    xy, flags = keypoints[..., :2], keypoints[..., 2]
    assert not xy[flags == 0].any()
    assert (flags > 0).mean() > 0.97  # the whole animal is in nearly every image
    assert 0.4 < (flags == 2).mean() < 0.9  # the trunk hides what is on the far side
    boxes = np.array([p.annotations[0]['bbox'] for p in images])
    low, high = boxes[:, None, :2], boxes[:, None, :2] + boxes[:, None, 2:]
    inside = flags > 0
    assert (xy - low)[inside].min() >= -0.011  # two decimals
    assert (high - xy)[inside].min() >= -0.011
    assert low.min() >= 0
    assert high.max() <= 159.01


def test_one_eye_at_most_is_seen_from_the_side(images, keypoints):
    yaws = np.abs([p.annotations[0]['yaw'] for p in images])
    aside = np.abs(yaws - 90) < 15
    assert aside.any()
    assert ((keypoints[aside, :2, 2] == 2).sum(1) <= 1).all()


def test_the_head_is_where_yaw_says(images, keypoints):
    for image, points in zip(images, keypoints, strict=True):
        yaw = image.annotations[0]['yaw']
        if abs(abs(yaw) - 90) < 45 and points[[CHIN, TAIL], 2].all():
            assert np.sign(points[CHIN, 0] - points[TAIL, 0]) == np.sign(yaw)


def test_frames_of_a_video_follow_each_other():
    frames = [render_animal(4, index, 256, 'real') for index in range(3 * FRAMES_PER_VIDEO)]
    infos = [frame.annotations[0] for frame in frames]
    videos, numbers = ([info[n] for info in infos] for n in ('video_id', 'frame_id'))
    tracks = tracks_of(videos, numbers)
    assert tracks == [
        [*range(v * FRAMES_PER_VIDEO, (v + 1) * FRAMES_PER_VIDEO)] for v in range(3)
    ]
    points = np.reshape([info['keypoints'] for info in infos], (3, FRAMES_PER_VIDEO, 18, 3))
    steps = np.linalg.norm(np.diff(points[..., :2], axis=1), axis=-1)
    known = (points[:, 1:, :, 2] > 0) & (points[:, :-1, :, 2] > 0)
    # the paper's gate: 15 of 256 px; only the fastest hooves of a gallop leave it
    assert np.quantile(steps[known], 0.98) < 15
    assert steps[known].max() > 1
    quality = [frame.quality for frame in frames]
    assert [len({*quality[t[0] : t[-1] + 1]}) for t in tracks] == [1] * 3


def test_appearances_and_gaits_vary():
    infos = [
        render_animal(1, video * FRAMES_PER_VIDEO, 64, 'real').annotations[0]
        for video in range(90)
    ]
    assert {info['kind'] for info in infos} == set(PROPORTIONS)
    assert {info['gait'] for info in infos} == set(GAITS)
    assert {info['yaw'] > 0 for info in infos} == {True, False}


@pytest.mark.parametrize('kind', PROPORTIONS)
def test_hooves_are_the_lowest_joints(kind, rng):
    lowest = [j for j, joint in enumerate(SKELETON.joints) if joint.name.endswith('hoof')]
    for frame in range(12):
        angles = sample_movement(rng).angles(frame)
        assert (angles >= SKELETON.limits[..., 0]).all()
        assert (angles <= SKELETON.limits[..., 1]).all()
        animal = pose_animal(natural_appearance({kind: 1}, rng), angles, 90, (0, 0))
        assert animal.joints[:, 1].argmax() in lowest


def test_a_written_data_set_is_read(tmp_path):
    settings = dict(images=4 * FRAMES_PER_VIDEO, domain='real', val_fraction=0.25, size=64)
    assert make_toy_animals(tmp_path / 'real', **settings)
    assert not make_toy_animals(tmp_path / 'real', **settings)
    dataset = CCSSLAnimalDataset(
        data_root=str(tmp_path / 'real'),
        ann_file='annotations/animals_train.json',
        data_prefix=dict(img='images/train/'),
        pipeline=[],
    )
    assert len(dataset) == 3 * FRAMES_PER_VIDEO
    assert dataset[5]['raw_ann_info']['frame_id'] == 5


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(images=20, domain='real'), 'multiples of 8, .* got 18 and 2'),
        (dict(images=80, domain='real', val_fraction=0.05), 'got 76 and 4'),
        (dict(images=20, domain='drawn'), "got 'drawn'"),
    ],
)
def test_wrong_arguments_are_named(tmp_path, settings, message):
    with pytest.raises(ToyDataError, match=message):
        make_toy_animals(tmp_path / 'animals', **settings)
    with pytest.raises(ValueError, match="got 'drawn'"):
        render_animal(0, 0, domain='drawn')
