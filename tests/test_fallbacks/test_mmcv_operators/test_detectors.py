"""A training step and a prediction of MMDetection's detectors on a CPU."""

import mmdet
import pytest
from packaging.version import Version

from helpers.small_detectors import small_detector, step_and_detections

CONFIGS = [
    'rtmdet/rtmdet_s_8xb32-300e_coco.py',
    'rtmdet/rtmdet-ins_tiny_8xb32-300e_coco.py',
    'yolox/yolox_tiny_8xb8-300e_coco.py',
    'faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py',
    'mask_rcnn/mask-rcnn_r50_fpn_1x_coco.py',
    'cascade_rcnn/cascade-rcnn_r50_fpn_1x_coco.py',
    'retinanet/retinanet_r50_fpn_1x_coco.py',
    'fcos/fcos_r50-caffe_fpn_gn-head_1x_coco.py',
    'deformable_detr/deformable-detr_r50_16xb2-50e_coco.py',
    'dino/dino-4scale_r50_8xb2-12e_coco.py',
    'detr/detr_r50_8xb2-150e_coco.py',
    'mask2former/mask2former_r50_8xb2-lsj-50e_coco.py',
    # for their operators: deformable convolutions, CARAFE, masked convolution, NMS in groups
    'dcn/faster-rcnn_r50-dconv-c3-c5_fpn_1x_coco.py',
    'dcnv2/faster-rcnn_r50-mdconv-c3-c5_fpn_1x_coco.py',
    'dyhead/atss_r50_fpn_dyhead_1x_coco.py',
    'carafe/mask-rcnn_r50_fpn-carafe_1x_coco.py',
    'guided_anchoring/ga-retinanet_r50-caffe_fpn_1x_coco.py',
    'pisa/faster-rcnn_r50_fpn_pisa_1x_coco.py',
]


@pytest.mark.filterwarnings('ignore')  # MMDetection's
@pytest.mark.parametrize('config', CONFIGS, ids=lambda name: name.split('/')[1])
def test_it_trains_and_detects(config):
    if 'dino' in config and Version(mmdet.__version__) < Version('3.4'):
        pytest.skip('MMDetection 3.3 writes 256 channels into DINO, which a small one has not')
    masks = 'mask' in config or '-ins' in config
    results = step_and_detections(small_detector(config), masks)
    loss, gradient, boxes, scores, _ = results
    assert loss.isfinite()
    assert gradient.isfinite().all()
    assert gradient.abs().sum() > 0
    assert len(boxes) >= 10
    assert boxes.isfinite().all()
    assert scores.isfinite().all()


@pytest.mark.filterwarnings('ignore')
@pytest.mark.parametrize('kind', ['rtmdet', 'mask_rcnn', 'dcn', 'dcnv2', 'dyhead', 'pisa'])
def test_it_agrees_with_compiled(agrees, kind):
    config = next(config for config in CONFIGS if config.startswith(f'{kind}/'))
    if 'dino' in config and Version(mmdet.__version__) < Version('3.4'):
        pytest.skip('MMDetection 3.3 writes 256 channels into DINO, which a small one has not')
    masks = 'mask' in config or '-ins' in config
    detector = small_detector(config)
    state = {name: value.clone() for name, value in detector.state_dict().items()}

    def step():
        detector.load_state_dict(state)
        return step_and_detections(detector, masks)

    agrees(step)
