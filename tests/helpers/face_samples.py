"""Samples of a face with four landmarks, and FaceLandmarkMetric on them."""

import numpy as np
from mmengine.evaluator import Evaluator
from mmengine.structures import InstanceData
from mmpose.registry import METRICS
from mmpose.structures import PoseDataSample

FACE = np.array([[0.0, 0], [10, 0], [5, 5], [5, 10]])
META = dict(
    dataset_name='four',
    keypoint_id2name={0: 'left', 1: 'right', 2: 'nose', 3: 'chin'},
    keypoint_name2id=dict(left=0, right=1, nose=2, chin=3),
)


def sample(truth, predicted, visible=None, box=(0, 0, 9, 4), **metainfo):
    truth = np.asarray(truth, np.float32)
    visible = np.ones(len(truth)) if visible is None else np.asarray(visible)
    predicted = np.asarray(predicted, np.float32).reshape(-1, *np.shape(predicted)[-2:])
    return PoseDataSample(
        metainfo=dict(img_path='faces.jpg', id=7) | metainfo,
        gt_instances=InstanceData(
            keypoints=truth[None],
            keypoints_visible=visible[None].astype(np.float32),
            bboxes=np.array([box], np.float32),
        ),
        pred_instances=InstanceData(keypoints=predicted),
    )


def evaluate(samples, tmp_path, meta=META, **arguments):
    arguments = dict(type='FaceLandmarkMetric', out_dir=str(tmp_path)) | arguments
    evaluator = Evaluator([METRICS.build(arguments)])
    evaluator.dataset_meta = meta
    evaluator.process(samples)
    return evaluator.evaluate(len(samples))
