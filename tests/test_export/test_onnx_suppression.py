"""Suppression inside the file against that of MMCV."""

import numpy as np
import pytest
import torch

from mmpose_addons.export.onnx_suppression import Suppression, suppression_model

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')


def run(suppression, corners, scores, enlargement=(1, 1, 1, 1)):
    import onnxruntime

    session = onnxruntime.InferenceSession(suppression_model(suppression).SerializeToString())
    enlargement = np.array(enlargement, np.float32)
    return session.run(None, dict(corners=corners, scores=scores, enlargement=enlargement))


@pytest.fixture
def many(rng):
    """Two images, three classes, 300 places."""
    low = rng.uniform(0, 80, (2, 300, 2))
    corners = np.concatenate((low, low + rng.uniform(10, 40, (2, 300, 2))), axis=-1)
    return corners.astype(np.float32), rng.uniform(0, 1, (2, 3, 300)).astype(np.float32)


@pytest.mark.parametrize('limit', [None, 1, 40])
def test_boxes_and_order_are_those_of_mmcv(many, limit):
    from mmcv.ops import batched_nms

    corners, scores = many
    boxes, labels, images = run(Suppression(0.4, 0.5, 12.0, limit, False), *many, (2, 3, 2, 3))
    assert len(boxes) > 100 or limit == 1 or limit == 40
    for image in range(2):
        scaled = torch.from_numpy(corners[image] * np.array([2, 3, 2, 3], np.float32))
        sizes = scaled[:, 2:] - scaled[:, :2]
        values = torch.from_numpy(scores[image]) * (sizes > 12).all(1)
        classes, places = torch.nonzero(values > 0.4, as_tuple=True)
        expected, kept = batched_nms(
            scaled[places], values[classes, places], classes, dict(iou_threshold=0.5)
        )
        chosen = images == image
        np.testing.assert_allclose(boxes[chosen], expected[:limit], rtol=1e-6)
        np.testing.assert_array_equal(labels[chosen], classes[kept][:limit])
    assert (np.diff(images) >= 0).all()


def test_a_score_that_equals_the_threshold():
    corners = np.array([[[0, 0, 9, 9], [20, 20, 29, 29]]], np.float32)
    scores = np.array([[[0.25, 0.5]]], np.float32)
    for equal, count in ((True, 2), (False, 1)):
        boxes, *_ = run(Suppression(0.25, 0.5, None, None, equal), corners, scores)
        assert boxes[:, 4].tolist() == [0.5, 0.25][:count]


@pytest.mark.parametrize('limit', [None, 10])
def test_nothing(many, limit):
    corners, scores = many
    boxes, labels, images = run(Suppression(0.0, 0.5, 0.0, limit, True), corners, -scores - 1)
    assert (boxes.shape, labels.shape, images.shape) == ((0, 5), (0,), (0,))
