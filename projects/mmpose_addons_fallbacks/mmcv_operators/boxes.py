"""Overlaps of boxes and non-maximum suppression.

Boxes (N, 4) are x1, y1, x2, y2 in pixels. Their width is ``x2 - x1 + offset``: 0 for continuous
coordinates, 1 for indices of the first and last pixel.
"""

import numpy as np
import torch

from .precision import full_precision, kernel

MODES = ('iou', 'iof')  # by their number in MMCV
NAIVE, LINEAR, GAUSSIAN = range(3)  # soft NMS's methods by their number in MMCV


def bbox_overlaps(
    bboxes1: torch.Tensor,
    bboxes2: torch.Tensor,
    ious: torch.Tensor,
    mode: int,
    aligned: bool,
    offset: int,
) -> None:
    """Fill ``ious`` with intersection over union (mode 0) or over the first box (mode 1).

    Shapes: (N, 4) and (M, 4) give (N, M); with ``aligned`` (N, 4) and (N, 4) give (N,).
    """
    first, second = bboxes1, bboxes2
    if not aligned:
        first = first[:, None]
    sides = torch.minimum(first[..., 2:], second[..., 2:]) - torch.maximum(
        first[..., :2], second[..., :2]
    )
    intersection = (sides + offset).clamp(min=0).prod(-1)
    whole = (first[..., 2:] - first[..., :2] + offset).prod(-1)
    if MODES[mode] == 'iou':
        whole = whole + (second[..., 2:] - second[..., :2] + offset).prod(-1) - intersection
    ious.copy_(intersection / whole)


def nms(
    boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float, offset: int
) -> torch.Tensor:
    """Return the indices of the kept boxes, best score first.

    A box is removed if its IoU with a better one is above the threshold. Equal scores have the
    order of PyTorch's sort, as with the compiled operator.
    """
    if offset:
        boxes = boxes + boxes.new_tensor([0, 0, offset, offset])
    boxes = full_precision(boxes)
    if boxes.dtype == torch.float32:
        # An IoU of exactly 0.6 in float32 is above 0.6 in float64.
        iou_threshold = float(np.float32(iou_threshold))
    ranked, order = scores.to(boxes.dtype).sort(0, descending=True)
    return order[kernel('nms')(boxes[order], ranked, iou_threshold)]


def nms_match(dets: torch.Tensor, iou_threshold: float) -> list[list[int]]:
    """Return groups of indices: a kept box, then the boxes that it removes.

    A box is removed if its IoU with a better one is at least the threshold.

    Args:
        dets: boxes and scores (N, 5) on a CPU.
    """
    boxes = full_precision(dets[:, :4]).numpy()
    order = dets[:, 4].sort(0, descending=True)[1].numpy()
    areas = _areas(boxes, 0)
    groups = []
    while len(order):
        best, rest = order[0], order[1:]
        goes = _ious(boxes[best], areas[best], boxes[rest], areas[rest], 0) >= iou_threshold
        groups.append([int(best), *rest[goes].tolist()])
        order = rest[~goes]
    return groups


def softnms(
    boxes: torch.Tensor,
    scores: torch.Tensor,
    dets: torch.Tensor,
    iou_threshold: float,
    sigma: float,
    min_score: float,
    method: int,
    offset: int,
) -> torch.Tensor:
    """Return the indices of the kept boxes, in the order in which they were chosen.

    The best box is chosen again and again, and the scores of the others decrease by their IoU
    with it (Bodla et al., "Soft-NMS", 2017): to 0 from the threshold on (method 0), by
    ``1 - IoU`` from the threshold on (1) or by ``exp(-IoU^2 / sigma)`` (2). A score below
    ``min_score`` removes a box. Equal scores are taken in the order of the compiled operator,
    which moves the last box to the place of a removed one.

    Args:
        boxes: (N, 4) on a CPU.
        dets: (N, 5); its first rows are filled with boxes and decreased scores.
    """
    boxes_np = full_precision(boxes).detach().numpy()
    rest = np.column_stack([boxes_np, scores.detach().numpy().astype(boxes_np.dtype)])
    indices: np.ndarray = np.arange(len(rest))
    chosen, chosen_indices = [], []
    while len(rest):
        # Boxes without area can make scores NaN, which no other score exceeds.
        best = 0 if np.isnan(rest[0, 4]) else int(np.nanargmax(rest[:, 4]))
        chosen.append(rest[best].copy())
        chosen_indices.append(indices[best])
        rest[best], indices[best] = rest[0], indices[0]
        rest, indices = rest[1:], indices[1:]

        one, areas = chosen[-1][:4], _areas(rest, offset)
        ious = _ious(one, _areas(one, offset), rest, areas, offset)
        if method == GAUSSIAN:
            rest[:, 4] *= np.exp(-(ious * ious) / sigma)
        else:
            weights = 1 - ious if method == LINEAR else np.zeros_like(ious)
            rest[:, 4] *= np.where(ious >= iou_threshold, weights, 1)
        places = _without(rest[:, 4] < min_score)
        rest, indices = rest[places], indices[places]
    if chosen:
        dets[: len(chosen)] = torch.from_numpy(np.stack(chosen)).to(dets)
    return torch.tensor(chosen_indices, dtype=torch.long)


def _without(removed: np.ndarray) -> np.ndarray:
    """Return the order of entries after the last ones have filled the gaps."""
    (kept,) = np.nonzero(~removed)
    places = np.arange(len(kept))
    beyond = kept[kept >= len(kept)]
    places[removed[: len(kept)]] = beyond[::-1]
    return places


def _areas(boxes: np.ndarray, offset: int) -> np.ndarray:
    return (boxes[..., 2] - boxes[..., 0] + offset) * (boxes[..., 3] - boxes[..., 1] + offset)


def _ious(
    box: np.ndarray, area: np.ndarray, others: np.ndarray, areas: np.ndarray, offset: int
) -> np.ndarray:
    """Return the IoU of a box (4,) with others (N, 4 or more); NaN if both have no area."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:4])
    intersection = np.clip(high - low + offset, 0, None).prod(-1)
    with np.errstate(divide='ignore', invalid='ignore'):
        return intersection / (area + areas - intersection)
