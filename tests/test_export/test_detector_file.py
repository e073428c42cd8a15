"""Exported detectors against MMDet's own inference."""

import numpy as np
import pytest

from helpers.detectors import detector_config, yolox_config
from helpers.spread_detector import blots, spread
from mmpose_addons.estimators.detector_network import DetectorNetwork
from mmpose_addons.export.detector_checks import box_differences
from mmpose_addons_core.onnx_files import METADATA, DetectorMetadata

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

import onnx
import onnxruntime

from mmpose_addons.export.detector_file import (
    export_detector,
    quantise_detector,
    run_detector,
)
from mmpose_addons_runtime.onnx_detector import OnnxDetector

# (H, W): as the input, smaller, odd, portrait, landscape, larger
SIZES = [(64, 64), (31, 20), (63, 65), (150, 71), (48, 129), (240, 320)]
CONFIGS = dict(RTMDet=detector_config, YOLOX=yolox_config)


def spread_network(config, rng, **options):
    network = DetectorNetwork(config, None)
    spread(network, (64, 64), rng, **options)
    return network


@pytest.fixture(scope='module', params=CONFIGS)
def network(request):
    return spread_network(CONFIGS[request.param](), np.random.default_rng(0))


@pytest.fixture(scope='module')
def file(network, tmp_path_factory):
    target = tmp_path_factory.mktemp('detector') / 'detector.onnx'
    export_detector(network, target, batch_size=None)
    return target


@pytest.fixture
def images(rng):
    return [blots(rng, *size) for size in SIZES]


def by_mmdet(network, images):
    return [network([image])[0] for image in images]


def test_boxes_are_those_of_mmdet(network, file, images):
    found, expected = run_detector(file, images), by_mmdet(network, images)
    difference = box_differences(found, expected, 0.0, 0.0)
    assert len(difference.distances) > 10 * len(images)
    assert difference.distances.max() < 0.01  # px; sums of floats in another order
    assert difference.scores.max() < 1e-4
    assert (difference.lone, difference.borderline) == (0, 0)
    assert set(np.concatenate([one.labels for one in found])) == {0, 1}
    for one, other in zip(found, expected, strict=True):
        assert set(one.labels) == set(other.labels)
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-4)  # in this order


def test_a_batch_is_its_images(file, rng):
    images = np.stack([blots(rng, 70, 50) for _ in range(3)])
    session = onnxruntime.InferenceSession(str(file))
    boxes, labels, indices = session.run(None, dict(images=images))
    for index, alone in enumerate(run_detector(file, images)):
        chosen = indices == index
        np.testing.assert_allclose(boxes[chosen, :4], alone.boxes, atol=1e-3)
        np.testing.assert_array_equal(labels[chosen], alone.labels)
        assert (np.diff(boxes[chosen, 4]) <= 0).all()


def test_the_runtime_gives_the_boxes_of_one_class(network, file, images):
    found = OnnxDetector(file, category='person', threshold=0.1)(images)
    for one, other in zip(found, by_mmdet(network, images), strict=True):
        chosen = (other.labels == 1) & (other.scores >= 0.1)
        np.testing.assert_allclose(one.boxes, other.boxes[chosen], atol=0.01)
        np.testing.assert_allclose(one.scores, other.scores[chosen], atol=1e-4)
    assert sum(len(one.boxes) for one in found) > 20


def test_metadata_and_shapes(network, file, tmp_path):
    about = export_detector(network, tmp_path / 'one.onnx')
    session = onnxruntime.InferenceSession(str(tmp_path / 'one.onnx'))
    assert session.get_inputs()[0].shape[0] == 1
    assert onnxruntime.InferenceSession(str(file)).get_inputs()[0].shape[0] == 'B'
    text = session.get_modelmeta().custom_metadata_map[METADATA]
    assert DetectorMetadata.from_json(text) == about
    kind = type(network.model).__name__
    threshold, limit = dict(RTMDet=(0.0, 100), YOLOX=(0.01, None))[kind]
    assert about == DetectorMetadata(
        classes=('cat', 'person'),
        input_size=(64, 64),
        score_threshold=threshold,
        nms_threshold=0.65,
        max_boxes=limit,
        architecture=kind,
    )


def precision_of(file):
    session = onnxruntime.InferenceSession(str(file))
    return DetectorMetadata.from_json(session.get_modelmeta().custom_metadata_map[METADATA])


def test_float16(network, tmp_path, file, images):
    half = tmp_path / 'half.onnx'
    export_detector(network, half, half=True)
    assert precision_of(half).precision == 'float16'
    found, expected = run_detector(half, images), by_mmdet(network, images)
    difference = box_differences(found, expected, 0.05, 0.005)
    assert len(difference.distances) > 20 * difference.lone
    assert np.percentile(difference.distances, 90) < 1  # px
    assert half.stat().st_size < 0.7 * file.stat().st_size


def test_int8(file, tmp_path, rng, images):
    """Convolutions have quantised inputs and weights, but for depthwise ones."""
    eight = tmp_path / 'int8.onnx'
    quantise_detector(file, eight, [blots(rng, *size) for size in SIZES])
    assert precision_of(eight).precision == 'int8'
    assert eight.stat().st_size < 0.7 * file.stat().st_size
    model = onnx.load(eight)
    made_by = {name: node.op_type for node in model.graph.node for name in node.output}
    for node in model.graph.node:
        if node.op_type == 'Conv':
            groups = max([e.i for e in node.attribute if e.name == 'group'], default=1)
            kinds = {made_by.get(name) for name in node.input[:2]}
            assert (kinds == {'DequantizeLinear'}) == (groups == 1), node.name
        elif node.name.startswith(('scaling/', 'suppression/')):
            assert 'DequantizeLinear' not in {made_by.get(name) for name in node.input}
    for one, image in zip(run_detector(eight, images), images, strict=True):
        assert one.boxes.shape[1] == 4
        assert one.boxes.max(initial=0) < 10 * max(image.shape)


def test_no_box_is_found(tmp_path, rng, images):
    for name, config in CONFIGS.items():
        network = DetectorNetwork(config(), None, score_threshold=0.99999)
        spread(network, (64, 64), rng)
        about = export_detector(network, tmp_path / f'{name}.onnx')
        assert about.score_threshold == 0.99999
        for one in run_detector(tmp_path / f'{name}.onnx', images):
            assert (one.boxes.shape, one.scores.shape, one.labels.shape) == ((0, 4), (0,), (0,))


def test_few_candidates_of_each_level(tmp_path, rng, images):
    """``nms_pre`` and ``max_per_img`` leave out many boxes, in single images and batches."""
    config = detector_config()
    config.model.test_cfg.update(nms_pre=7, max_per_img=9)
    network = spread_network(config, rng)
    export_detector(network, tmp_path / 'few.onnx', batch_size=None)
    found, expected = run_detector(tmp_path / 'few.onnx', images), by_mmdet(network, images)
    difference = box_differences(found, expected, 0.0, 0.0)
    assert len(difference.distances) == 9 * len(images)
    assert (difference.lone, difference.distances.max() < 0.01) == (0, True)
    session = onnxruntime.InferenceSession(str(tmp_path / 'few.onnx'))
    batch = np.stack([blots(rng, 40, 40) for _ in range(2)])
    assert np.bincount(session.run(None, dict(images=batch))[2]).tolist() == [9, 9]


def test_a_fixed_batch_of_two(network, tmp_path, images):
    export_detector(network, tmp_path / 'two.onnx', batch_size=2)
    with pytest.raises(ValueError, match='one image or any number, got batches of 2'):
        run_detector(tmp_path / 'two.onnx', images)
