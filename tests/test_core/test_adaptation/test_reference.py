"""Agreement with what the published CC-SSL code made of two video frames."""

import cv2
import numpy as np
import pytest
import torch

from mmpose_addons_core.adaptation import Curriculum, FlowTracks, Views, maps_of_image, on_maps
from mmpose_addons_core.adaptation.flow import Flow
from mmpose_addons_core.adaptation.published_fusion import published_maps_of_image
from mmpose_addons_core.heatmaps import heatmap_peaks, quarter_shift

pytestmark = pytest.mark.reference


@pytest.fixture(scope='module')
def values(reference):
    with np.load(reference / 'ccssl.npz', allow_pickle=False) as content:
        return dict(content)


def predicted(values, frame):
    """Joints in 256 px and confidences of a frame's five views, the paper's way."""
    maps = torch.from_numpy(values[f'frame{frame}_view_maps'])
    scale, rotation = (
        values[f'frame{frame}_view_{name}'][:, None] for name in ('scale', 'rotation_deg')
    )
    views = Views(scale, rotation, np.zeros(scale.shape, bool))
    matrices = views.matrices((64, 64))[:, 0]
    still = torch.zeros(len(maps), dtype=torch.bool)
    fused = maps_of_image(maps, on_maps(matrices, (1, 1)), still, range(18)).mean(0)
    peaks, confidence = heatmap_peaks(fused)
    return 4 * quarter_shift(fused, peaks).numpy(), confidence.numpy()


def offsets(found, published):
    """Differences after the published code's constant offset is taken out."""
    difference = published[:, :2] - found
    constant = np.median(difference, 0)
    assert (abs(constant - 3.5) < 1).all()  # it counts pixels from 1, twice
    return np.abs(difference - constant)


def test_views_of_a_frame(values):
    published = values['frame0_keypoints_256px_confidence']
    points, confidence = predicted(values, 0)
    # a step of 0.25 heatmap px towards the other side makes 2 px of 256
    assert offsets(points, published).max() <= 2 + 1e-4
    # its heights lie below ours: its maps of several views lie up to 1 px apart
    ratio = confidence / published[:, 2]
    assert ratio.min() > 1
    assert ratio.max() < 1.12


@pytest.mark.parametrize('frame', [0, 1])
def test_published_fusion_gives_the_published_confidences(values, frame):
    maps = torch.from_numpy(values[f'frame{frame}_view_maps'])
    scale, rotation = (values[f'frame{frame}_view_{n}'] for n in ('scale', 'rotation_deg'))
    confidence = published_maps_of_image(maps, scale, rotation).mean(0).amax((1, 2)).numpy()
    published = values[f'frame{frame}_keypoints_256px_confidence'][:, 2]
    predicted = np.ones(18, bool)
    if frame:  # the others come from the optical flow
        before = values['frame0_keypoints_256px_confidence'][:, 2]
        predicted = confidence >= 0.9 * before
        assert predicted.sum() >= 3
    np.testing.assert_allclose(confidence[predicted], published[predicted], atol=1e-5)


def test_flow_from_frame_to_frame(values):
    """Joints that the published code took from the flow, from its own joints of frame 0."""
    before = values['frame0_keypoints_256px_confidence']
    published = values['frame1_keypoints_256px_confidence']
    grey = [cv2.cvtColor(values[f'frame{i}_bgr'], cv2.COLOR_BGR2GRAY) for i in (0, 1)]
    tracks = FlowTracks(Flow())
    tracks.step('video', grey[0], before[:, :2], before[:, 2])
    points, confidence = predicted(values, 1)
    points, confidence, flows = tracks.step('video', grey[1], points, confidence)

    published_flows = np.isclose(published[:, 2], 0.9 * before[:, 2], atol=1e-6)
    assert published_flows.sum() > 10
    # our heights are a few percent above its own, so now and then a joint stays predicted
    assert (flows <= published_flows).all()
    assert (flows == published_flows).sum() >= 12
    np.testing.assert_allclose(points[flows], published[flows, :2], atol=0.05)
    np.testing.assert_allclose(confidence[flows], published[flows, 2], atol=1e-6)
    np.testing.assert_allclose(
        (points - before[:, :2])[flows], [[3.3, -2.1]] * flows.sum(), atol=0.3
    )


def test_merge_with_published_confidences(values):
    """With the published confidences of prediction, all joints come from the same source."""
    before = values['frame0_keypoints_256px_confidence']
    published = values['frame1_keypoints_256px_confidence']
    _, confidence = predicted(values, 1)
    lowered = confidence * 0.93
    _, merged, flows = Flow().merge(np.zeros((18, 2)), lowered, np.ones((18, 2)), before[:, 2])
    expected = np.isclose(published[:, 2], 0.9 * before[:, 2], atol=1e-6)
    np.testing.assert_array_equal(flows, expected)
    np.testing.assert_allclose(merged, published[:, 2], rtol=0.07)


def test_curriculum(values):
    confidence = values['curriculum_confidence'].reshape(-1, 10)
    for epoch, threshold in zip(
        values['curriculum_epoch'], values['curriculum_threshold'], strict=True
    ):
        thresholds = Curriculum().thresholds(confidence, int(epoch))
        assert thresholds.tolist() == [threshold] * 10
