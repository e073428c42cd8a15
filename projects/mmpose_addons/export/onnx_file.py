"""Write a traced network with its metadata as ONNX, and run the file."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.formula import formulas_only
from mmpose_addons_core.onnx_files import METADATA
from mmpose_addons_runtime.metadata import KeypointMetadata, NetworkMetadata

from .graph import PoseGraph

OPSET = 17


def trace(
    network: nn.Module,
    example: torch.Tensor,
    target: Path,
    names: Sequence[str],
    fixed_batch: bool,
) -> None:
    """Write a network as ONNX, with the operations that it runs for an example.

    Args:
        network: In eval mode.
        example: (B, ...), its input.
        target: The file.
        names: Of the input and of the outputs, in this order.
        fixed_batch: Whether B is always that of the example; otherwise the first axis of all
            inputs and outputs has any size.
    """
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter('ignore')  # sizes become constants on purpose
        torch.onnx.export(
            network,
            (example,),
            str(target),
            input_names=names[:1],
            output_names=names[1:],
            dynamic_axes=None if fixed_batch else {name: {0: 'B'} for name in names},
            opset_version=OPSET,
            dynamo=False,
        )


def export_onnx(
    graph: PoseGraph, meta: dict, target: str | Path, batch_size: int | None = 1
) -> None:
    """Write a network atomically.

    The file's input is ``crops`` (B, h, w, 3), uint8, BGR. Its output is ``keypoints``
    (B, K, 3), (x, y, score) in px of the crop, or ``outputs`` without decoding.

    Args:
        graph: The network; it is set to eval mode.
        meta: The model's ``dataset_meta``.
        target: The file.
        batch_size: B; None for any size.
    """
    import onnx

    width, height = graph.geometry.input_size
    example = torch.randint(0, 256, (batch_size or 2, height, width, 3), dtype=torch.uint8)
    name = 'outputs' if graph.decode is None else 'keypoints'
    graph.eval()
    with atomic_write(target) as unfinished, torch.no_grad(), formulas_only():
        graph(example)  # constants that are kept for later calls must not be traced
        trace(graph, example, unfinished, ['crops', name], fixed_batch=bool(batch_size))
        file = onnx.load(unfinished)
        about = NetworkMetadata(
            keypoints=KeypointMetadata.of_dataset(meta),
            geometry=graph.geometry,
            batch_size=batch_size,
            decoded=graph.decode is not None,
        )
        onnx.helper.set_model_props(file, {METADATA: about.to_json()})
        onnx.checker.check_model(file)
        onnx.save(file, unfinished)


def run_onnx(file: str | Path, crops: np.ndarray) -> np.ndarray:
    """Run a file on crops (N, h, w, 3), one batch after the other.

    Raises:
        ValueError: If the number of crops is not a multiple of the file's batch size.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=['CPUExecutionProvider'])
    batch = session.get_inputs()[0].shape[0]
    step = batch if isinstance(batch, int) else len(crops)
    if len(crops) % step:
        raise ValueError(f'the number of crops must be a multiple of {step}, got {len(crops)}')
    return np.concatenate(
        [
            session.run(None, {'crops': crops[start : start + step]})[0]
            for start in range(0, len(crops), step)
        ]
    )
