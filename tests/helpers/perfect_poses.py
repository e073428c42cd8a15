"""Evaluation of poses that are exactly those annotated: a network without any error."""

import contextlib
import io

import numpy as np
from mmpose.registry import DATASETS, METRICS

from mmpose_addons_core.datasets.coco_file import plain_json, read_json

INPUT = (48, 64)  # w, h, input px
STEPS = [
    dict(type='GetBBoxCenterScale'),
    dict(type='TopdownAffine', input_size=INPUT),
]
LOADED = [dict(type='LoadImage'), *STEPS, dict(type='PackPoseInputs')]


def build_dataset(ann_file, folder, kind='CheckedCocoDataset', pipeline=LOADED, **values):
    """A top-down data set that loads and crops images."""
    with contextlib.redirect_stdout(io.StringIO()):
        return DATASETS.build(
            dict(
                type=kind,
                ann_file=str(ann_file),
                data_prefix=dict(img=str(folder)),
                pipeline=pipeline,
                **values,
            )
        )


def perfect_ap(ann_file, folder, metric=None, **values) -> float:
    """COCO's AP of perfect poses by a data set and a metric.

    Args:
        ann_file: annotations.
        folder: of the images.
        metric: config of the metric; by default CocoMetric for the annotations.
        values: further arguments of the data set.
    """
    dataset = build_dataset(ann_file, folder, test_mode=True, **values)
    with plain_json(ann_file) as plain:  # MMPose's metric reads no other
        metric = METRICS.build(metric or dict(type='CocoMetric', ann_file=plain))
    metric.dataset_meta = dataset.metainfo
    people: dict = {}
    content = read_json(ann_file)
    for person in content['annotations']:
        if len(person.get('keypoints') or []) == 3 * dataset.metainfo['num_keypoints']:
            people.setdefault(person['image_id'], []).append(person)
    for index in range(len(dataset)):
        sample = dataset[index]['data_samples'].to_dict()
        box = dataset.get_data_info(index)['bbox'][0]

        def distance(person, box=box):
            x, y, w, h = person['bbox']
            return np.abs(np.array([x, y, x + w, y + h]) - box).sum()

        if sample['img_id'] not in people:  # a detection in an image without anybody
            continue
        person = min(people[sample['img_id']], key=distance)
        points = np.reshape(person['keypoints'], (1, -1, 3)).astype(float)
        sample['pred_instances'] = dict(
            keypoints=points[..., :2],
            keypoint_scores=np.ones(points.shape[:2]),
            bbox_scores=np.ones(1),
        )
        metric.process({}, [sample])
    with contextlib.redirect_stdout(io.StringIO()):
        return float(metric.evaluate(len(dataset))['coco/AP'])
