"""A network that was changed and kept its metadata."""

import json

import pytest

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

import onnx

from helpers.toy_detector import write_toy_detector
from helpers.toy_pose import write_toy_pose
from mmpose_addons_core.onnx_files import METADATA
from mmpose_addons_runtime.bench import fixed_batch
from mmpose_addons_runtime.errors import ModelError
from mmpose_addons_runtime.onnx_detector import OnnxDetector
from mmpose_addons_runtime.onnx_network import OnnxNetwork

WRONG = 'is not the network that its metadata describe: expected'


def change_metadata(file, **changes):
    model = onnx.load(file)
    (entry,) = (entry for entry in model.metadata_props if entry.key == METADATA)
    entry.value = json.dumps(json.loads(entry.value) | changes)
    onnx.save(model, file)


def test_another_input_size(tmp_path):
    file = write_toy_pose(tmp_path / 'pose.onnx')
    change_metadata(file, input_size=[48, 64])
    message = (
        rf'pose\.onnx {WRONG} crops tensor\(uint8\) any x 64 x 48 x 3, .*, '
        r'got crops tensor\(uint8\) any x 32 x 24 x 3'
    )
    with pytest.raises(ModelError, match=message):
        OnnxNetwork(file)
    with pytest.raises(ModelError, match=message):
        fixed_batch(file)


def test_a_batch_that_is_fixed_in_the_graph_only(tmp_path):
    file = write_toy_pose(tmp_path / 'pose.onnx')
    model = onnx.load(file)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 2
    onnx.save(model, file)
    with pytest.raises(ModelError, match=r'got crops tensor\(uint8\) 2 x 32 x 24 x 3'):
        OnnxNetwork(file)
    change_metadata(file, batch_size=2)
    assert OnnxNetwork(file).batch_size == 2


def test_one_more_input(tmp_path):
    file = write_toy_detector(tmp_path / 'detector.onnx')
    assert OnnxDetector(file).label == 0
    model = onnx.load(file)
    value = onnx.helper.make_tensor_value_info('size', onnx.TensorProto.INT64, [2])
    model.graph.input.append(value)
    onnx.save(model, file)
    with pytest.raises(ModelError, match=rf'{WRONG} images .*, got .*size tensor\(int64\) 2'):
        OnnxDetector(file)


def test_a_missing_output(tmp_path):
    file = write_toy_detector(tmp_path / 'detector.onnx')
    model = onnx.load(file)
    del model.graph.output[1]
    onnx.save(model, file)
    with pytest.raises(ModelError, match=r'expected .*labels tensor\(int64\) any, .*, got'):
        OnnxDetector(file)
