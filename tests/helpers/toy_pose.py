"""An ONNX pose file without a network, for what runs such files."""

from pathlib import Path

import numpy as np
import onnx

from mmpose_addons_core.onnx_files import METADATA
from mmpose_addons_runtime.geometry import CropGeometry
from mmpose_addons_runtime.metadata import KeypointMetadata, NetworkMetadata

SIZE = 24, 32
KEYPOINTS = KeypointMetadata(
    names=('nose', 'left_hand', 'right_hand'),
    skeleton=((0, 1), (0, 2)),
    flip_indices=(0, 2, 1),
    sigmas=(0.05, 0.1, 0.1),
)

GRAPH = """
<ir_version: 8, opset_import: ["": 17]>
toy_pose (uint8[B, 32, 24, 3] crops) => (float[B, 3, 3] keypoints)
<int64[2] sides = {1, 2}, float[1] little = {0.001},
 float[1] full = {255}, int64[1] last = {-1}> {
    values = Cast <to = 1> (crops)
    raised = Add (values, little)
    weights = Mul (raised, raised)
    total = ReduceSum <keepdims = 0> (weights, sides)
    by_x = Mul (weights, xs)
    by_y = Mul (weights, ys)
    sum_x = ReduceSum <keepdims = 0> (by_x, sides)
    sum_y = ReduceSum <keepdims = 0> (by_y, sides)
    x = Div (sum_x, total)
    y = Div (sum_y, total)
    level = ReduceMean <axes = [1, 2], keepdims = 0> (values)
    score = Div (level, full)
    x3 = Unsqueeze (x, last)
    y3 = Unsqueeze (y, last)
    score3 = Unsqueeze (score, last)
    keypoints = Concat <axis = 2> (x3, y3, score3)
}
"""


def write_toy_pose(
    file: Path, decoded: bool = True, keypoints: KeypointMetadata = KEYPOINTS
) -> Path:
    """Write a file of the format in ``mmpose_addons_core.onnx_files``.

    A keypoint is the centroid of the squares of a colour, in px of the crop; its score is the
    mean of the colour.
    """
    model = onnx.parser.parse_model(GRAPH)
    width, height = SIZE
    places = dict(
        xs=np.arange(width, dtype=np.float32).reshape(1, 1, width, 1),
        ys=np.arange(height, dtype=np.float32).reshape(1, height, 1, 1),
    )
    for name, values in places.items():
        model.graph.initializer.append(onnx.numpy_helper.from_array(values, name))
    about = NetworkMetadata(keypoints, CropGeometry(SIZE), None, decoded)
    onnx.helper.set_model_props(model, {METADATA: about.to_json()})
    onnx.checker.check_model(model)
    onnx.save(model, file)
    return file
