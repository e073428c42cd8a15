"""A detector from scaled images to candidates for suppression, as one module to be traced.

Shape letters: B images, h x w the network's input, P places of all levels, C classes.
Boxes are (x1, y1, x2, y2) in input px.
"""

import warnings
from collections.abc import Callable
from functools import cache

import torch
from mmdet.models.dense_heads import RTMDetHead, RTMDetSepBNHead, YOLOXHead
from mmdet.models.detectors import SingleStageDetector
from mmdet.models.detectors.base import BaseDetector
from mmdet.models.task_modules.coders import DistancePointBBoxCoder
from torch import Tensor, nn

from mmpose_addons_core.networks.fuse_conv_bn import fuse_conv_bn

from ..estimators.loading import Normalise
from .errors import ExportError

LEFT_OUT = -1.0
"""Score of a box that is no candidate."""

Candidates = tuple[Tensor, Tensor]
"""Boxes (B, P, 4), input px, and scores (B, P, C)."""


class DetectorGraph(nn.Module):
    """Normalisation, network and decoding of RTMDet or YOLOX.

    The input is images (B, h, w, 3), float32, BGR, 0 to 255. The outputs are boxes (B, P, 4)
    and scores (B, C, P); scores that MMDet would not pass to the suppression are negative.

    Args:
        model: Detector of MMDet; it is not changed.
        input_size: (w, h), px.
        half: Compute the network in float16.

    Raises:
        ExportError: The detector is another one, or has settings that cannot be exported.
        ModelError: Its data preprocessor would pad.
    """

    def __init__(
        self, model: BaseDetector, input_size: tuple[int, int], half: bool = False
    ) -> None:
        super().__init__()
        self.decode = _decoder_of(model)
        suppression = dict(model.test_cfg.nms)
        if suppression.pop('type', 'nms') != 'nms' or set(suppression) - {
            'iou_threshold',
            'split_thr',
        }:
            raise ExportError(
                'test_cfg.nms must have type nms and an iou_threshold only, got '
                f'{dict(model.test_cfg.nms)}'
            )
        self.input_size, self.half_network = input_size, half
        self.normalise = Normalise(model.data_preprocessor, input_size)
        width, height = input_size
        example = torch.rand(1, 3, height, width)
        self.model: BaseDetector = fuse_conv_bn(model.cpu(), example, None)
        if half:
            self.model = self.model.half()

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Detect boxes (B, P, 4), input px, and scores (B, C, P)."""
        pixels = self.normalise(images).contiguous()
        features = self.model.extract_feat(pixels.half() if self.half_network else pixels)
        head = self.model.bbox_head
        outputs = [[level.float() for level in values] for values in head(features)]
        boxes, scores = self.decode(head, self.input_size, *outputs)
        return boxes, scores.transpose(1, 2)


def _decoder_of(model: BaseDetector) -> Callable[..., Candidates]:
    head = getattr(model, 'bbox_head', None)
    decoder = DECODERS.get(type(head)) if isinstance(model, SingleStageDetector) else None
    if decoder is None:
        named = f'{type(model).__name__} with head {type(head).__name__}' if head else None
        raise ExportError(
            'detectors of MMDet that can be exported are RTMDet (without masks) and YOLOX, got '
            f'{named or type(model).__name__}'
        )
    if isinstance(head, RTMDetHead) and not (
        type(head.bbox_coder) is DistancePointBBoxCoder and head.use_sigmoid_cls
    ):
        raise ExportError(
            'RTMDet must have a DistancePointBBoxCoder and sigmoid scores, got '
            f'{type(head.bbox_coder).__name__} and use_sigmoid={head.use_sigmoid_cls}'
        )
    return decoder


def rtmdet_candidates(
    head: RTMDetHead, input_size: tuple[int, int], scores: list[Tensor], distances: list[Tensor]
) -> Candidates:
    """Decode as MMDet's ``BaseDenseHead`` does.

    Args:
        head: The head.
        input_size: (w, h), px.
        scores: (B, C, H, W) of each level, before the sigmoid.
        distances: (B, 4, H, W) of each level: from the place to the box's left, top, right and
            bottom, input px.
    """
    settings = head.test_cfg
    places = _places(head, scores)
    boxes, kept = [], []
    for level, apart, place in zip(scores, distances, places, strict=True):
        values = level.permute(0, 2, 3, 1).sigmoid()
        limit = settings.get('nms_pre', -1)
        if 0 <= limit < values[0].numel():
            values = keep_best()(values, limit, settings.get('score_thr', 0.0))
        kept.append(values.flatten(1, 2))
        left_top, right_bottom = apart.permute(0, 2, 3, 1).flatten(1, 2).split(2, dim=-1)
        boxes.append(torch.cat((place - left_top, place + right_bottom), dim=-1))
    corners = torch.cat(boxes, dim=1)
    if head.bbox_coder.clip_border:
        limits = torch.tensor(input_size * 2, dtype=corners.dtype)
        corners = torch.minimum(corners.clamp(min=0), limits)
    return corners, torch.cat(kept, dim=1)


def _keep_best(scores: Tensor, limit: int, threshold: float) -> Tensor:
    values = scores.flatten(1)
    if bool((values > threshold).sum(dim=1).max() > limit):
        lowest = values.topk(limit, dim=1)[0][:, -1:]
        values = torch.where(values >= lowest, values, torch.full_like(values, -1.0))
    return values.reshape(scores.shape)


@cache
def keep_best() -> Callable[[Tensor, int, float], Tensor]:
    """Return a function that replaces scores (B, H, W, C) by -1 but for the best of an image.

    Its arguments are the scores, the number of the best ones, and a threshold: only where more
    scores exceed it, the best are looked for. A trace would always look, so it is a script.
    """
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # scripts are deprecated, as is the export of traces
        return torch.jit.script(_keep_best)


def yolox_candidates(
    head: YOLOXHead,
    input_size: tuple[int, int],
    scores: list[Tensor],
    offsets: list[Tensor],
    objects: list[Tensor],
) -> Candidates:
    """Decode as MMDet's ``YOLOXHead`` does: each place has one class, its best.

    Args:
        head: The head.
        input_size: (w, h), px; not used, since boxes are not clipped.
        scores: (B, C, H, W) of each level, before the sigmoid.
        offsets: (B, 4, H, W) of each level: centre (x, y) relative to the place and logarithms
            of width and height, in strides.
        objects: (B, 1, H, W) of each level: whether anything is there, before the sigmoid.
    """
    priors = torch.cat(_places(head, scores, with_stride=True))
    place, stride = priors.split(2, dim=-1)
    classes, relative, certain = (_flat(levels) for levels in (scores, offsets, objects))
    best, labels = classes.sigmoid().max(dim=-1, keepdim=True)
    is_best = labels == torch.arange(classes.shape[-1])
    values = torch.where(is_best, best * certain.sigmoid(), torch.tensor(LEFT_OUT))
    centre, size = relative.split(2, dim=-1)
    centre, half_size = centre * stride + place, size.exp() * stride / 2
    return torch.cat((centre - half_size, centre + half_size), dim=-1), values


def _places(
    head: RTMDetHead | YOLOXHead, levels: list[Tensor], with_stride: bool = False
) -> list[Tensor]:
    """Return places (H * W, 2) of each level, (x, y), input px; with strides (H * W, 4)."""
    sizes = [(int(level.shape[2]), int(level.shape[3])) for level in levels]  # constants
    return head.prior_generator.grid_priors(sizes, torch.float32, levels[0].device, with_stride)


def _flat(levels: list[Tensor]) -> Tensor:
    """Join levels (B, C, H, W) to (B, P, C)."""
    return torch.cat([level.permute(0, 2, 3, 1).flatten(1, 2) for level in levels], dim=1)


DECODERS: dict[type, Callable[..., Candidates]] = {
    RTMDetHead: rtmdet_candidates,
    RTMDetSepBNHead: rtmdet_candidates,
    YOLOXHead: yolox_candidates,
}
"""How the candidates of each head are decoded."""
