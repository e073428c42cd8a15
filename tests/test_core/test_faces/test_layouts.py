"""Layouts of face landmarks agree with MMPose's data sets."""

import numpy as np
import pytest
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.evaluation.metrics import NME

from mmpose_addons_core.faces import face_layout

DATASETS = [(98, 'wflw'), (68, '300w')]


@pytest.mark.parametrize(('count', 'dataset'), DATASETS)
def test_the_template_is_its_mirror_image(count, dataset):
    meta = parse_pose_metainfo(dict(from_file=f'configs/_base_/datasets/{dataset}.py'))
    template = face_layout(count).template
    mirrored = template[meta['flip_indices']] * (-1, 1, 1)
    np.testing.assert_allclose(template, mirrored, atol=1e-9)


@pytest.mark.parametrize(('count', 'dataset'), DATASETS)
def test_eye_corners_are_those_of_mmpose(count, dataset):
    left, right = face_layout(count).outer_eye_corners
    assert [*left, *right] == NME.DEFAULT_KEYPOINT_INDICES[dataset]


@pytest.mark.parametrize('count', [68, 98])
def test_parts_cover_all_landmarks(count):
    parts = face_layout(count).parts.values()
    assert [i for part in parts for i in part] == [*range(count)]


@pytest.mark.parametrize('count', [68, 98])
def test_a_plausible_face(count):
    """In mm, x to the right, y down, z away from the camera."""
    face = face_layout(count)
    places = {name: face.template[part].mean(0) for name, part in face.parts.items()}
    assert places['left_eye'][0] < -20 < 20 < places['right_eye'][0]
    rows = [places[n][1] for n in ('left_brow', 'left_eye', 'nose_base', 'outer_lip')]
    assert np.diff(rows).min() > 15
    chin = face.template[face.parts['jaw']][len(face.parts['jaw']) // 2]
    assert chin[1] == face.template[:, 1].max()
    tip = face.parts['nose_bridge'][-1]
    assert face.template[:, 2].argmin() == tip
    first, second = face.outer_eye_corners
    distance = np.linalg.norm(face.template[first] - face.template[second])
    assert 80 < distance < 100
    pupils = [face.template[group].mean(0)[0] for group in face.pupils]
    assert pupils == pytest.approx([-31, 31], abs=1)


def test_both_layouts_are_the_same_face():
    whole, sparse = face_layout(98), face_layout(68)
    for part in ('nose_bridge', 'nose_base', 'outer_lip', 'inner_lip'):
        np.testing.assert_array_equal(
            whole.template[whole.parts[part]], sparse.template[sparse.parts[part]]
        )
    np.testing.assert_array_equal(
        whole.template[whole.parts['jaw']][::2], sparse.template[sparse.parts['jaw']]
    )


def test_the_template_is_not_changed():
    with pytest.raises(ValueError, match='read-only'):
        face_layout(68).template[0] = 0


def test_unknown_layout():
    with pytest.raises(ValueError, match=r'\[68, 98\] landmarks, got 29'):
        face_layout(29)
