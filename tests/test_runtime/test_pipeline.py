"""The pipeline without PyTorch beside the one of ``mmpose_addons``, and exported detectors."""

import numpy as np
import pytest

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

from helpers.detectors import detector_config
from helpers.poses import pose_config, pose_model, random_image, some_boxes
from helpers.spread_detector import blots, spread
from helpers.toy_detector import write_toy_detector
from helpers.toy_pose import write_toy_pose
from mmpose_addons import apis
from mmpose_addons.export import PoseGraph, export_onnx
from mmpose_addons.export.detector_file import export_detector
from mmpose_addons_runtime import ModelError, PosePipeline
from mmpose_addons_runtime.onnx_detector import OnnxDetector


@pytest.fixture
def detector(tmp_path):
    return write_toy_detector(tmp_path / 'detector.onnx')


def bright(rng, *size):
    return random_image(rng, *size) // 2 + 128


@pytest.mark.parametrize('batch_size', [None, 3])
def test_poses_are_those_of_the_pipeline_with_pytorch(tmp_path, rng, batch_size):
    model = pose_model(pose_config('UDPGaussianHeatmap', use_udp=True))
    file = tmp_path / 'pose.onnx'
    export_onnx(PoseGraph(model, 'codec', flip_test=True), model.dataset_meta, file, batch_size)
    images = [random_image(rng) for _ in range(3)]
    boxes = [some_boxes(rng, count) for count in (5, 0, 2)]
    options = dict(device='cpu', batch_size=4, oks_nms=0.9, pose_threshold=0.01)
    samples = list(apis.PosePipeline(file, **options)(images, boxes))
    found = list(PosePipeline(file, **options, threads=1)(images, boxes))
    for people, sample in zip(found, samples, strict=True):
        expected = sample.pred_instances
        for name in ('keypoints', 'keypoint_scores', 'bboxes', 'bbox_scores', 'pose_scores'):
            np.testing.assert_array_equal(getattr(people, name), expected[name])
    assert sum(map(len, found)) == 7
    assert [*PosePipeline(file, **options)(images, boxes, coco=True)] == [
        apis.coco_results(sample) for sample in samples
    ]


def test_a_detector_gives_the_boxes(tmp_path, rng, detector):
    """It finds the middle half of images that are bright enough."""
    pose = write_toy_pose(tmp_path / 'pose.onnx')
    images = [bright(rng, *size) for size in ((160, 120), (160, 120), (80, 120))]
    images.insert(1, np.zeros((120, 160, 3), np.uint8))
    pipeline = PosePipeline(pose, detector, category='person', batch_size=2)
    found = list(pipeline(images))
    assert [len(people) for people in found] == [1, 0, 1, 1]
    np.testing.assert_allclose(found[3].bboxes, [[20, 30, 60, 90]])
    np.testing.assert_allclose(found[3].bbox_scores, [images[3].mean() / 255], rtol=1e-5)
    assert [len(people) for people in PosePipeline(pose, detector)(images)] == [0] * 4  # no cat


def test_an_exported_detector_beside_a_network_in_pytorch(tmp_path, rng):
    detector = write_toy_detector(tmp_path / 'detector.onnx')
    pipeline = apis.PosePipeline(pose_model(), detector, device='cpu')
    pipeline.detector.label = 1
    (sample,) = pipeline(bright(rng))
    np.testing.assert_allclose(sample.pred_instances.bboxes, [[40, 30, 120, 90]])
    assert sample.pred_instances.keypoints.shape == (1, 17, 2)
    with pytest.raises(ModelError, match=r"such as cpu or cuda:1, .* got 'tensorrt'"):
        apis.PosePipeline(pose_model(), detector, device='tensorrt')


def test_boxes_and_poses_are_those_of_mmdet_and_mmpose(tmp_path, rng):
    """Both files together, against both networks in PyTorch."""
    detector = apis.BoxDetector(detector_config(), None, threshold=0.3, category=1)
    spread(detector.network, (64, 64), rng)
    export_detector(detector.network, tmp_path / 'detector.onnx', batch_size=None)
    model = pose_model()
    export_onnx(
        PoseGraph(model, 'codec', flip_test=True),
        model.dataset_meta,
        tmp_path / 'pose.onnx',
        None,
    )
    images = [blots(rng, *size) for size in ((60, 90), (60, 90), (150, 71))]
    files = tmp_path / 'pose.onnx', tmp_path / 'detector.onnx'
    found = list(PosePipeline(*files, device='cpu', category=1)(images))
    expected = list(apis.PosePipeline(model, detector, device='cpu', fast=False)(images))
    assert sum(map(len, found)) > 10
    for people, sample in zip(found, expected, strict=True):
        wanted = sample.pred_instances
        np.testing.assert_allclose(people.bboxes, wanted.bboxes, atol=0.01)
        np.testing.assert_allclose(people.keypoints, wanted.keypoints, atol=0.05)
        np.testing.assert_allclose(people.pose_scores, wanted.pose_scores, atol=1e-3)


def test_detectors_with_a_fixed_batch(rng, detector):
    images = [bright(rng) // (1 + index) for index in range(5)]
    network = OnnxDetector(detector, category=1)
    expected = network(images)
    object.__setattr__(network.metadata, 'batch_size', 2)
    for found, wanted in zip(network(images), expected, strict=True):
        np.testing.assert_array_equal(found.boxes, wanted.boxes)
        np.testing.assert_array_equal(found.scores, wanted.scores)
    assert [len(found.boxes) for found in expected] == [1, 1, 0, 0, 0]


def test_what_a_detector_lacks(detector):
    with pytest.raises(ModelError, match=r"among \['cat', 'person'\], got 'dog'"):
        OnnxDetector(detector, category='dog')
    with pytest.raises(ModelError, match='category must be 0 to 1, got 2'):
        OnnxDetector(detector, category=2)
    with pytest.raises(ModelError, match=r'score of 0\.25 or more, got a threshold of 0\.1'):
        OnnxDetector(detector, threshold=0.1)


def test_batches_suit_the_device(tmp_path):
    pose = write_toy_pose(tmp_path / 'pose.onnx')
    assert PosePipeline(pose).batch_size == 4
    with pytest.raises(ValueError, match='batch_size must be at least 1, got 0'):
        PosePipeline(pose, batch_size=0)
