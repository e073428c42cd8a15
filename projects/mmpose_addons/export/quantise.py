"""Quantise networks to int8 by onnxruntime's static quantisation."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.onnx_files import METADATA

QUANTISED = ('Conv', 'Add', 'Relu', 'MaxPool')
"""Operations in int8; with Add between them convolutions need not go back to float."""


def quantise_onnx(
    source: str | Path,
    target: str | Path,
    images: Iterable[np.ndarray],
    metadata: str | None = None,
    depthwise: bool = True,
) -> None:
    """Write an int8 copy of an ONNX file atomically.

    Weights are quantised per channel, activations by their range on the images.

    Args:
        source: File with one input of images, in batches of one or any size.
        target: The file to write.
        images: (h, w, 3) each, uint8, BGR, typical inputs of the network.
        metadata: Replaces that of the source.
        depthwise: Whether depthwise convolutions are quantised, too. Ranges of their channels
            differ most, and they are few of the operations.
    """
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.calibrate import CalibrationDataReader
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Images(CalibrationDataReader):
        def __init__(self, name: str) -> None:
            self.name, self.left = name, iter(images)

        def get_next(self) -> dict[str, np.ndarray] | None:
            image = next(self.left, None)
            return None if image is None else {self.name: image[None]}

    with TemporaryDirectory() as folder, atomic_write(target) as unfinished, _quiet():
        simplified = Path(folder) / 'simplified.onnx'
        quant_pre_process(source, simplified, skip_symbolic_shape=True)
        model = onnx.load(simplified)
        quantize_static(
            simplified,
            unfinished,
            Images(model.graph.input[0].name),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(QUANTISED),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_outside(model) + ([] if depthwise else _depthwise(model)),
        )
        if metadata is not None:
            model = onnx.load(unfinished)
            onnx.helper.set_model_props(model, {METADATA: metadata})
            onnx.save(model, unfinished)


def _outside(model: Any) -> list[str]:
    """Return the nodes before the first and after the last convolution.

    They normalise pixels and compute coordinates, for which eight bits are too few.
    """
    nodes = list(model.graph.node)
    convs = [i for i, node in enumerate(nodes) if node.op_type.startswith('Conv')]
    return [node.name for node in nodes[: convs[0]] + nodes[convs[-1] + 1 :]]


def _depthwise(model: Any) -> list[str]:
    """Return the convolutions with groups of channels."""
    return [
        node.name
        for node in model.graph.node
        if any(entry.name == 'group' and entry.i > 1 for entry in node.attribute)
    ]


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide a hint of onnxruntime at a step that has been done."""
    logger = logging.getLogger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
