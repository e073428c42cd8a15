"""Categories whose keypoints a person will set."""

import json

import pytest

from mmpose_addons_core.datasets.coco_file import CocoFileError
from mmpose_addons_core.datasets.skeleton_file import category_to_label


@pytest.fixture
def read(tmp_path):
    """Reads the only category of a file."""

    def of(**category):
        category = dict(id=5, name='cow', keypoints=['nose', 'neck', 'tail']) | category
        file = tmp_path / 'like.json'
        file.write_text(json.dumps(dict(categories=[category])))
        return category_to_label(file)

    return of


@pytest.mark.parametrize(
    ('skeleton', 'written', 'from_zero'),
    [
        ([[1, 2], [2, 3]], [[1, 2], [2, 3]], False),
        ([[0, 1], [1, 2]], [[1, 2], [2, 3]], True),
        ([[1, 2], [2, 0]], [[2, 3], [3, 1]], True),
        ([], [], False),
        (None, [], False),
    ],
)
def test_skeletons_count_from_1(read, skeleton, written, from_zero):
    category, counted_from_zero = read(skeleton=skeleton)
    assert category['skeleton'] == written
    assert counted_from_zero == from_zero
    assert category['id'] == 1


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(keypoints=['nose', 'neck', 'nose']), "got 'nose' as keypoints 0 and 2"),
        (dict(skeleton=[[1, 2], [2, 99]]), r'skeleton\[1\] .* 1 to 3, got \[2, 99\]'),
        (dict(skeleton=[[-1, 2]]), r'skeleton\[0\] .* 1 to 3, got \[-1, 2\]'),
        (dict(skeleton=[[0, 1], [1, 3]]), r'\[1\] .* 0 to 2, as .* from 0, got \[1, 3\]'),
        (dict(skeleton=[[1, 2, 3]]), r'two numbers from 1 to 3, got \[1, 2, 3\]'),
        (dict(skeleton=['nose']), "two numbers from 1 to 3, got 'nose'"),
        (dict(skeleton=dict(a=1)), 'skeleton must be a list of pairs'),
    ],
)
def test_categories_that_are_not_usable(read, change, message):
    with pytest.raises(CocoFileError, match=message):
        read(**change)
