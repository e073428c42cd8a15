"""The detector's config, and the two stages from the command line: boxes, then keypoints."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.structures import InstanceData
from torch import nn
from xtcocotools.coco import COCO

from helpers.detectors import detector_config
from helpers.poses import pose_config, pose_model
from mmpose_addons.apis import BoxDetector, PosePipeline
from mmpose_addons.apis.two_stage import (
    align_to_true_boxes,
    boxes_of_file,
    keypoint_ap,
    true_boxes,
)
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons_toys import make_toy_people

CONFIGS = sorted(Path(__file__).parents[1].glob('configs/person_detection/**/*.py'))


@pytest.mark.parametrize('file', CONFIGS, ids=lambda file: file.stem)
def test_config_trains_and_detects(file, rng):
    from mmdet.structures import DetDataSample

    detector = BoxDetector(file, None, threshold=0.0)
    image = rng.integers(0, 256, (192, 192, 3), dtype=np.uint8)
    ((boxes, _),) = detector([image])
    assert boxes.shape[1] == 4
    sample = DetDataSample(metainfo=dict(img_shape=(192, 192), pad_shape=(192, 192)))
    sample.gt_instances = InstanceData(
        bboxes=torch.tensor([[20.0, 30, 90, 180]]), labels=torch.tensor([0])
    )
    for module in detector.model.modules():  # a batch of one has no variance
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    with DefaultScope.overwrite_default_scope('mmdet'):
        batch = dict(inputs=[torch.from_numpy(image).permute(2, 0, 1)], data_samples=[sample])
        batch = detector.model.data_preprocessor(batch, training=True)
        losses = detector.model(**batch, mode='loss')
    total = sum(sum(loss) if isinstance(loss, list) else loss for loss in losses.values())
    assert torch.isfinite(total)
    total.backward()


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    """Toy people with the configs and random weights of two networks."""
    folder = tmp_path_factory.mktemp('toy')
    make_toy_people(folder / 'data', images=6, val_fraction=0.5, size=96)
    for name, config, model in (
        ('pose', pose_config(), pose_model()),
        ('det', detector_config(), BoxDetector(detector_config(), None).model),
    ):
        Config(config.to_dict()).dump(folder / f'{name}.py')
        write_checkpoint(folder / f'{name}.pth', model.state_dict(), {})
    return folder


def test_two_stages(toy, tmp_path, run_command):
    ann, images = toy / 'data/annotations/people_val.json', toy / 'data/images/val'
    place = ['--ann', ann, '--images', images]
    boxes = tmp_path / 'boxes.json'
    detect = [toy / 'det.py', toy / 'det.pth', *place, '--category', 'person', '--out', boxes]
    detect += ['--box-threshold', 0]
    status, out, errors = run_command('detect', *detect)
    assert status == 0, errors
    assert 'box AP 0.' in out
    assert {'image_id', 'category_id', 'bbox', 'score'} == json.loads(boxes.read_text())[
        0
    ].keys()
    status, _, errors = run_command('detect', *detect)
    assert (status, 'boxes.json exists; --force' in errors) == (2, True)

    compare = ['--pose', toy / 'pose.py', toy / 'pose.pth', *place, '--device', 'cpu']
    status, out, errors = run_command('two-stage', *compare, '--boxes', boxes)
    assert status == 0, errors
    assert all(row in out for row in ('truth', 'boxes.json', 'boxes.json on truth'))
    status, _, errors = run_command('two-stage', *compare, '--boxes', ann)
    assert (status, 'is not a file of boxes' in errors) == (2, True)


class Knows:
    """Stands for a pose network that gives the annotated keypoints of the box's person."""

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


def test_perfect_keypoints_have_ap_1_and_missed_people_cost(toy):
    truth = COCO(str(toy / 'data/annotations/people_val.json'))
    boxes = true_boxes(truth)
    network = Knows(truth, PosePipeline(pose_model(), device='cpu'))
    assert keypoint_ap(network, truth, toy, boxes)['AP'] == pytest.approx(1)
    first = min(boxes)
    fewer = boxes | {first: boxes[first][:0]}
    assert keypoint_ap(network, truth, toy, fewer)['AR'] < 1


def test_snapped_boxes():
    true = {1: np.array([[10, 10, 30, 50, 1], [60, 10, 80, 50, 1]], np.float32)}
    found = np.array([[12, 11, 31, 52, 0.9], [0, 60, 20, 90, 0.4]], np.float32)
    moved = align_to_true_boxes({1: found, 2: found}, true)
    np.testing.assert_allclose(moved[1], [[10, 10, 30, 50, 0.9], found[1]])
    np.testing.assert_array_equal(moved[2], found)


def test_boxes_of_a_file(tmp_path):
    records = [
        dict(image_id=3, category_id=1, bbox=[1, 2, 10, 20], score=0.5),
        dict(image_id=3, category_id=7, bbox=[0, 0, 1, 1], score=0.9),
    ]
    (tmp_path / 'b.json').write_text(json.dumps(records))
    boxes = boxes_of_file(tmp_path / 'b.json')
    np.testing.assert_allclose(boxes[3], [[1, 2, 11, 22, 0.5]])
