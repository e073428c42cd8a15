"""Write a detector with scaling and suppression as one ONNX file, and run the file."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.onnx_files import METADATA, DetectorMetadata

from ..estimators.detector_network import Detections, DetectorNetwork
from .detector_graph import DetectorGraph
from .image_scaling import ImageScaling
from .onnx_file import trace
from .onnx_scaling import scaling_model
from .onnx_suppression import Suppression, suppression_model
from .quantise import quantise_onnx


def export_detector(
    network: DetectorNetwork,
    target: str | Path,
    batch_size: int | None = 1,
    half: bool = False,
) -> DetectorMetadata:
    """Write a detector atomically, in the format of ``mmpose_addons_core.onnx_files``.

    Args:
        network: RTMDet or YOLOX of MMDet, on the CPU.
        target: The file.
        batch_size: B; None for any number of images of one size.
        half: Compute the network in float16.

    Returns:
        What the file says about itself.

    Raises:
        ExportError: The detector or its test pipeline cannot be exported.
    """
    import onnx

    scaling = ImageScaling.of_config(network.config)
    graph = DetectorGraph(network.model, scaling.input_size, half)
    suppression = Suppression.of_model(network.model)
    about = DetectorMetadata(
        classes=network.classes,
        input_size=scaling.input_size,
        score_threshold=suppression.score_threshold,
        nms_threshold=suppression.overlap,
        max_boxes=suppression.limit,
        batch_size=batch_size,
        precision='float16' if half else 'float32',
        architecture=type(network.model).__name__,
    )
    file = _traced(graph, batch_size)
    file = _joined(scaling_model(scaling), file, ['pixels'])
    file = _joined(file, suppression_model(suppression), ['corners', 'scores', 'enlargement'])
    if batch_size:
        file.graph.input[0].type.tensor_type.shape.dim[0].dim_value = batch_size
    onnx.helper.set_model_props(file, {METADATA: about.to_json()})
    onnx.checker.check_model(file, full_check=True)
    with atomic_write(target) as unfinished:
        onnx.save(file, unfinished)
    return about


def _traced(graph: DetectorGraph, batch_size: int | None) -> Any:
    """Return the ONNX model from ``pixels`` to ``corners`` and ``scores``."""
    import onnx

    width, height = graph.input_size
    example = torch.rand(batch_size or 2, height, width, 3) * 255
    names = ['pixels', 'corners', 'scores']
    with TemporaryDirectory() as folder:
        file = Path(folder) / 'network.onnx'
        trace(graph.eval(), example, file, names, fixed_batch=bool(batch_size))
        return onnx.load(file)


def _joined(before: Any, after: Any, names: Sequence[str]) -> Any:
    """Return one ONNX model of two, of which the first has outputs that the second takes."""
    from onnx.compose import merge_models

    version = max(before.ir_version, after.ir_version)
    before.ir_version = after.ir_version = version
    joined = merge_models(before, after, [(name, name) for name in names])
    del joined.opset_import[1:]  # both have the same, which onnxruntime takes only once
    return joined


def quantise_detector(
    source: str | Path, target: str | Path, images: Sequence[np.ndarray]
) -> None:
    """Write an int8 copy of a detector's file atomically.

    Args:
        source: File of :func:`export_detector`, with batches of one or any size.
        target: The file to write.
        images: (H, W, 3), uint8, BGR, typical inputs of the network, of any sizes.
    """
    import onnx

    (text,) = (
        entry.value for entry in onnx.load(source).metadata_props if entry.key == METADATA
    )
    about = replace(DetectorMetadata.from_json(text), precision='int8')
    quantise_onnx(source, target, images, about.to_json(), depthwise=False)


def run_detector(file: str | Path, images: Sequence[np.ndarray]) -> list[Detections]:
    """Run a file on images (H, W, 3), uint8, BGR, one at a time.

    Raises:
        ValueError: The file takes batches of more than one image.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=['CPUExecutionProvider'])
    batch = session.get_inputs()[0].shape[0]
    if isinstance(batch, int) and batch != 1:
        raise ValueError(f'{file} must take one image or any number, got batches of {batch}')
    found = []
    for image in images:
        boxes, labels, _ = session.run(None, {'images': image[None]})
        found.append(Detections(boxes[:, :4], boxes[:, 4], labels))
    return found
