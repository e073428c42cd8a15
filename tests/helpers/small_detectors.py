"""MMDetection's published configs, made small enough for a step on a CPU in a test."""

from pathlib import Path
from uuid import uuid4

import mmdet
import torch
from mmdet.registry import MODELS
from mmdet.testing import demo_mm_inputs
from mmdet.utils import register_all_modules
from mmengine.config import Config, ConfigDict
from mmengine.logging import MMLogger

DIVISOR = 8
CHANNELS = {
    *('in_channels', 'out_channels', 'feat_channels', 'fc_out_channels', 'conv_out_channels'),
    *('embed_dims', 'feedforward_channels', 'num_feats'),
}


def smaller(node):
    """A config with an eighth of the channels, few layers and boxes, and no files to load."""
    if isinstance(node, (list, tuple)):
        return type(node)(smaller(value) for value in node)
    if not isinstance(node, dict):
        return node
    small = {}
    for key, value in node.items():
        if key in CHANNELS:
            many = isinstance(value, (list, tuple))
            value = [v // DIVISOR for v in value] if many else value // DIVISOR
        elif key in ('nms_pre', 'max_per_img', 'num_queries'):
            value = min(value, 20)
        elif key == 'num_layers':
            value = 1
        elif key == 'score_thr':
            value = 0.0
        elif key == 'init_cfg':
            value = None
        elif key == 'widen_factor':
            value = value / DIVISOR
        else:
            value = smaller(value)
        small[key] = value
    if small.get('type') == 'ResNet':
        small['base_channels'] = 64 // DIVISOR
        small['frozen_stages'] = -1
    if small.get('type') in ('DeformableDETRHead', 'DINOHead'):
        small['embed_dims'] = 256 // DIVISOR
    return small


def small_detector(config: str):
    """A detector of one of MMDetection's configs, untrained."""
    register_all_modules(init_default_scope=True)
    # the weights' initialisation is written to the newest logger, whose file may be closed
    MMLogger.get_instance(f'detector-{uuid4()}')
    file = Path(mmdet.__file__).parent / '.mim/configs' / config
    model = smaller(Config.fromfile(file).model.to_dict())
    torch.manual_seed(0)
    detector = MODELS.build(ConfigDict(model))
    detector.init_weights()
    return detector


def step_and_detections(detector, masks: bool = False, size: int = 160):
    """Of one random image: loss, its gradient by the first layer, boxes, scores, labels."""
    data = demo_mm_inputs(1, (3, size, size), num_items=[3], with_mask=masks)
    data = detector.data_preprocessor(data, training=False)
    torch.manual_seed(0)
    detector.train()
    losses = detector(**data, mode='loss')
    loss, _ = detector.parse_losses(losses)
    first = next(detector.backbone.parameters())
    (gradient,) = torch.autograd.grad(loss, [first])
    detector.eval()
    with torch.no_grad():
        (result,) = detector(**data, mode='predict')
    found = result.pred_instances
    return loss.detach(), gradient, found.bboxes, found.scores, found.labels
