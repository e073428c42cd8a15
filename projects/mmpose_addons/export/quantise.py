"""Networks in int8 by onnxruntime's static quantisation."""

import logging
from pathlib import Path

import numpy as np

from ..fileio import written_whole

QUANTISED = ('Conv', 'Gemm', 'MatMul')
"""Operations in int8; the decoding and what lies between them stays as it is."""


def quantise_onnx(source: str | Path, target: str | Path, crops: np.ndarray) -> None:
    """Write an int8 copy of an ONNX file, whole or not at all.

    Weights are quantised per channel, activations by the range that they have for the crops.

    Args:
        source: Of :func:`export_onnx`, with batches of one or any size.
        target: The file to write.
        crops: (N, h, w, 3), uint8, BGR, such as the network will see.
    """
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.calibrate import CalibrationDataReader

    class Crops(CalibrationDataReader):
        def __init__(self) -> None:
            self.left = iter(crops)

        def get_next(self) -> dict[str, np.ndarray] | None:
            crop = next(self.left, None)
            return None if crop is None else {'crops': crop[None]}

    logging.getLogger().setLevel(logging.ERROR)  # a hint at an optional step
    with written_whole(target) as unfinished:
        quantize_static(
            source,
            unfinished,
            Crops(),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(QUANTISED),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_decoding(onnx.load(source)),
        )


def _decoding(model: object) -> list[str]:
    """Names of the nodes after the last convolution: they work on coordinates."""
    nodes = list(model.graph.node)  # type: ignore[attr-defined]
    last = max(i for i, node in enumerate(nodes) if node.op_type.startswith('Conv'))
    gemms = [i for i, node in enumerate(nodes) if node.op_type == 'Gemm']
    last = max([last, *gemms])
    return [node.name for node in nodes[last + 1 :]]
