import json

import numpy as np
import pytest

from mmpose_addons_core.datasets.coco_file import CocoFileError
from mmpose_addons_core.datasets.labels_by_file_name import labels_by_file_name

NAMES = ['/data/frames/a/1.jpg', '/data/frames/b/1.jpg', '/data/frames/b/2.jpg']
BOXES = np.array([[0.0, 0, 10, 10], [0, 0, 10, 10], [50, 50, 10, 10]])


@pytest.fixture
def write(tmp_path):
    def to_file(*labels):
        """Labels: file name, keypoints."""
        names = sorted({name for name, _ in labels})
        images = [dict(id=i, file_name=name) for i, name in enumerate(names)]
        annotations = [
            dict(id=i, image_id=names.index(name), keypoints=keypoints)
            for i, (name, keypoints) in enumerate(labels)
        ]
        file = tmp_path / 'check.json'
        file.write_text(json.dumps(dict(images=images, annotations=annotations)))
        return file

    return to_file


def test_the_end_of_the_path_counts(write):
    file = write(('b/1.jpg', [1, 2, 2, 3, 4, 0]), ('frames/b/2.jpg', [5, 6, 1, 7, 8, 2]))
    found = labels_by_file_name(file, NAMES, BOXES, 2)
    np.testing.assert_array_equal(found.given, [[0, 0], [1, 0], [1, 1]])
    np.testing.assert_array_equal(found.keypoints[1:], [[[1, 2], [3, 4]], [[5, 6], [7, 8]]])


def test_the_nearest_of_several_animals(write):
    far, near = [1, 2, 2, 3, 4, 2], [52, 52, 2, 58, 58, 2]
    file = write(('b/2.jpg', far), ('b/2.jpg', near))
    assert labels_by_file_name(file, NAMES, BOXES, 2).keypoints[2, 0].tolist() == [52, 52]


def test_images_without_labels_do_not_count(write):
    file = write(('b/1.jpg', [1, 2, 2, 3, 4, 2]), ('elsewhere.jpg', [0] * 6))
    assert labels_by_file_name(file, NAMES, BOXES, 2).given.sum() == 2


def test_what_is_wrong_is_named(write):
    with pytest.raises(ValueError, match=r"got 1 labelled ones .* first is '2\.jpg x'"):
        labels_by_file_name(write(('2.jpg x', [1, 2, 2, 3, 4, 2])), NAMES, BOXES, 2)
    with pytest.raises(ValueError, match='labelled keypoints, got none'):
        labels_by_file_name(write(('b/1.jpg', [0] * 6)), NAMES, BOXES, 2)
    with pytest.raises(CocoFileError, match=r'annotation 0: expected 2 .* got 3 values'):
        labels_by_file_name(write(('b/1.jpg', [1, 2, 2])), NAMES, BOXES, 2)
