"""An ONNX detector of five nodes, for what runs such files; it needs no training."""

from pathlib import Path

import onnx

from mmpose_addons_core.onnx_files import METADATA, DetectorMetadata

ABOUT = DetectorMetadata(
    classes=('cat', 'person'),
    input_size=(64, 64),
    score_threshold=0.25,
    nms_threshold=0.65,
    max_boxes=1,
    batch_size=None,
)

GRAPH = """
<ir_version: 8, opset_import: ["": 17]>
toy_detector (uint8[B, H, W, 3] images)
    => (float[N, 5] boxes, int64[N] labels, int64[N] image_indices)
<float[1] full = {255}, float threshold = {0.25}, float[4] corners = {0.25, 0.25, 0.75, 0.75},
 int64[2] column = {-1, 1}, int64[1] last = {-1}, int64[1] first = {0}, int64[2] row = {1, -1},
 int64[4] turned = {2, 1, 2, 1}, int64 person = {1}> {
    values = Cast <to = 1> (images)
    means = ReduceMean <axes = [1, 2, 3], keepdims = 0> (values)
    scores = Div (means, full)
    bright = Greater (scores, threshold)
    places = NonZero (bright)
    image_indices = Reshape (places, last)
    kept = Gather (scores, image_indices)
    kept_column = Reshape (kept, column)
    shape = Shape (images)
    sides = Gather (shape, turned)
    real_sides = Cast <to = 1> (sides)
    box = Mul (real_sides, corners)
    box_row = Reshape (box, row)
    zero_column = Sub (kept_column, kept_column)
    some = Add (zero_column, box_row)
    boxes = Concat <axis = 1> (some, kept_column)
    zeros = Sub (image_indices, image_indices)
    labels = Add (zeros, person)
}
"""


def write_toy_detector(file: Path) -> Path:
    """Write a file of the format in ``mmpose_addons_core.onnx_files``.

    It finds one person in each image whose mean grey level is above a quarter of white: the
    middle half of the image, with the mean grey level over 255 as the score.
    """
    model = onnx.parser.parse_model(GRAPH)
    onnx.helper.set_model_props(model, {METADATA: ABOUT.to_json()})
    onnx.checker.check_model(model)
    onnx.save(model, file)
    return file
