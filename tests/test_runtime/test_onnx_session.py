"""Files and libraries that cannot be used: one clear sentence each."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

import onnx
import onnxruntime

from helpers.toy_detector import write_toy_detector
from helpers.toy_pose import write_toy_pose
from mmpose_addons_runtime import onnx_session
from mmpose_addons_runtime.errors import ModelError
from mmpose_addons_runtime.onnx_detector import OnnxDetector
from mmpose_addons_runtime.onnx_network import OnnxNetwork
from mmpose_addons_runtime.onnx_session import open_onnx, usable_threads


@pytest.fixture
def pose(tmp_path):
    return write_toy_pose(tmp_path / 'pose.onnx')


@pytest.fixture
def another(tmp_path):
    """The file of another program."""
    graph = '<ir_version: 8, opset_import: ["": 17]> g (float[1, 3] input) => (float[1, 3] y)'
    model = onnx.parser.parse_model(graph + '{ y = Identity(input) }')
    onnx.save(model, tmp_path / 'another.onnx')
    return tmp_path / 'another.onnx'


def changed(file, change):
    model = onnx.load(file)
    change(model)
    onnx.save(model, file)
    return file


def test_a_file_is_opened(pose):
    found = open_onnx(pose, threads=1)
    assert found.about == f'cpu (CPUExecutionProvider, onnxruntime {onnxruntime.__version__})'
    assert found.session.get_session_options().intra_op_num_threads == 1


def test_another_models_file(another):
    with pytest.raises(ModelError, match=r'got a file with the inputs input tensor\(float\)'):
        OnnxNetwork(another)


def test_files_in_the_place_of_the_other(tmp_path, pose):
    detector = write_toy_detector(tmp_path / 'detector.onnx')
    with pytest.raises(ModelError, match="kind 'pose', got one of kind 'detector'"):
        OnnxNetwork(detector)
    with pytest.raises(ModelError, match="kind 'detector', got one of kind 'pose'"):
        OnnxDetector(pose)


def test_a_file_with_heatmaps(tmp_path):
    file = write_toy_pose(tmp_path / 'maps.onnx', decoded=False)
    with pytest.raises(ModelError, match=r'maps\.onnx returns heatmaps; export it with'):
        OnnxNetwork(file)


def test_missing_and_corrupt_files(tmp_path, pose):
    with pytest.raises(ModelError, match=r'no\.onnx is missing'):
        open_onnx(tmp_path / 'no.onnx')
    with pytest.raises(ModelError, match=f'{tmp_path} cannot be read: Is a directory'):
        open_onnx(tmp_path)
    content = pose.read_bytes()
    for cut in (0, 10, len(content) // 2):
        pose.write_bytes(content[:cut])
        with pytest.raises(ModelError, match=r'pose\.onnx'):
            open_onnx(pose)


@pytest.mark.parametrize(
    'change',
    [
        lambda model: setattr(model, 'ir_version', 99),
        lambda model: setattr(model.opset_import[0], 'version', 99),
    ],
)
def test_a_file_for_a_newer_onnxruntime(pose, change):
    with pytest.raises(ModelError, match='newer ONNX than onnxruntime') as raised:
        open_onnx(changed(pose, change))
    assert '(pip install -U onnxruntime): ' in str(raised.value)
    assert '/onnxruntime_src/' not in str(raised.value)


def test_an_onnxruntime_that_is_too_old(pose, monkeypatch):
    monkeypatch.setitem(sys.modules, 'onnxruntime', SimpleNamespace(__version__='1.9.0'))
    with pytest.raises(ModelError, match=r'onnxruntime 1\.19 or newer .*, got 1\.9\.0'):
        open_onnx(pose)


def test_no_onnxruntime(pose, monkeypatch):
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    with pytest.raises(ModelError, match=r'needs onnxruntime \(pip install onnxruntime\)'):
        open_onnx(pose)


class FakeSession:
    """A session of an onnxruntime whose libraries of CUDA are missing."""

    def __init__(self, file, options, providers):
        self.asked = providers
        self.used = ['CPUExecutionProvider']

    def get_providers(self):
        return self.used

    def get_modelmeta(self):
        return SimpleNamespace(custom_metadata_map={onnx_session.METADATA: '{}'})


@pytest.fixture
def with_cuda(monkeypatch):
    """An onnxruntime that has CUDA."""
    names = ['CUDAExecutionProvider', 'CPUExecutionProvider']
    monkeypatch.setattr(onnxruntime, 'get_available_providers', lambda: names)
    monkeypatch.setattr(onnxruntime, 'InferenceSession', FakeSession)


def test_a_provider_that_does_not_start(pose, with_cuda):
    with pytest.raises(ModelError, match='cannot start it for device cuda:1: its libraries'):
        open_onnx(pose, 'cuda:1')
    found = open_onnx(pose, None)  # nobody has asked for it
    assert found.device.is_cpu
    assert found.session.asked[0] == ('CUDAExecutionProvider', {})
    assert found.about.startswith('cpu (CPUExecutionProvider')


def test_a_provider_that_starts(pose, with_cuda, monkeypatch):
    monkeypatch.setattr(FakeSession, 'get_providers', lambda self: ['CUDAExecutionProvider'])
    found = open_onnx(pose, 'cuda:1')
    assert found.session.asked[0] == ('CUDAExecutionProvider', {'device_id': '1'})
    assert found.about.startswith('cuda:1 (CUDAExecutionProvider')


def test_threads(monkeypatch):
    monkeypatch.delenv('OMP_NUM_THREADS', raising=False)
    assert usable_threads(None) == 0
    monkeypatch.setenv('OMP_NUM_THREADS', '3')
    assert (usable_threads(None), usable_threads(2)) == (3, 2)
    with pytest.raises(ModelError, match='from 1 to 1024, got 0'):
        usable_threads(0)
    with pytest.raises(ModelError, match='got 99999'):
        usable_threads(99999)
    monkeypatch.setenv('OMP_NUM_THREADS', '99999')
    assert usable_threads(None) == 1024


def test_a_fixed_batch_is_filled(tmp_path, rng):
    crops = rng.integers(0, 256, (5, 32, 24, 3), dtype=np.uint8)
    file = write_toy_pose(tmp_path / 'pose.onnx')
    network = OnnxNetwork(file)
    points, scores = network(crops)
    network.batch_size = 2
    twos, scores_of_twos = network(crops)
    np.testing.assert_array_equal(points, twos)
    np.testing.assert_array_equal(scores, scores_of_twos)
    weights = crops[..., 0].astype(float) + 0.001
    centre = (weights**2 * np.arange(24)).sum((1, 2)) / (weights**2).sum((1, 2))
    np.testing.assert_allclose(points[:, 0, 0], centre, rtol=1e-4)
