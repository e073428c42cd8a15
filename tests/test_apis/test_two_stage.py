"""Keypoint AP with true boxes and with detected ones."""

import numpy as np
import pytest
from xtcocotools.coco import COCO

from helpers.poses import pose_model
from mmpose_addons.apis import PosePipeline
from mmpose_addons.apis.two_stage import (
    align_to_true_boxes,
    boxes_by_image,
    keypoint_ap,
    true_boxes,
)
from mmpose_addons_toys import make_toy_people


class AnnotatedPoses:
    """In place of a pose network, return the annotated keypoints of the person in a box."""

    def __init__(self, truth, pipeline):
        self.people = {}
        for person in truth.dataset['annotations']:
            self.people.setdefault(person['image_id'], []).append(person)
        self.pipeline, self.metadata = pipeline, pipeline.metadata

    def __call__(self, files, boxes):
        for image, some in zip(sorted(self.people), boxes, strict=True):
            sample = next(iter(self.pipeline(np.zeros((96, 96, 3), np.uint8), some)))
            people = sample.pred_instances
            centres = (some[:, :2] + some[:, 2:4]) / 2
            for i, centre in enumerate(centres):
                person = min(
                    self.people[image],
                    key=lambda p: np.abs(
                        np.add(p['bbox'][:2], np.divide(p['bbox'][2:], 2)) - centre
                    ).sum(),
                )
                people.keypoints[i] = np.reshape(person['keypoints'], (-1, 3))[:, :2]
                people.pose_scores[i] = 1
            yield sample


def test_perfect_keypoints_have_ap_1_and_missed_people_cost(tmp_path):
    make_toy_people(tmp_path / 'data', images=6, val_fraction=0.5, size=96)
    truth = COCO(str(tmp_path / 'data/annotations/people_val.json'))
    boxes = true_boxes(truth)
    network = AnnotatedPoses(truth, PosePipeline(pose_model(), device='cpu'))
    assert keypoint_ap(network, truth, tmp_path, boxes)['AP'] == pytest.approx(1)
    first = min(boxes)
    fewer = boxes | {first: boxes[first][:0]}
    assert keypoint_ap(network, truth, tmp_path, fewer)['AR'] < 1


def test_boxes_move_to_the_true_boxes_that_they_overlap():
    true = {1: np.array([[10, 10, 30, 50, 1], [60, 10, 80, 50, 1]], np.float32)}
    found = np.array([[12, 11, 31, 52, 0.9], [0, 60, 20, 90, 0.4]], np.float32)
    moved = align_to_true_boxes({1: found, 2: found}, true)
    np.testing.assert_allclose(moved[1], [[10, 10, 30, 50, 0.9], found[1]])
    np.testing.assert_array_equal(moved[2], found)


def test_boxes_are_grouped_by_image():
    found = [
        dict(image_id=3, bbox=[1, 2, 10, 20], score=0.5),
        dict(image_id=5, bbox=[0, 0, 1, 1], score=0.9),
        dict(image_id=3, bbox=[4, 4, 2, 2], score=0.7),
    ]
    boxes = boxes_by_image(found)
    np.testing.assert_allclose(boxes[3], [[1, 2, 11, 22, 0.5], [4, 4, 6, 6, 0.7]])
    np.testing.assert_allclose(boxes[5], [[0, 0, 1, 1, 0.9]])
