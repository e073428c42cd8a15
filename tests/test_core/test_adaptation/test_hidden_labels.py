import json

import numpy as np
import pytest

from mmpose_addons_core.adaptation import PseudoLabelError, PseudoLabels
from mmpose_addons_core.adaptation.hidden_labels import hidden_labels, labelled_images

NAMES = 'horse/1.jpg', 'horse/2.jpg', 'horse/2.jpg'


@pytest.fixture
def labels(rng):
    boxes = np.array([[10.0, 10, 40, 40], [0, 0, 30, 30], [50, 50, 30, 30]])
    kept = np.ones((3, 2), bool)
    return PseudoLabels(
        sample_id=np.array([7, 8, 9]),
        image_id=np.array([1, 2, 2]),
        file_name=np.array([f'/data/{name}' for name in NAMES]),
        bbox=boxes,
        keypoints=rng.uniform(0, 30, (3, 2, 2)).astype(np.float32),
        confidence=np.ones((3, 2), np.float32),
        kept=kept,
        origin=np.zeros((3, 2), np.uint8),
        found=np.ones(3, bool),
        threshold=np.zeros(2),
        epoch=np.array(0),
        names=np.array(['a', 'b']),
        skeleton=np.zeros((0, 2), np.int64),
    )


@pytest.fixture
def truth(labels):
    """The same boxes, ids and images, keypoints 1 px beside the labels."""
    points = np.pad(labels.keypoints + 1.0, ((0, 0), (0, 0), (0, 1)), constant_values=2)
    images = [
        dict(id=i, file_name=name, width=100, height=100)
        for i, name in enumerate(dict.fromkeys(NAMES), start=1)
    ]
    annotations = [
        dict(
            id=int(labels.sample_id[i]),
            image_id=int(labels.image_id[i]),
            bbox=labels.bbox[i].tolist(),
            keypoints=points[i].ravel().tolist(),
        )
        for i in range(3)
    ]
    return dict(images=images, annotations=annotations, categories=[])


def joined(folder, truth, labels):
    (folder / 'hidden.json').write_text(json.dumps(truth))
    return hidden_labels(folder / 'hidden.json', labels)


def test_same_ids(tmp_path, truth, labels):
    points, given = joined(tmp_path, truth, labels)
    assert given.all()
    np.testing.assert_allclose(points, labels.keypoints + 1, atol=1e-4)


def test_keypoints_in_another_order_are_refused(tmp_path, truth, labels):
    for ann in truth['annotations']:
        ann['category_id'] = 1
    for names in (['a', 'b'], ['A', 'B'], None):
        truth['categories'] = [dict(id=1, keypoints=names)]
        assert joined(tmp_path, truth, labels)[1].all()
    truth['categories'] = [dict(id=2, keypoints=['a', 'b']), dict(id=1, keypoints=['b', 'a'])]
    with pytest.raises(PseudoLabelError, match="keypoint 0: expected 'a', got 'b'"):
        joined(tmp_path, truth, labels)


def test_images_with_labelled_joints_are_counted(tmp_path, truth):
    """Some tools write a box without keypoints."""
    file = tmp_path / 'check.json'
    file.write_text(json.dumps(truth))
    images = {a['image_id'] for a in truth['annotations']}
    assert labelled_images(file) == len(images)
    extra = dict(truth['annotations'][0], id=99, image_id=99)
    none = {key: value for key, value in extra.items() if key != 'keypoints'}
    truth['annotations'] += [none, dict(extra, keypoints=None), dict(extra, keypoints=[0] * 6)]
    file.write_text(json.dumps(truth))
    assert labelled_images(file) == len(images)


def test_other_ids_are_joined_by_names_and_boxes(tmp_path, truth, labels):
    for ann in truth['annotations']:
        ann['id'] += 100
    truth['annotations'].reverse()
    for image in truth['images']:
        image['id'] += 5
    for ann in truth['annotations']:
        ann['image_id'] += 5
    points, given = joined(tmp_path, truth, labels)
    assert given.all()
    np.testing.assert_allclose(points, labels.keypoints + 1, atol=1e-4)


def test_images_that_are_not_in_the_file_have_no_labels(tmp_path, truth, labels):
    del truth['images'][0]
    del truth['annotations'][0]
    _, given = joined(tmp_path, truth, labels)
    assert given.any(1).tolist() == [False, True, True]


def test_a_box_in_its_whole_image_fits(tmp_path, truth, labels):
    labels.bbox[0] = [0, 0, 99, 99]
    assert joined(tmp_path, truth, labels)[1].all()


def test_the_same_ids_of_other_images_are_refused(tmp_path, truth, labels):
    for image in truth['images']:
        image['file_name'] = image['file_name'].replace('horse', 'tiger')
    with pytest.raises(PseudoLabelError, match=r'hidden\.json has no labels .* 0 of 3 images'):
        joined(tmp_path, truth, labels)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda t: t['annotations'][0].update(bbox=[60, 60, 30, 30]), '1 of 3 samples do not'),
        (
            lambda t: t['images'][1].update(width=60),
            '1 of 3 .*sample 9, /data/horse/2.jpg, box',
        ),
        (
            lambda t: t['annotations'][1].update(keypoints=[1, 2]),
            r'annotations\[1\] must have 2',
        ),
        (lambda t: t['annotations'][1].update(keypoints='x'), r"keypoints: got 'x'"),
        (lambda t: t['annotations'][1].update(bbox=None), r'annotations\[1\]: bbox must be'),
        (lambda t: t['annotations'][1].update(id='x'), r'annotations\[1\] must have an id'),
        (lambda t: t['annotations'][1].update(image_id=77), 'no image has the id 77'),
        (lambda t: t['images'][1].update(id=1), 'several images have the same id'),
        (lambda t: t['images'].append(dict(t['images'][0], id=9)), 'has the ids 1 and 9'),
        (lambda t: t['images'][0].pop('file_name'), r'images\[0\] must have an id and a'),
        (lambda t: t.update(annotations=None), "'annotations' must be a list"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, truth, labels, change, message):
    change(truth)
    with pytest.raises(PseudoLabelError, match=message) as caught:
        joined(tmp_path, truth, labels)
    assert str(tmp_path / 'hidden.json') in str(caught.value)
