"""ONNX files against PyTorch, and as the network of PosePipeline."""

import numpy as np
import pytest
import torch

from helpers.poses import INPUT, pose_config, pose_model, random_image, some_boxes

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

from helpers.toy_detector import write_toy_detector
from mmpose_addons.apis import ModelError, PosePipeline
from mmpose_addons.estimators.torch_network import TorchNetwork
from mmpose_addons.export import (
    ExportError,
    PoseGraph,
    expected_outputs,
    export_onnx,
    keypoint_distances,
    largest_difference,
    quantise_onnx,
    run_onnx,
    toy_crops,
)
from mmpose_addons_core.formula import formulas_only
from mmpose_addons_runtime.onnx_network import OnnxNetwork

TOLERANCE = 0.05  # px of the crop
REGRESSION = dict(
    type='RegressionHead',
    in_channels=512,
    num_joints=17,
    decoder=dict(type='RegressionLabel', input_size=INPUT),
)


RTMPOSE = dict(
    type='RTMCCHead',
    in_channels=512,
    out_channels=17,
    input_size=INPUT,
    in_featuremap_size=(3, 4),
    simcc_split_ratio=2.0,
    final_layer_kernel_size=1,
    gau_cfg=dict(
        hidden_dims=64,
        s=32,
        expansion_factor=2,
        dropout_rate=0.0,
        drop_path=0.0,
        act_fn='SiLU',
        use_rel_bias=False,
        pos_enc=False,
    ),
    decoder=dict(
        type='SimCCLabel',
        input_size=INPUT,
        sigma=(4.9, 5.66),
        simcc_split_ratio=2.0,
        normalize=False,
        use_dark=False,
    ),
)


@pytest.fixture
def crops(rng):
    return np.stack([random_image(rng, *INPUT) for _ in range(4)])


def exported(model, tmp_path, **options):
    batch_size = options.pop('batch_size', 1)
    graph = PoseGraph(model, **options)
    export_onnx(graph, model.dataset_meta, tmp_path / 'pose.onnx', batch_size)
    return graph, tmp_path / 'pose.onnx'


@pytest.mark.parametrize('flip_test', [False, True])
@pytest.mark.parametrize(
    ('codec', 'use_udp'),
    [
        ('QuarterShiftHeatmap', False),
        ('MSRAHeatmap', False),
        ('DARKHeatmap', False),
        ('UDPGaussianHeatmap', True),
        ('SoftArgmaxHeatmap', False),
        ('UDPOffsetHeatmap', True),
        ('DiskOffsetHeatmap', True),
    ],
)
def test_decoding_in_the_graph_is_that_of_the_codec(tmp_path, crops, codec, use_udp, flip_test):
    """Against MMPose's own head and codec, not against what was exported."""
    model = pose_model(pose_config(codec, use_udp))
    _, file = exported(model, tmp_path, decode='codec', flip_test=flip_test, batch_size=None)
    points, scores = TorchNetwork(model, flip_test=flip_test, fast=False)(crops)
    found = run_onnx(file, crops)
    np.testing.assert_allclose(found[..., :2], points, atol=TOLERANCE)
    np.testing.assert_allclose(found[..., 2], scores, atol=1e-3)
    assert np.ptp(points) > 10


@pytest.mark.parametrize('flip_test', [False, True])
def test_regression(tmp_path, crops, flip_test):
    config = pose_config(head=REGRESSION)
    config.model.neck = dict(type='GlobalAveragePooling')
    model = pose_model(config)
    _, file = exported(model, tmp_path, decode='codec', flip_test=flip_test)
    points, _ = TorchNetwork(model, flip_test=flip_test, fast=False)(crops)
    found = run_onnx(file, crops)
    np.testing.assert_allclose(found[..., :2], points, atol=TOLERANCE)
    assert (found[..., 2] == 1).all()


@pytest.mark.parametrize('flip_test', [False, True])
def test_simcc(tmp_path, crops, flip_test):
    """The head of RTMPose, as MMPose's configs have it."""
    model = pose_model(pose_config(head=RTMPOSE))
    _, file = exported(model, tmp_path, decode='codec', flip_test=flip_test, batch_size=None)
    points, scores = TorchNetwork(model, flip_test=flip_test, fast=False)(crops)
    found = run_onnx(file, crops)
    np.testing.assert_allclose(found[..., :2], points, atol=TOLERANCE)
    np.testing.assert_allclose(found[..., 2], scores, atol=1e-3)
    assert np.ptp(points) > 10
    _, file = exported(model, tmp_path, flip_test=flip_test, batch_size=None)
    assert run_onnx(file, crops).shape == (4, 17, 2 * 48 + 2 * 64)


def test_argmax_gives_whole_heatmap_pixels(tmp_path, crops):
    model = pose_model()
    _, file = exported(model, tmp_path, decode='argmax')
    np.testing.assert_array_equal(run_onnx(file, crops)[..., :2] % 4, 0)  # the stride
    expected = expected_outputs(model, 'argmax', False, crops)
    found = run_onnx(file, crops)
    assert largest_difference(found, expected, decoded=True)[0] == 0
    distances = keypoint_distances(found, expected)
    assert distances.shape == (len(crops), 17)
    assert not distances.any()


def test_heatmaps_and_half(tmp_path, crops):
    model = pose_model()
    _, file = exported(model, tmp_path, batch_size=None)
    maps = run_onnx(file, crops)
    assert maps.shape == (4, 17, 16, 12)
    with pytest.raises(ModelError, match='export it with --decode'):
        OnnxNetwork(file)
    _, file = exported(model, tmp_path, half=True, batch_size=None)
    np.testing.assert_allclose(run_onnx(file, crops), maps, atol=0.02)


@pytest.mark.parametrize('batch_size', [None, 1, 3])
def test_pipeline_takes_the_file(tmp_path, rng, batch_size):
    model = pose_model(pose_config('UDPGaussianHeatmap', use_udp=True))
    _, file = exported(model, tmp_path, decode='codec', flip_test=True, batch_size=batch_size)
    images = [random_image(rng) for _ in range(2)]
    boxes = [some_boxes(rng, 5), some_boxes(rng, 2)]
    with_torch = PosePipeline(model, device='cpu', flip_test=True, fast=False)
    with_onnx = PosePipeline(file, device='cpu', batch_size=4)
    assert with_onnx.metadata == with_torch.metadata
    for one, other in zip(with_onnx(images, boxes), with_torch(images, boxes), strict=True):
        one, other = one.pred_instances, other.pred_instances
        np.testing.assert_allclose(one.keypoints, other.keypoints, atol=0.1)
        np.testing.assert_allclose(one.keypoint_scores, other.keypoint_scores, atol=1e-3)


def test_int8_stays_near(tmp_path):
    """Random weights are the worst case for eight bits; heatmaps keep their likeness."""
    model = pose_model()
    graph, file = exported(model, tmp_path)
    crops = toy_crops(graph.geometry, 6)
    quantise_onnx(file, tmp_path / 'int8.onnx', crops)
    full, eight = run_onnx(file, crops[:2]), run_onnx(tmp_path / 'int8.onnx', crops[:2])
    assert np.corrcoef(full.ravel(), eight.ravel())[0, 1] > 0.95
    assert (tmp_path / 'int8.onnx').stat().st_size < 0.5 * file.stat().st_size


def test_what_is_no_file_of_ours_is_refused(tmp_path):
    (tmp_path / 'a.onnx').write_text('text')
    with pytest.raises(ModelError, match='cannot be read as ONNX'):
        OnnxNetwork(tmp_path / 'a.onnx')
    with pytest.raises(ModelError, match='is missing'):
        OnnxNetwork(tmp_path / 'b.onnx')
    file = write_toy_detector(tmp_path / 'detector.onnx')
    with pytest.raises(ModelError, match="kind 'pose', got one of kind 'detector'"):
        OnnxNetwork(file)


def test_what_cannot_be_exported_is_named():
    config = pose_config('UDPHeatmap')
    with pytest.raises(ExportError, match='UDPHeatmap cannot be decoded inside a graph'):
        PoseGraph(pose_model(config), 'codec')
    PoseGraph(pose_model(config), 'udp')  # its heatmaps can be read by another
    head = dict(RTMPOSE, decoder=dict(RTMPOSE['decoder'], use_dark=True))
    with pytest.raises(ExportError, match='SimCCLabel with use_dark'):
        PoseGraph(pose_model(pose_config(head=head)), 'codec')
    config = pose_config(head=REGRESSION)
    config.model.neck = dict(type='GlobalAveragePooling')
    with pytest.raises(ExportError, match='got RegressionLabel'):
        PoseGraph(pose_model(config), 'dark')
    with pytest.raises(ExportError, match='UDPOffsetHeatmap has disks and offsets'):
        PoseGraph(pose_model(pose_config('UDPOffsetHeatmap', use_udp=True)), 'dark')


@pytest.mark.parametrize('codec', ['DARKHeatmap', 'UDPGaussianHeatmap', 'UDPOffsetHeatmap'])
def test_kernels_and_formulas_agree(rng, codec):
    from mmpose.registry import KEYPOINT_CODECS

    codec = KEYPOINT_CODECS.build(dict(type=codec, input_size=(48, 64), heatmap_size=(12, 16)))
    maps = codec.encode(rng.uniform((4, 4), (44, 60), (1, 5, 2)))['heatmaps'][None]
    maps = torch.from_numpy(maps + rng.uniform(0, 0.05, maps.shape).astype(np.float32))
    by_kernels = codec.decode_heatmaps(maps)
    with formulas_only():
        by_formulas = codec.decode_heatmaps(maps)
    torch.testing.assert_close(by_formulas, by_kernels, atol=2e-3, rtol=0)
