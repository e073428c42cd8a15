"""The smallest file of the detector's format, run by onnxruntime alone."""

import numpy as np
import pytest

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

import onnxruntime

from helpers.toy_detector import ABOUT, write_toy_detector
from mmpose_addons_core.onnx_files import METADATA, DetectorMetadata


def test_inputs_outputs_and_metadata(tmp_path):
    session = onnxruntime.InferenceSession(str(write_toy_detector(tmp_path / 'toy.onnx')))
    assert [value.name for value in session.get_inputs()] == ['images']
    names = [value.name for value in session.get_outputs()]
    assert names == ['boxes', 'labels', 'image_indices']
    text = session.get_modelmeta().custom_metadata_map[METADATA]
    assert DetectorMetadata.from_json(text) == ABOUT

    images = np.stack([np.full((40, 80, 3), grey, np.uint8) for grey in (51, 204, 102)])
    boxes, labels, image_indices = session.run(None, dict(images=images))
    expected = [[20, 10, 60, 30, 0.8], [20, 10, 60, 30, 0.4]]
    np.testing.assert_allclose(boxes, expected, rtol=1e-6)
    assert (labels.tolist(), image_indices.tolist()) == ([1, 1], [1, 2])
    boxes, labels, _ = session.run(None, dict(images=images[:1]))
    assert (boxes.shape, labels.shape) == ((0, 5), (0,))
