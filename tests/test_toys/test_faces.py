"""Toy faces: reproducible images, landmarks on what is drawn, head pose, data sets."""

import json

import numpy as np
import pytest
from mmpose.registry import DATASETS

from mmpose_addons_core.faces import face_layout, head_pose, rotation_matrix
from mmpose_addons_toys import ToyDataError, make_toy_faces, render_face
from mmpose_addons_toys.face_shape import EXPRESSIONS

COUNT, SIZE = 200, 128
DATASET = {98: 'WFLWDataset', 68: 'Face300WDataset'}


@pytest.fixture(scope='module')
def images() -> list:
    return [render_face(5, index, SIZE) for index in range(COUNT)]


@pytest.fixture(scope='module')
def faces(images) -> dict[int, list[dict]]:
    """Annotations by number of landmarks."""
    return {
        98: [rendered.annotations[0] for rendered in images],
        68: [render_face(5, i, SIZE, 68).annotations[0] for i in range(COUNT)],
    }


def keypoints(faces: list[dict]) -> np.ndarray:
    """(N, K, 3)."""
    return np.array([face['keypoints'] for face in faces]).reshape(len(faces), -1, 3)


def poses(faces: list[dict], what: str) -> np.ndarray:
    return np.array([face['head_pose'][what] for face in faces])


def test_an_image_depends_on_seed_and_number_only(images):
    again = render_face(5, 7, SIZE)
    assert again.jpeg() == images[7].jpeg()
    assert again.annotations == images[7].annotations
    assert render_face(5, 8, SIZE).jpeg() != again.jpeg()
    assert render_face(6, 7, SIZE).jpeg() != again.jpeg()


def test_both_layouts_show_the_same_images(images, faces):
    assert render_face(5, 3, SIZE, 68).jpeg() == images[3].jpeg()
    full, sparse = keypoints(faces[98]), keypoints(faces[68])
    for part in ('nose_bridge', 'nose_base', 'outer_lip', 'inner_lip'):
        same = (face_layout(count).parts[part] for count in (98, 68))
        first, second = (slice(part.start, part.stop) for part in same)
        np.testing.assert_array_equal(full[:, first], sparse[:, second])


@pytest.mark.parametrize('size', [64, 200])
def test_the_size_is_as_asked(size):
    rendered = render_face(0, 1, size)
    assert rendered.image.shape == (size, size, 3)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [((-1, 0, 128, 98), 'seed=-1'), ((0, 0, 63, 98), 'size=63'), ((0, 0, 128, 5), '5')],
)
def test_arguments_out_of_range_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        render_face(*arguments)


def test_all_landmarks_lie_in_the_image_and_some_are_hidden(faces):
    points = keypoints(faces[98])
    assert points[..., :2].min() >= 0
    assert points[..., :2].max() <= SIZE - 1
    assert set(np.unique(points[..., 2])) == {1, 2}
    seen = (points[..., 2] == 2).mean()
    assert 0.6 < seen < 0.95
    frontal = [face for face in faces[98] if abs(face['head_pose']['angles'][0]) < 5]
    turned = [face for face in faces[98] if face['head_pose']['angles'][0] > 45]
    far_jaw = slice(0, 8)  # hidden behind a face that is turned to the left
    assert (keypoints(turned)[:, far_jaw, 2] == 1).mean() > 0.9
    assert (keypoints(frontal)[:, far_jaw, 2] == 1).mean() < 0.5


def test_poses_and_expressions_are_varied(faces):
    yaw, pitch, roll = np.abs(poses(faces[98], 'angles')).T
    assert 55 < yaw.max() <= 60.001
    assert 20 < pitch.max() <= 30.001
    assert 25 < roll.max() <= 40.001
    assert {face['expression'] for face in faces[98]} == set(EXPRESSIONS)
    subsets = {name for face in faces[98] for name in face['subsets']}
    assert subsets == {'pose', 'expression', 'occlusion'}


def test_the_head_pose_belongs_to_the_landmarks(faces):
    angles = poses(faces[98], 'angles')
    np.testing.assert_allclose(rotation_matrix(angles), poses(faces[98], 'rotation'), atol=1e-5)
    yaw = angles[:, 0]
    points = keypoints(faces[98])[..., 0]
    corners = [group[0] for group in face_layout(98).outer_eye_corners]
    tip = face_layout(98).parts['nose_bridge'][-1]
    leftwards = points[:, corners].mean(1) - points[:, tip]
    assert (leftwards[yaw > 30] > 0).all()  # the nose points to where the face turns
    assert (leftwards[yaw < -30] < 0).all()


@pytest.mark.parametrize('count', [98, 68])
@pytest.mark.parametrize(('noise', 'most'), [(0.0, 1.0), (2.0, 4.0)])
def test_head_pose_is_found_from_the_landmarks(faces, rng, count, noise, most):
    """Within 1 degree on average, 4 with noise of 2 px at 128 px, though faces differ."""
    points = keypoints(faces[count])[..., :2]
    found = head_pose(
        points + rng.normal(0, noise, points.shape),
        focal=poses(faces[count], 'focal'),
        centre=poses(faces[count], 'centre'),
    )
    cosine = (np.einsum('nij,nij->n', found.rotation, poses(faces[count], 'rotation')) - 1) / 2
    assert np.degrees(np.arccos(cosine.clip(-1, 1))).mean() < most


def test_the_pupils_are_darker_than_the_eyes():
    """Landmarks lie on what is drawn: the eyes' white is seen beside each pupil."""
    darker = []
    for index in range(40):
        rendered = render_face(9, index, 384)
        points, seen = np.split(keypoints(rendered.annotations)[0], [2], axis=1)
        grey = rendered.image.mean(-1)
        for pupil, name in ((96, 'left_eye'), (97, 'right_eye')):
            eye = face_layout(98).parts[name]
            opening = np.linalg.norm(points[eye[2]] - points[eye[6]])
            if opening < 12 or (seen[[pupil, *eye]] == 1).any():
                continue
            # three quarters of the way from the middle of the eye to its corners
            beside = (points[[eye[0], eye[4]]] * 3 + points[list(eye)].mean(0)) / 4
            rows, columns = np.rint([points[pupil], *beside]).astype(int)[:, ::-1].T
            levels = grey[rows, columns]
            darker.append(levels[0] < levels[1:].mean())
    assert len(darker) > 20
    assert np.mean(darker) > 0.9


@pytest.mark.parametrize('count', [98, 68])
def test_mmpose_reads_it(tmp_path, count):
    out = tmp_path / 'faces'
    assert make_toy_faces(out, 10, seed=2, landmarks=count, val_fraction=0.4)
    assert not make_toy_faces(out, 10, seed=2, landmarks=count, val_fraction=0.4)
    with pytest.raises(ToyDataError, match='got another: '):
        make_toy_faces(out, 10, seed=2, landmarks=166 - count, val_fraction=0.4)
    for part, images in (('train', 6), ('val', 4)):
        annotations = out / 'annotations' / f'faces_{part}.json'
        dataset = DATASETS.build(
            dict(
                type=DATASET[count],
                ann_file=str(annotations),
                data_prefix=dict(img=str(out / 'images' / part)),
                pipeline=[dict(type='mmpose.LoadImage')],
            )
        )
        assert len(dataset) == images
        faces = json.loads(annotations.read_text())['annotations']
        for sample, face in zip(dataset, faces, strict=True):
            assert sample['img'].shape == (SIZE, SIZE, 3)
            points = keypoints([face])[..., :2]
            np.testing.assert_allclose(sample['keypoints'], points, atol=1e-4)
            x1, y1, x2, y2 = sample['bbox'][0]  # the square that is cut out, before padding
            low, high = points[0].min(0), points[0].max(0)
            assert max(x2 - x1, y2 - y1) == pytest.approx((high - low).max(), abs=0.02)


def test_an_unknown_layout_is_named(tmp_path):
    with pytest.raises(ToyDataError, match='got 21'):
        make_toy_faces(tmp_path / 'x', 3, landmarks=21)
