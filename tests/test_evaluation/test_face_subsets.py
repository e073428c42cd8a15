"""Subsets that are named wrongly, and files whose faces are not those of the test."""

import json

import pytest

from helpers.face_samples import FACE, evaluate, sample
from mmpose_addons.evaluation.face_subsets import read_subsets
from mmpose_addons_core.datasets.coco_file import CocoFileError


def coco(tmp_path, *annotations):
    file = tmp_path / 'faces.json'
    file.write_text(json.dumps(dict(annotations=annotations)))
    return file


@pytest.mark.parametrize('names', ['pose', None, [1], [''], dict(pose=1)])
def test_names_that_are_no_list_are_refused(tmp_path, names):
    """A text would give a subset of each of its letters."""
    face = sample(FACE, FACE, raw_ann_info=dict(subsets=names), id=3)
    with pytest.raises(ValueError, match='annotation 3: subsets must be a list of names'):
        evaluate([face], tmp_path, norm='box')


def test_the_name_of_the_curve_of_all_faces_is_taken(tmp_path):
    face = sample(FACE, FACE, raw_ann_info=dict(subsets=['all']))
    with pytest.raises(ValueError, match="annotation 7: subsets must not contain 'all'"):
        evaluate([face], tmp_path, norm='box')


@pytest.mark.parametrize(
    ('annotations', 'message'),
    [
        ([], 'expected annotations with keypoints, got none'),
        ([dict(keypoints=[1, 2], id=5)], r'annotations\[0\] \(id 5\): cannot reshape'),
        ([dict(keypoints=['a'] * 3)], 'could not convert'),
        ([dict(keypoints=[1, 2, 2], subsets='pose')], "a list of names, got 'pose'"),
    ],
)
def test_files_without_subsets_of_faces_are_named(tmp_path, annotations, message):
    with pytest.raises(CocoFileError, match=f'faces.json is not a COCO file: .*{message}'):
        read_subsets(coco(tmp_path, *annotations))


def test_a_file_is_needed():
    with pytest.raises(ValueError, match='subset blur must be a COCO file, got 3'):
        read_subsets(dict(blur=3))


def test_faces_that_are_not_tested_are_counted(tmp_path, warnings):
    """As those of a file of another split, whose subset would be missing in silence."""
    keypoints = [[value, *range(11)] for value in (1, 2)]
    file = coco(tmp_path, *[dict(keypoints=points, subsets=['dark']) for points in keypoints])
    metrics = evaluate([sample(FACE, FACE)], tmp_path / 'out', norm='box', subsets=file)
    assert 'dark/NME' not in metrics
    assert 'faces of subsets that the data set lacks: dark: 2 of 2' in warnings()
