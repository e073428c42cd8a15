"""Overlaps and non-maximum suppression by loops over boxes, and as the compiled ones."""

import math

import numpy as np
import pytest
import torch
from mmcv.ops import batched_nms, bbox_overlaps, nms, nms_match, soft_nms

from helpers.operators import plain_iou, random_boxes

# Two pairs that overlap by 0.5 and 1/3, and one box apart.
BOXES = torch.tensor(
    [[0, 0, 10, 10], [0, 0, 10, 5], [20, 0, 30, 10], [25, 0, 35, 10], [50, 50, 60, 60.0]]
)
SCORES = torch.tensor([0.9, 0.8, 0.6, 0.7, 0.1])


def plain_nms(boxes, scores, threshold, offset):
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(plain_iou(boxes[i], boxes[j], offset) <= threshold for j in kept):
            kept.append(i)
    return kept


def plain_soft_nms(boxes, scores, factor, min_score, offset):
    rest, order = dict(enumerate(scores)), []
    while rest:
        best = max(rest, key=lambda i: rest[i])
        order.append((best, rest.pop(best)))
        for i in list(rest):
            rest[i] *= factor(plain_iou(boxes[best], boxes[i], offset))
            if rest[i] < min_score:
                del rest[i]
    return order


@pytest.mark.parametrize(('threshold', 'kept'), [(0.6, [0, 1, 3, 2, 4]), (0.3, [0, 3, 4])])
def test_nms_keeps_the_best_of_boxes_that_overlap(device, threshold, kept):
    dets, indices = nms(BOXES.to(device), SCORES.to(device), threshold)
    assert indices.tolist() == kept
    torch.testing.assert_close(dets.cpu(), torch.cat([BOXES, SCORES[:, None]], 1)[kept])


@pytest.mark.parametrize('offset', [0, 1])
def test_nms_is_that_of_loops(device, offset):
    boxes, scores = random_boxes(60), torch.rand(60)
    _, indices = nms(boxes.to(device), scores.to(device), 0.3, offset=offset)
    assert indices.tolist() == plain_nms(boxes.tolist(), scores.tolist(), 0.3, offset)


def test_nms_keeps_an_overlap_of_exactly_the_threshold():
    boxes = torch.tensor([[0, 0, 10, 10], [0, 0, 10, 6.0]])  # IoU is 0.6 rounded to float32
    assert nms(boxes, torch.tensor([0.9, 0.8]), 0.6)[1].tolist() == [0, 1]
    assert nms(boxes, torch.tensor([0.9, 0.8]), 0.5999)[1].tolist() == [0]


def test_nms_offset_counts_the_last_pixel():
    boxes = torch.tensor([[0, 0, 4, 4], [4, 0, 8, 4.0]])  # 5 of 45 pixels
    scores = torch.tensor([0.9, 0.8])
    assert len(nms(boxes, scores, 0.1, offset=0)[1]) == 2
    assert len(nms(boxes, scores, 0.1, offset=1)[1]) == 1
    assert len(nms(boxes, scores, 0.12, offset=1)[1]) == 2


def test_nms_takes_numpy_thresholds_of_scores_and_a_maximum():
    dets, indices = nms(BOXES.numpy(), SCORES.numpy(), 0.6, score_threshold=0.5, max_num=3)
    assert isinstance(dets, np.ndarray)
    assert indices.tolist() == [0, 1, 3]


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float64])
def test_nms_takes_other_precisions(dtype):
    assert nms(BOXES.to(dtype), SCORES.to(dtype), 0.3)[1].tolist() == [0, 3, 4]


def test_batched_nms_keeps_classes_apart():
    classes = torch.tensor([0, 1, 0, 0, 0])
    dets, indices = batched_nms(BOXES, SCORES, classes, dict(type='nms', iou_threshold=0.3))
    assert indices.tolist() == [0, 1, 3, 4]
    config = dict(type='soft_nms', iou_threshold=0.3, min_score=0.05)
    dets, indices = batched_nms(BOXES, SCORES, classes, config)
    assert indices.tolist() == [0, 1, 3, 2, 4]
    torch.testing.assert_close(dets[3, 4], torch.tensor(0.6 * 2 / 3))


@pytest.mark.parametrize('offset', [0, 1])
@pytest.mark.parametrize('method', ['naive', 'linear', 'gaussian'])
def test_soft_nms_is_that_of_loops(method, offset):
    boxes, scores = random_boxes(40), torch.rand(40)
    factor = dict(
        naive=lambda iou: float(iou < 0.3),
        linear=lambda iou: 1 - iou if iou >= 0.3 else 1.0,
        gaussian=lambda iou: math.exp(-(iou**2) / 0.5),
    )[method]
    settings = dict(iou_threshold=0.3, sigma=0.5, min_score=0.1, offset=offset)
    dets, indices = soft_nms(boxes, scores, method=method, **settings)
    expected = plain_soft_nms(boxes.tolist(), scores.tolist(), factor, 0.1, offset)
    assert indices.tolist() == [index for index, _ in expected]
    torch.testing.assert_close(dets[:, :4], boxes[indices])
    torch.testing.assert_close(dets[:, 4], torch.tensor([score for _, score in expected]))


def test_nms_match_groups_boxes():
    dets = torch.cat([BOXES, SCORES[:, None]], 1)
    groups = nms_match(dets, 0.3)
    assert [group.tolist() for group in groups] == [[0, 1], [3, 2], [4]]
    assert [g.tolist() for g in nms_match(dets.numpy(), 0.5)] == [[0, 1], [3], [2], [4]]


@pytest.mark.parametrize('offset', [0, 1])
@pytest.mark.parametrize('mode', ['iou', 'iof'])
def test_bbox_overlaps_are_those_of_loops(device, mode, offset):
    first, second = random_boxes(4), random_boxes(3)
    result = bbox_overlaps(first.to(device), second.to(device), mode=mode, offset=offset)
    expected = torch.tensor(
        [[plain_iou(a, b, offset) for b in second.tolist()] for a in first.tolist()]
    )
    if mode == 'iof':  # I / A from I / (A + B - I)
        area = (first[:, 2:] - first[:, :2] + offset).prod(1)[:, None]
        other = (second[:, 2:] - second[:, :2] + offset).prod(1)
        expected = (area + other) / area * expected / (1 + expected)
    torch.testing.assert_close(result.cpu(), expected)
    pairs = bbox_overlaps(first[:3], second, mode=mode, aligned=True, offset=offset)
    torch.testing.assert_close(pairs, expected.diagonal())


def test_nothing_and_one_box():
    none = torch.zeros(0, 4)
    assert nms(none, torch.zeros(0), 0.5)[0].shape == (0, 5)
    assert soft_nms(none, torch.zeros(0))[0].shape == (0, 5)
    assert bbox_overlaps(none, BOXES).shape == (0, 5)
    assert nms_match(torch.zeros(0, 5), 0.5) == []
    assert nms(BOXES[:1], SCORES[:1], 0.5)[1].tolist() == [0]
    assert soft_nms(BOXES[:1], SCORES[:1])[1].tolist() == [0]
    assert [g.tolist() for g in nms_match(torch.tensor([[0, 0, 9, 9, 0.5]]), 0.5)] == [[0]]


SCENES = {
    'random': lambda: (random_boxes(200), torch.rand(200)),
    'whole pixels': lambda: (random_boxes(200, 12.0).round(), torch.rand(200)),
    'equal scores': lambda: (random_boxes(50), torch.full((50,), 0.5)),
    'two scores': lambda: (random_boxes(50), torch.tensor([0.5, 0.25]).repeat(25)),
    'one box': lambda: (random_boxes(1), torch.rand(1)),
    'no box': lambda: (torch.zeros(0, 4), torch.zeros(0)),
}


@pytest.mark.parametrize('offset', [0, 1])
@pytest.mark.parametrize('scene', SCENES)
def test_suppression_agrees_with_compiled(agrees, scene, offset):
    boxes, scores = SCENES[scene]()
    for threshold in (0.1, 0.5, 0.6, 0.7):
        agrees(lambda threshold=threshold: nms(boxes, scores, threshold, offset=offset))
        dets = torch.cat([boxes, scores[:, None]], 1)
        agrees(lambda threshold=threshold, dets=dets: nms_match(dets, threshold))
    for method in ('naive', 'linear', 'gaussian'):
        for low in (1e-3, 0.3):
            settings = dict(method=method, min_score=low, offset=offset)
            agrees(lambda settings=settings: soft_nms(boxes, scores, **settings))


@pytest.mark.parametrize('offset', [0, 1])
@pytest.mark.parametrize('mode', ['iou', 'iof'])
def test_bbox_overlaps_agree_with_compiled(agrees, mode, offset):
    for first, second in ((random_boxes(30), random_boxes(20)), (BOXES[:1], BOXES[1:2])):
        agrees(lambda a=first, b=second: bbox_overlaps(a, b, mode, False, offset))
        agrees(lambda a=first, b=second: bbox_overlaps(a[: len(b)], b, mode, True, offset))
