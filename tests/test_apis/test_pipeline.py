"""PosePipeline against MMPose's inference_topdown, and what it does not do twice or keep."""

import weakref

import cv2
import numpy as np
import pytest
from mmpose.apis import inference_topdown

from helpers.media import write_video
from helpers.poses import pose_config, pose_model, random_image, some_boxes
from mmpose_addons.apis import Boxes, InputError, PosePipeline, coco_results
from mmpose_addons_runtime import frames as frames_module
from mmpose_addons_runtime.topdown import DETECTED_TOGETHER

TOLERANCE = 0.1  # image px; the geometry is the same, only the order of sums differs


@pytest.fixture(scope='module')
def model():
    return pose_model()


@pytest.fixture(scope='module')
def pipeline(model):
    return PosePipeline(model, device='cpu', batch_size=4)


def of_mmpose(model, image, boxes):
    samples = inference_topdown(model, image, boxes)
    return (
        np.concatenate([sample.pred_instances.keypoints for sample in samples]),
        np.concatenate([sample.pred_instances.keypoint_scores for sample in samples]),
    )


@pytest.mark.parametrize('fast', [False, True])
@pytest.mark.parametrize(
    ('codec', 'use_udp'),
    [
        ('QuarterShiftHeatmap', False),
        ('UDPGaussianHeatmap', True),
        ('UDPOffsetHeatmap', True),
        ('MSRAHeatmap', False),
        ('DARKHeatmap', False),
    ],
)
def test_coordinates_are_those_of_mmpose(rng, codec, use_udp, fast):
    config = pose_config(codec, use_udp)
    if codec == 'MSRAHeatmap':
        config.model.head.decoder.unbiased = False
    model = pose_model(config)
    image, boxes = random_image(rng), some_boxes(rng, 7)
    (sample,) = PosePipeline(model, device='cpu', batch_size=3, fast=fast)(image, boxes)
    points, scores = of_mmpose(model, image, boxes)
    assert np.ptp(points) > 10  # not all in one place
    np.testing.assert_allclose(sample.pred_instances.keypoints, points, atol=TOLERANCE)
    np.testing.assert_allclose(sample.pred_instances.keypoint_scores, scores, atol=1e-3)


def test_regression(rng):
    head = dict(
        type='RegressionWithHeatmapHead',
        in_channels=512,
        num_joints=17,
        decoder=dict(type='RegressionLabel', input_size=(48, 64)),
    )
    model = pose_model(pose_config(head=head))
    image, boxes = random_image(rng), some_boxes(rng, 3)
    (sample,) = PosePipeline(model, device='cpu')(image, boxes)
    points, _ = of_mmpose(model, image, boxes)
    np.testing.assert_allclose(sample.pred_instances.keypoints, points, atol=TOLERANCE)


def test_batches_reach_over_people_and_images(rng, model, pipeline, monkeypatch):
    """Counts of people that fill no batch: the same as one image at a time, in order."""
    images = [random_image(rng) for _ in range(6)]
    boxes = [some_boxes(rng, count) for count in (3, 0, 6, 1, 0, 2)]
    sizes = []
    network = pipeline.network

    def counted(crops):
        sizes.append(len(crops))
        return network(crops)

    monkeypatch.setattr(pipeline, 'network', counted)
    samples = list(pipeline(images, boxes))
    assert sizes == [4, 4, 4]
    assert [sample.img_id for sample in samples] == list(range(6))
    for sample, image, some in zip(samples, images, boxes, strict=True):
        people = sample.pred_instances
        assert people.keypoints.shape == (len(some), 17, 2)
        np.testing.assert_array_equal(people.bboxes, some)
        if len(some):
            points, _ = of_mmpose(model, image, some)
            np.testing.assert_allclose(people.keypoints, points, atol=TOLERANCE)


def test_without_boxes_the_image_is_the_box(rng, model, pipeline):
    image = random_image(rng)
    (sample,) = pipeline(image)
    np.testing.assert_array_equal(sample.pred_instances.bboxes, [[0, 0, 160, 120]])
    points, _ = of_mmpose(model, image, None)
    np.testing.assert_allclose(sample.pred_instances.keypoints, points, atol=TOLERANCE)


def test_folders_videos_and_lists(rng, pipeline, tmp_path, monkeypatch):
    folder = tmp_path / 'images'
    folder.mkdir()
    for name in ('b10.png', 'b9.jpg'):
        cv2.imwrite(str(folder / name), random_image(rng))
    (folder / 'notes.txt').write_text('no image')
    video = write_video(tmp_path / 'v.avi', [random_image(rng) for _ in range(3)])
    decoded = []
    decode = frames_module.read_pages
    monkeypatch.setattr(
        frames_module, 'read_pages', lambda path: decoded.append(path[-7:]) or decode(path)
    )
    samples = list(pipeline([folder, str(video), random_image(rng)]))
    assert decoded == ['/b9.jpg', 'b10.png']  # each once
    assert [sample.img_id for sample in samples] == [0, 1, 2, 3, 4, 5]
    assert [sample.metainfo['time'] for sample in samples] == [None, None, 0, 0.1, 0.2, None]


def test_boxes_of_an_image_that_is_passed_over_are_not_given_to_the_next(
    rng, pipeline, tmp_path
):
    files = [tmp_path / f'{number}.png' for number in range(3)]
    for file in files:
        cv2.imwrite(str(file), random_image(rng))
    files[1].write_text('broken')
    boxes = [some_boxes(rng, 1) for _ in files]
    lost = []
    found = list(pipeline.with_frames(files, boxes, report=lost.append))
    assert [frame.index for frame, _ in found] == [0, 2]
    for (_, sample), expected in zip(found, (boxes[0], boxes[2]), strict=True):
        np.testing.assert_array_equal(sample.pred_instances.bboxes, expected)
    assert [(some.source, some.frames) for some in lost] == [(1, range(1))]


class EveryQuarter:
    """Stands for a detector: the four quarters of an image."""

    def __call__(self, images):
        found = []
        for image in images:
            h, w = image.shape[0] / 2, image.shape[1] / 2
            corners = np.array([[0, 0], [w, 0], [0, h], [w, h]], np.float32)
            scores = np.array([0.9, 0.8, 0.5, 0.4], np.float32)
            found.append(Boxes(np.hstack((corners, corners + [w, h])), scores))
        return found


@pytest.mark.parametrize('count', [20, 60])
@pytest.mark.parametrize('detects', [False, True])
def test_images_are_not_kept(rng, model, count, detects):
    """However long the input, no more images are alive than a batch has crops, and those
    that the detector sees together, and a few."""
    alive = weakref.WeakSet()

    class TrackedImage(np.ndarray):  # a plain array takes no weak reference in a set
        __hash__ = object.__hash__

    def source():
        for _ in range(count):
            image = random_image(rng).view(TrackedImage)
            alive.add(image)
            yield image
            del image

    detector = EveryQuarter() if detects else None
    pipeline = PosePipeline(model, detector, device='cpu', batch_size=4)
    boxes = None if detects else lambda frame: np.array([[10, 10, 90, 90]] * 3)
    most = max(len(alive) for _ in pipeline(source(), boxes))
    assert most <= pipeline.batch_size + (DETECTED_TOGETHER if detects else 0) + 2


def test_thresholds_expansion_and_doubles(rng, model):
    images = [random_image(rng) for _ in range(10)]
    options = dict(detector=EveryQuarter(), device='cpu')
    everyone = list(PosePipeline(model, **options)(images))
    scores = np.concatenate([sample.pred_instances.pose_scores for sample in everyone])
    limit = float(np.median(scores))
    better = list(PosePipeline(model, **options, pose_threshold=limit)(images))
    assert sum(len(sample.pred_instances) for sample in better) == (scores >= limit).sum()

    boxes = np.array([[20, 20, 80, 100], [20, 20, 80, 100], [90, 10, 150, 110]], np.float32)
    (sample,) = PosePipeline(model, device='cpu', oks_nms=0.9)(images[0], boxes)
    np.testing.assert_array_equal(sample.pred_instances.bboxes, boxes[[0, 2]])

    (wide,) = PosePipeline(model, device='cpu', padding=2.5)(images[0], boxes[:1])
    (twice,) = PosePipeline(model, device='cpu')(images[0], np.array([[-10, -20, 110, 140]]))
    np.testing.assert_allclose(
        wide.pred_instances.keypoints, twice.pred_instances.keypoints, atol=1e-3
    )


def test_coco_results(rng, pipeline):
    boxes = np.array([[10, 20, 70, 100, 0.5]])
    (sample,) = pipeline(random_image(rng), boxes)
    (result,) = coco_results(sample, image_id=7)
    people = sample.pred_instances
    assert (result['image_id'], result['category_id']) == (7, 1)
    assert result['bbox'] == [10, 20, 60, 80]
    assert np.allclose(result['keypoints'][0::3], people.keypoints[0, :, 0], atol=1e-3)
    counted = people.keypoint_scores[0][people.keypoint_scores[0] > 0.2]
    assert result['score'] == pytest.approx(0.5 * counted.mean(), abs=1e-6)
    ((first, *_),) = pipeline(random_image(rng), boxes, coco=True)
    assert first['image_id'] == 0


@pytest.mark.parametrize(
    ('inputs', 'message'),
    [
        ('nothing.jpg', 'nothing.jpg is missing'),
        ('nothing.mp4', 'nothing.mp4 is missing'),
        ('text.jpg', 'text.jpg is not a readable image'),
        ('text.mp4', 'text.mp4 is not a readable video'),
        ('.', 'contains no image'),
        (np.zeros((4, 4), np.uint8), r'\(4, 4\), uint8'),
        (np.zeros((4, 4, 3)), 'float64'),
    ],
)
def test_bad_inputs_are_named(pipeline, tmp_path, monkeypatch, inputs, message):
    monkeypatch.chdir(tmp_path)
    if isinstance(inputs, str) and inputs.startswith('text'):
        (tmp_path / inputs).write_text('text')
    with pytest.raises(InputError, match=message):
        list(pipeline(inputs))


@pytest.mark.parametrize(
    ('count', 'boxes', 'message'),
    [
        (1, np.zeros((2, 3)), r'got \(2, 3\)'),
        (1, np.array([[0, 0, np.nan, 5]]), r'finite .* image 0 got \[0.0, 0.0, nan, 5.0\]'),
        (2, np.zeros((2, 4)), 'give a list of arrays'),
        (2, [np.zeros((0, 4))], 'boxes for 1 images only'),
    ],
)
def test_bad_boxes_are_named(rng, pipeline, count, boxes, message):
    with pytest.raises(ValueError, match=message):
        list(pipeline([random_image(rng) for _ in range(count)], boxes))


def test_boxes_of_negative_size_and_surplus_boxes_are_refused(rng, pipeline):
    image, box = random_image(rng), np.array([[20, 20, 80, 100]])
    with pytest.raises(ValueError, match=r'x1 <= x2 .* image 0 has \[80.0, 60.0, 30.0, 40.0\]'):
        list(pipeline(image, np.array([[20, 20, 80, 100], [80, 60, 30, 40]])))
    with pytest.raises(ValueError, match='expected boxes of 1 images, got those of 3'):
        next(pipeline(image, [box] * 3))
    with pytest.raises(
        ValueError, match='expected an array of boxes for each image, got 2 more'
    ):
        list(pipeline((im for im in [image]), [box] * 3))
    assert len(list(pipeline([image] * 2, [box] * 2))) == 2
