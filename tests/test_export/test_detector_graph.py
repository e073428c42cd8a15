"""Which detectors can be exported."""

import pytest
from mmengine.config import ConfigDict

from helpers.detectors import detector_config, yolox_config
from helpers.small_detectors import small_detector
from mmpose_addons.apis import ModelError
from mmpose_addons.estimators.detector_network import DetectorNetwork
from mmpose_addons.export import ExportError
from mmpose_addons.export.detector_graph import DetectorGraph

SIZE = 64, 64


@pytest.mark.filterwarnings('ignore')  # MMDetection's
@pytest.mark.parametrize(
    ('config', 'got'),
    [
        ('faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py', 'FasterRCNN$'),
        ('retinanet/retinanet_r50_fpn_1x_coco.py', 'RetinaNet with head RetinaHead$'),
        (
            'rtmdet/rtmdet-ins_tiny_8xb32-300e_coco.py',
            'RTMDet with head RTMDetInsSepBNHead$',
        ),
    ],
)
def test_other_detectors_are_refused(config, got):
    message = rf'that can be exported are RTMDet \(without masks\) and YOLOX, got {got}'
    with pytest.raises(ExportError, match=message):
        DetectorGraph(small_detector(config), SIZE)


@pytest.mark.parametrize(
    'nms',
    [
        dict(type='soft_nms', iou_threshold=0.5),
        dict(type='nms', iou_threshold=0.5, class_agnostic=True),
    ],
)
def test_other_suppressions_are_refused(nms):
    model = DetectorNetwork(yolox_config(), None).model
    model.test_cfg.nms = ConfigDict(nms)
    with pytest.raises(ExportError, match='type nms and an iou_threshold only, got'):
        DetectorGraph(model, SIZE)


def test_other_settings_are_refused():
    config = detector_config()
    config.model.data_preprocessor.pad_size_divisor = 48
    with pytest.raises(ModelError, match=r'pad_size_divisor 48 for an input of \(64, 64\) px'):
        DetectorGraph(DetectorNetwork(config, None).model, SIZE)
    config = detector_config()
    config.model.bbox_head.bbox_coder = dict(type='TBLRBBoxCoder')
    with pytest.raises(ExportError, match='got TBLRBBoxCoder and use_sigmoid=True'):
        DetectorGraph(DetectorNetwork(config, None).model, SIZE)
