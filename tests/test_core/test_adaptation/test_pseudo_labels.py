import json

import numpy as np
import pytest

from mmpose_addons_core.adaptation import PseudoLabelError, PseudoLabels, read_npz
from mmpose_addons_core.datasets.coco_check import check_coco_keypoints


@pytest.fixture
def labels(rng):
    confidence = rng.random((3, 2)).astype(np.float32)
    return PseudoLabels(
        sample_id=np.array([7, 8, 9]),
        image_id=np.array([1, 1, 2]),
        file_name=np.array(['a.jpg', 'a.jpg', 'b.jpg']),
        bbox=np.array([[1.0, 2, 30, 40]] * 3),
        keypoints=rng.uniform(2, 30, (3, 2, 2)).astype(np.float32),
        confidence=confidence,
        kept=np.array([[True, False], [False, False], [True, True]]),
        origin=np.array([[0, 1], [0, 0], [1, 0]], np.uint8),
        found=np.array([True, True, False]),
        threshold=np.array([0.5, 0.5]),
        epoch=np.array(10),
        names=np.array(['left_eye', 'chin']),
        skeleton=np.array([[0, 1]]),
    )


def test_npz_keeps_everything(labels, tmp_path):
    labels.write_npz(tmp_path / 'labels.npz')
    for name, values in read_npz(tmp_path / 'labels.npz').arrays().items():
        np.testing.assert_array_equal(values, labels.arrays()[name])


def test_coco(labels, tmp_path):
    file = tmp_path / 'labels.json'
    labels.write_coco(file)
    coco = json.loads(file.read_text())
    assert [image['file_name'] for image in coco['images']] == ['a.jpg', 'b.jpg']
    first, second = coco['annotations']  # the third image could not be read
    assert first['id'] == 7
    assert first['keypoints'][2::3] == [2, 1]
    assert first['num_keypoints'] == 1
    assert first['from_flow'] == [False, True]
    np.testing.assert_allclose(first['keypoints'][:2], labels.keypoints[0, 0], atol=0.005)
    assert second['num_keypoints'] == 0
    assert coco['categories'][0]['skeleton'] == [[1, 2]]


def test_other_readers_take_the_coco_file(labels, tmp_path):
    file = tmp_path / 'labels.json'
    labels.write_coco(file)
    from pycocotools.coco import COCO

    coco = COCO(str(file))
    assert len(coco.getAnnIds(imgIds=1)) == 2
    kinds = {problem.kind for problem in check_coco_keypoints(str(file)).problems}
    # sizes of images are not known, and visibility 1 counts as labelled in COCO
    assert kinds <= {'image_record', 'num_keypoints', 'no_visible_keypoint'}


def test_wrong_shape(labels):
    with pytest.raises(
        PseudoLabelError, match=r'kept must have the shape \(3, 2\), got \(3,\)'
    ):
        PseudoLabels(**{**labels.arrays(), 'kept': labels.kept[:, 0]})


@pytest.mark.parametrize('content', [None, b'', b'no zip at all'])
def test_unreadable_file(tmp_path, content):
    file = tmp_path / 'labels.npz'
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PseudoLabelError, match='cannot be read as pseudo-labels'):
        read_npz(file)


def test_other_npz(tmp_path):
    np.savez(tmp_path / 'other.npz', kept=np.zeros(3))
    with pytest.raises(PseudoLabelError, match=r"arrays \['bbox', .* are missing"):
        read_npz(tmp_path / 'other.npz')


def test_pickles_are_refused(tmp_path):
    np.savez(tmp_path / 'evil.npz', kept=np.array([{}], dtype=object))
    with pytest.raises(PseudoLabelError):
        read_npz(tmp_path / 'evil.npz')
