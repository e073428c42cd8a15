"""Suppression of overlapping boxes and their order as an ONNX graph.

Shape letters: B images, P places, C classes, N boxes of the output.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from mmdet.models.dense_heads import YOLOXHead
from mmdet.models.detectors.base import BaseDetector

from .onnx_text import model_of_text

SMALL_ONES_LEFT_OUT = """
    left_top = Slice (scaled, zeros, twos, last_axis)
    right_bottom = Slice (scaled, twos, fours, last_axis)
    size = Sub (right_bottom, left_top)
    smaller_side = ReduceMin <axes = [2], keepdims = 0> (size)
    is_large = Greater (smaller_side, smallest)
    is_large_row = Unsqueeze (is_large, class_axis)
    candidates = Where (is_large_row, scores, left_out)
"""
"""Boxes that are not larger than ``min_bbox_size`` are no candidates."""

ALL_CANDIDATES = """
    candidates = Identity (scores)
"""

BEST_OF_EACH_IMAGE = """
    one_hot = OneHot <axis = -1> (sorted_images, batch, off_and_on)
    counts = ReduceSum <keepdims = 0> (one_hot, zeros)
    starts = CumSum <exclusive = 1> (counts, zero)
    start = Gather (starts, sorted_images)
    count_scalar = Squeeze (count)
    places = Range (zero, count_scalar, one)
    rank = Sub (places, start)
    is_kept = Less (rank, limit)
    boxes = Compress <axis = 0> (sorted_boxes, is_kept)
    labels = Compress <axis = 0> (sorted_labels, is_kept)
    image_indices = Compress <axis = 0> (sorted_images, is_kept)
"""

ALL_BOXES = """
    boxes = Identity (sorted_boxes)
    labels = Identity (sorted_labels)
    image_indices = Identity (sorted_images)
"""

SUPPRESSION = """
<ir_version: 8, opset_import: ["": 17]>
suppression (float[B, P, 4] corners, float[B, C, P] scores, float[4] enlargement)
    => (float[N, 5] boxes, int64[N] labels, int64[N] image_indices)
<int64 zero = {0}, int64 one = {1}, int64[1] zeros = {0}, int64[1] twos = {2},
 int64[1] fours = {4}, int64[1] last_axis = {2}, int64[1] class_axis = {1},
 int64[2] off_and_on = {0, 1}, int64[1] column = {1}, double two = {2}, float left_out = {-1},
 int64 limit = {LIMIT}, float smallest = {SMALLEST}, int64[1] every_box = {9223372036854775807},
 float[1] overlap = {OVERLAP}, float[1] threshold = {THRESHOLD}> {
    scaled = Mul (corners, enlargement)
    CANDIDATES
    chosen = NonMaxSuppression (scaled, candidates, every_box, overlap, threshold)
    image_column, label_column, place_column = Split <axis = 1> (chosen)
    image_and_place = Concat <axis = 1> (image_column, place_column)
    box = GatherND (scaled, image_and_place)
    score = GatherND (candidates, chosen)
    score_column = Unsqueeze (score, column)
    scored = Concat <axis = 1> (box, score_column)
    image = Squeeze (image_column, column)
    label = Squeeze (label_column, column)
    image_real = Cast <to = 11> (image)
    image_step = Mul (image_real, two)
    score_real = Cast <to = 11> (score)
    key = Sub (score_real, image_step)
    count = Shape (key)
    sorted_keys, order = TopK (key, count)
    sorted_boxes = Gather (scored, order)
    sorted_labels = Gather (label, order)
    sorted_images = Gather (image, order)
    shape = Shape (scores)
    batch = Gather (shape, zero)
    OUTPUTS
}
"""


@dataclass(frozen=True)
class Suppression:
    """Which candidates of a detector become boxes.

    Attributes:
        score_threshold: Candidates need a higher score; an equal one with `equal_scores`.
        overlap: Of two boxes of a class with a higher IoU the better one stays.
        smallest: Both sides of a box must be longer, px of the image; None for any box.
        limit: Largest number of boxes an image; None for any number.
        equal_scores: Whether a score that equals the threshold is enough.
    """

    score_threshold: float
    overlap: float
    smallest: float | None
    limit: int | None
    equal_scores: bool

    @classmethod
    def of_model(cls, model: BaseDetector) -> 'Suppression':
        """Read the ``test_cfg`` as the heads of MMDet do: YOLOX uses two of its fields only."""
        settings = model.test_cfg
        is_yolox = isinstance(model.bbox_head, YOLOXHead)
        smallest = settings.get('min_bbox_size', -1)
        limit = settings.get('max_per_img')
        return cls(
            score_threshold=float(settings.get('score_thr', 0.0)),
            overlap=float(settings.nms.iou_threshold),
            smallest=None if is_yolox or smallest < 0 else float(smallest),
            limit=None if is_yolox or limit is None else int(limit),
            equal_scores=is_yolox,
        )


def suppression_model(suppression: Suppression) -> Any:
    """Return the ONNX model of a suppression.

    Its inputs are ``corners`` (B, P, 4), input px, ``scores`` (B, C, P), negative ones for what
    is no candidate, and ``enlargement`` (4,), image px per input px. Its outputs are those of
    a detector's file (see ``mmpose_addons_core.onnx_files``).
    """
    threshold = np.float32(suppression.score_threshold)
    if suppression.equal_scores:  # the operator asks for a higher score
        threshold = np.nextafter(threshold, np.float32(-1))
    values = {
        'CANDIDATES': ALL_CANDIDATES if suppression.smallest is None else SMALL_ONES_LEFT_OUT,
        'OUTPUTS': ALL_BOXES if suppression.limit is None else BEST_OF_EACH_IMAGE,
        'LIMIT': suppression.limit or 0,
        'SMALLEST': suppression.smallest or 0.0,
        'OVERLAP': suppression.overlap,
        'THRESHOLD': f'{threshold:.9e}',
    }
    return model_of_text(SUPPRESSION, values, 'suppression/')
