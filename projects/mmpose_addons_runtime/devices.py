"""Where onnxruntime computes: devices by name, their execution providers and options.

onnxruntime is one library in several packages, each of which brings other execution providers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import ModelError

CPU = 'CPUExecutionProvider'


@dataclass(frozen=True)
class Kind:
    """A kind of device.

    Attributes:
        provider: The execution provider's name in onnxruntime.
        package: Which brings it.
        option: Of the provider, for what follows the colon in the device's name.
        value: Pattern of that, in lower case.
    """

    provider: str
    package: str
    option: str = ''
    value: str = ''


PROVIDERS: Mapping[str, Kind] = {
    'cpu': Kind(CPU, 'onnxruntime'),
    'cuda': Kind('CUDAExecutionProvider', 'onnxruntime-gpu', 'device_id', r'\d+'),
    'tensorrt': Kind(
        'TensorrtExecutionProvider', 'onnxruntime-gpu tensorrt', 'device_id', r'\d+'
    ),
    'coreml': Kind('CoreMLExecutionProvider', 'onnxruntime (on macOS)'),
    'openvino': Kind(
        'OpenVINOExecutionProvider',
        'onnxruntime-openvino',
        'device_type',
        '[a-z]+(:[a-z0-9]+)?',
    ),
}
NAMES = 'cpu, cuda, cuda:N, tensorrt, tensorrt:N, coreml, openvino, openvino:GPU'


@dataclass(frozen=True)
class Device:
    """A device, and how onnxruntime is asked for it.

    Attributes:
        name: As given.
        kind: What it is.
        options: Of the execution provider.
    """

    name: str
    kind: Kind
    options: Mapping[str, str]

    @property
    def is_cpu(self) -> bool:
        """Whether it is the CPU, by onnxruntime's own kernels."""
        return self.kind.provider == CPU

    def providers(self) -> list[Any]:
        """Return the ``providers`` of a session; nodes that the first lacks run on the CPU."""
        if self.is_cpu:
            return [CPU]
        return [(self.kind.provider, dict(self.options)), CPU]


def device_of(name: str) -> Device:
    """Parse the name of a device.

    Args:
        name: Such as ``'cpu'``, ``'cuda:1'``, ``'tensorrt'``, ``'openvino:GPU'``.

    Raises:
        ModelError: It is none of :data:`NAMES`.

    Example:
        >>> device_of('cuda:1').providers()
        [('CUDAExecutionProvider', {'device_id': '1'}), 'CPUExecutionProvider']
    """
    start, colon, rest = name.partition(':')
    kind = PROVIDERS.get(start.lower())
    if kind is None or (colon and not (kind.value and re.fullmatch(kind.value, rest.lower()))):
        raise ModelError(f'device must be one of {NAMES}, got {name!r}')
    return Device(name, kind, {kind.option: rest.upper()} if colon else {})


def chosen_device(name: str | None, available: Sequence[str], version: str) -> Device:
    """Choose a device that this onnxruntime has.

    Args:
        name: See :func:`device_of`; None: CUDA where onnxruntime has it, else the CPU.
        available: Of ``onnxruntime.get_available_providers()``.
        version: Of onnxruntime, for the message.

    Raises:
        ModelError: The name is wrong, or onnxruntime lacks the provider.
    """
    if name is None:
        return device_of('cuda' if PROVIDERS['cuda'].provider in available else 'cpu')
    device = device_of(name)
    if device.kind.provider in available:
        return device
    here = [some for some, kind in PROVIDERS.items() if kind.provider in available]
    raise ModelError(
        f'device {name} needs {device.kind.provider} (pip install {device.kind.package}); '
        f'onnxruntime {version} has {", ".join(here) or "none of our devices"} here'
    )
