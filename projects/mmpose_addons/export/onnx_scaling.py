"""Scaling and padding of images as an ONNX graph that gives the pixels of ``cv2.resize``.

OpenCV scales uint8 images in integers: weights are multiples of 1/2048, and products are cut
off, not rounded (``resize.cpp``: ``HResizeLinear``, ``VResizeLinear``, ``FixedPtCast``). ONNX's
``Resize`` computes in float and differs by one grey level in an eighth of the pixels. So the
graph gathers the four neighbours of each pixel and weighs them as OpenCV does; all pixels are
equal, which a test checks.

Shape letters: B images, H x W their size, n x m the scaled size, h x w the padded one.
"""

from typing import Any

from .image_scaling import ImageScaling
from .onnx_text import model_of_text

NEW_SIZE_KEEPING_RATIO = """
    longest = Max (old_x, old_y)
    shortest = Min (old_x, old_y)
    longest_real = Cast <to = 11> (longest)
    shortest_real = Cast <to = 11> (shortest)
    by_longest = Div (longer, longest_real)
    by_shortest = Div (shorter, shortest_real)
    factor = Min (by_longest, by_shortest)
    x_scaled = Mul (x_old_real, factor)
    x_raised = Add (x_scaled, half)
    x_whole = Cast <to = 7> (x_raised)
    new_x = Max (x_whole, one)
    y_scaled = Mul (y_old_real, factor)
    y_raised = Add (y_scaled, half)
    y_whole = Cast <to = 7> (y_raised)
    new_y = Max (y_whole, one)
"""
"""MMCV's ``rescale_size``, in float64 as in Python."""

NEW_SIZE = """
    new_x = Identity (scale_x)
    new_y = Identity (scale_y)
"""

NEIGHBOURS = """
    AXIS_new_real = Cast <to = 11> (new_AXIS)
    AXIS_enlarged = Div (AXIS_new_real, AXIS_old_real)
    AXIS_step = Div (one_real, AXIS_enlarged)
    AXIS_range = Range (zero, new_AXIS, one)
    AXIS_index = Cast <to = 11> (AXIS_range)
    AXIS_centre = Add (AXIS_index, half)
    AXIS_stepped = Mul (AXIS_centre, AXIS_step)
    AXIS_source = Sub (AXIS_stepped, half)
    AXIS_place = Cast <to = 1> (AXIS_source)
    AXIS_floor = Floor (AXIS_place)
    AXIS_before = Cast <to = 7> (AXIS_floor)
    AXIS_after = Add (AXIS_before, one)
    AXIS_last = Sub (old_AXIS, one)
    AXIS_from_zero = Max (AXIS_before, zero)
    AXIS_first = Min (AXIS_from_zero, AXIS_last)
    AXIS_second = Min (AXIS_after, AXIS_last)
    AXIS_part = Sub (AXIS_place, AXIS_floor)
    AXIS_rest = Sub (one_float, AXIS_part)
    AXIS_first_scaled = Mul (AXIS_rest, units)
    AXIS_second_scaled = Mul (AXIS_part, units)
    AXIS_first_round = Round (AXIS_first_scaled)
    AXIS_second_round = Round (AXIS_second_scaled)
    AXIS_first_int = Cast <to = 6> (AXIS_first_round)
    AXIS_second_int = Cast <to = 6> (AXIS_second_round)
    AXIS_first_weight = Reshape (AXIS_first_int, AXIS_form)
    AXIS_second_weight = Reshape (AXIS_second_int, AXIS_form)
"""
"""For each new index of an axis the two old ones and their weights, of 2048."""

ROW = """
    ROW_rows = Gather <axis = 1> (images, y_ROW)
    ROW_left = Gather <axis = 2> (ROW_rows, x_first)
    ROW_right = Gather <axis = 2> (ROW_rows, x_second)
    ROW_left_int = Cast <to = 6> (ROW_left)
    ROW_right_int = Cast <to = 6> (ROW_right)
    ROW_left_part = Mul (ROW_left_int, x_first_weights)
    ROW_right_part = Mul (ROW_right_int, x_second_weights)
    ROW_sum = Add (ROW_left_part, ROW_right_part)
    ROW_cut = Div (ROW_sum, sixteen)
    ROW_weighted = Mul (ROW_cut, y_ROW_weight)
    ROW_quarters = Div (ROW_weighted, sixteen_bits)
"""
"""One of the two rows above and below each new row, in quarters of a grey level."""

SCALING = """
<ir_version: 8, opset_import: ["": 17]>
scaling (uint8[B, H, W, 3] images) => (float[B, HEIGHT, WIDTH, 3] pixels, float[4] enlargement)
<int64 zero = {0}, int64 one = {1}, int64[1] x_axis = {2}, int64[1] y_axis = {1},
 int64 scale_x = {SCALE_X}, int64 scale_y = {SCALE_Y},
 double longer = {LONGER}, double shorter = {SHORTER},
 double half = {0.5}, double one_real = {1},
 float one_float = {1}, float units = {2048}, float padding = {PADDING},
 int32 two = {2}, int32 four = {4}, int32 sixteen = {16}, int32 sixteen_bits = {65536},
 int32[1, 3] channels = {1, 1, 1}, int64[2] x_form = {-1, 1}, int64[4] y_form = {1, -1, 1, 1},
 int64[1] one_entry = {1}, int64[5] no_padding = {0, 0, 0, 0, 0}, int64[1] no_channel = {0},
 int64 width = {WIDTH}, int64 height = {HEIGHT}, int64[0] scalar = {}> {
    shape = Shape (images)
    x_shape = Gather (shape, x_axis)
    y_shape = Gather (shape, y_axis)
    old_x = Reshape (x_shape, scalar)
    old_y = Reshape (y_shape, scalar)
    x_old_real = Cast <to = 11> (old_x)
    y_old_real = Cast <to = 11> (old_y)
    BODY
    x_first_weights = Mul (x_first_weight, channels)
    x_second_weights = Mul (x_second_weight, channels)
    ROWS
    quarters = Add (first_quarters, second_quarters)
    raised = Add (quarters, two)
    grey = Div (raised, four)
    scaled = Cast <to = 1> (grey)
    x_missing = Sub (width, new_x)
    y_missing = Sub (height, new_y)
    right = Reshape (x_missing, one_entry)
    bottom = Reshape (y_missing, one_entry)
    margins = Concat <axis = 0> (no_padding, bottom, right, no_channel)
    pixels = Pad (scaled, margins, padding)
    x_step_float = Cast <to = 1> (x_step)
    y_step_float = Cast <to = 1> (y_step)
    x_enlargement = Reshape (x_step_float, one_entry)
    y_enlargement = Reshape (y_step_float, one_entry)
    enlargement = Concat <axis = 0> (x_enlargement, y_enlargement, x_enlargement, y_enlargement)
}
"""


def scaling_model(scaling: ImageScaling) -> Any:
    """Return the ONNX model of a scaling.

    Its input is ``images`` (B, H, W, 3), uint8. Its outputs are ``pixels`` (B, h, w, 3),
    float32 with whole numbers from 0 to 255, and ``enlargement`` (4,), (x, y, x, y): image px
    per input px.
    """
    body = NEW_SIZE_KEEPING_RATIO if scaling.keep_ratio else NEW_SIZE
    body += ''.join(NEIGHBOURS.replace('AXIS', axis) for axis in 'xy')
    values = {
        'BODY': body,
        'ROWS': ''.join(ROW.replace('ROW', row) for row in ('first', 'second')),
        'SCALE_X': scaling.scale[0],
        'SCALE_Y': scaling.scale[1],
        'LONGER': max(scaling.scale),
        'SHORTER': min(scaling.scale),
        'PADDING': scaling.pad_value,
        'WIDTH': scaling.input_size[0],
        'HEIGHT': scaling.input_size[1],
    }
    return model_of_text(SCALING, values, 'scaling/')
