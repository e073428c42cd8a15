"""Devices by name, as far as options go: the CPU is the only one that runs here."""

import pytest

from mmpose_addons_runtime.devices import chosen_device, device_of
from mmpose_addons_runtime.errors import ModelError

CPU = 'CPUExecutionProvider'


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        ('cpu', [CPU]),
        ('cuda', [('CUDAExecutionProvider', {}), CPU]),
        ('cuda:1', [('CUDAExecutionProvider', {'device_id': '1'}), CPU]),
        ('tensorrt:0', [('TensorrtExecutionProvider', {'device_id': '0'}), CPU]),
        ('coreml', [('CoreMLExecutionProvider', {}), CPU]),
        ('openvino', [('OpenVINOExecutionProvider', {}), CPU]),
        ('openvino:gpu', [('OpenVINOExecutionProvider', {'device_type': 'GPU'}), CPU]),
    ],
)
def test_providers_and_their_options(name, expected):
    device = device_of(name)
    assert device.providers() == expected
    assert device.is_cpu == (name == 'cpu')


@pytest.mark.parametrize('name', ['gpu', '', 'cuda:', 'cuda:x', 'cpu:1', 'cuda:1:2'])
def test_wrong_names(name):
    with pytest.raises(ModelError, match=f"openvino:GPU, got '{name}'"):
        device_of(name)


def test_cuda_is_taken_where_it_is():
    assert chosen_device(None, [CPU], '1').name == 'cpu'
    assert chosen_device(None, ['CUDAExecutionProvider', CPU], '1').name == 'cuda'
    both = ['TensorrtExecutionProvider', 'CUDAExecutionProvider', CPU]
    assert chosen_device('tensorrt', both, '1').name == 'tensorrt'


@pytest.mark.parametrize(
    ('name', 'package'),
    [
        ('cuda:0', 'onnxruntime-gpu'),
        ('tensorrt', 'onnxruntime-gpu tensorrt'),
        ('coreml', r'onnxruntime \(on macOS\)'),
        ('openvino', 'onnxruntime-openvino'),
    ],
)
def test_a_missing_provider_is_named_with_its_package(name, package):
    message = rf'device {name} needs \w+ExecutionProvider \(pip install {package}\); '
    with pytest.raises(ModelError, match=message + r'onnxruntime 1\.9 has cpu here'):
        chosen_device(name, ['AzureExecutionProvider', CPU], '1.9')
