"""Boxes by MMDet against MMDet's own inference, and the file of boxes."""

import errno
import json
import os
import signal

import cv2
import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope

from helpers.detectors import detector_config
from helpers.poses import pose_config, pose_model, random_image
from mmpose_addons.apis import BoxDetector, InputError, ModelError, PosePipeline
from mmpose_addons.apis.detect_file import box_ap, detect_images
from mmpose_addons.apis.unfinished_detections import UnfinishedDetections
from mmpose_addons_core.fileio import OverwriteError
from mmpose_addons_core.folder_lock import FolderInUseError, lock_folder
from mmpose_addons_core.stop_signals import stop_request


@pytest.fixture(scope='module')
def detector():
    torch.manual_seed(0)
    return BoxDetector(detector_config(), None, category='person', threshold=0.0)


def test_boxes_are_those_of_mmdet(rng, detector):
    from mmdet.apis import inference_detector

    images = [random_image(rng), random_image(rng, 96, 128)]
    detector.model.cfg = detector_config()
    with DefaultScope.overwrite_default_scope('mmdet'):
        theirs = [inference_detector(detector.model, image) for image in images]
    for (boxes, scores), sample in zip(detector(images), theirs, strict=True):
        people = sample.pred_instances.labels == 1
        assert 0 < len(boxes) == int(people.sum())
        np.testing.assert_allclose(
            boxes, sample.pred_instances.bboxes[people].numpy(), atol=1e-3
        )
        assert (np.diff(scores) <= 0).all()


def test_threshold_and_suppression(rng, detector):
    image = random_image(rng)
    ((_, scores),) = detector([image])
    detector.threshold = float(np.median(scores))
    try:
        ((_, above),) = detector([image])
        detector.nms_threshold = 0.0
        ((boxes, _),) = detector([image])
    finally:
        detector.threshold, detector.nms_threshold = 0.0, None
    assert len(above) == (scores >= np.median(scores)).sum() < len(scores)
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
            assert (high - low + 1 <= 0).any()


def test_pipeline_with_a_detector(rng, detector):
    images = [random_image(rng) for _ in range(3)]
    pipeline = PosePipeline(pose_model(), detector, device='cpu', batch_size=4)
    for sample, (boxes, scores) in zip(pipeline(images), detector(images), strict=True):
        np.testing.assert_allclose(sample.pred_instances.bboxes, boxes, atol=1e-3)
        np.testing.assert_allclose(sample.pred_instances.bbox_scores, scores, atol=1e-5)


def test_unknown_class():
    with pytest.raises(ModelError, match=r"\['cat', 'person'\], got 'dog'"):
        BoxDetector(detector_config(), None, category='dog')


def test_what_is_no_detector(tmp_path):
    (tmp_path / 'empty.py').write_text('a = 1\n')
    with pytest.raises(ModelError, match=r'empty\.py: a config of MMDet with model and test_d'):
        BoxDetector(tmp_path / 'empty.py', None)
    with pytest.raises(ModelError, match='expected a detector of MMDet, got TopdownPose'):
        BoxDetector(pose_config(), None)
    config = detector_config()
    config.model.type = 'NoSuchDetector'
    with pytest.raises(ModelError, match='NoSuchDetector is not in the mmdet::model registry'):
        BoxDetector(config, None)


@pytest.fixture
def images(tmp_path, rng):
    """Five images and their COCO file, with boxes."""
    records, annotations = [], []
    for i in range(5):
        cv2.imwrite(str(tmp_path / f'{i}.png'), random_image(rng))
        records.append(dict(id=i + 10, file_name=f'{i}.png', width=160, height=120))
        box = [10, 10, 60, 80]
        annotations.append(
            dict(id=i, image_id=i + 10, category_id=1, bbox=box, area=4800, iscrowd=0)
        )
    content = dict(
        images=records, annotations=annotations, categories=[dict(id=1, name='person')]
    )
    (tmp_path / 'ann.json').write_text(json.dumps(content))
    return tmp_path


class Interrupted:
    """A detector that is killed after some images."""

    def __init__(self, detector, calls):
        self.detector, self.calls, self.seen = detector, calls, 0

    def __call__(self, images):
        if self.calls == 0:
            raise KeyboardInterrupt
        self.calls -= 1
        self.seen += len(images)
        return self.detector(images)


def test_a_stopped_run_goes_on_and_gives_the_same(images, detector):
    whole, out = images / 'whole.json', images / 'out.json'
    options = dict(batch_size=2, settings=dict(score=0))
    places = images / 'ann.json', images
    assert detect_images(detector, *places, whole, **options).boxes > 0

    with pytest.raises(KeyboardInterrupt):
        detect_images(Interrupted(detector, 2), *places, out, **options)
    assert not out.exists()
    part = images / '.out.json.part/boxes.jsonl'
    with part.open('a') as file:
        file.write('[14, [{"ima')  # a kill in the middle of a line
    rest = Interrupted(detector, -1)
    detect_images(rest, *places, out, **options)
    assert rest.seen == 1
    assert json.loads(out.read_text()) == json.loads(whole.read_text())
    assert not part.parent.exists()


def stopped_run(images, detector, **settings):
    """Two images are done."""
    places = images / 'ann.json', images, images / 'out.json'
    with pytest.raises(KeyboardInterrupt):
        detect_images(Interrupted(detector, 1), *places, batch_size=2, settings=settings)
    return places


@pytest.mark.parametrize('what', ['a', 'annotations', 'images'])
def test_other_inputs_begin_anew(images, detector, what):
    places = stopped_run(images, detector, a=1)
    if what == 'annotations':
        places[0].write_text(places[0].read_text() + ' ')
    if what == 'images':
        cv2.imwrite(str(images / '4.png'), np.zeros((120, 160, 3), np.uint8))
    again, lines = Interrupted(detector, -1), []
    settings = dict(a=2 if what == 'a' else 1)
    detect_images(again, *places, batch_size=2, settings=settings, say=lines.append)
    assert again.seen == 5
    assert lines == [f'starting anew, because {what} changed']


def test_a_copy_of_the_same_inputs_continues(images, detector):
    places = stopped_run(images, detector, a=1)
    (images / 'ann.json').rename(images / 'renamed.json')
    rest = Interrupted(detector, -1)
    detect_images(rest, images / 'renamed.json', *places[1:], batch_size=2, settings=dict(a=1))
    assert rest.seen == 3


def test_an_image_that_cannot_be_read(images, detector):
    """It has no boxes, the others have theirs; a run may stop there instead."""
    places = images / 'ann.json', images, images / 'out.json'
    (images / '1.png').write_text('broken')
    report = detect_images(detector, *places, batch_size=2)
    assert (report.images, report.total, report.stopped) == (4, 5, '')
    (line,) = report.lost
    assert line.startswith('image 11: ')
    assert '1.png is not a readable image' in line
    found = {record['image_id'] for record in json.loads(places[2].read_text())}
    assert found == {10, 12, 13, 14}
    places[2].unlink()
    report = detect_images(detector, *places, batch_size=2, stop_on_error=True)
    assert (report.images, report.stopped) == (1, line)
    assert not places[2].exists()


def test_no_image_is_replaced_by_the_boxes(images, detector):
    before = (images / '1.png').read_bytes()
    with pytest.raises(OverwriteError, match=r'1\.png is read by this command'):
        detect_images(detector, images / 'ann.json', images, images / '1.png')
    assert (images / '1.png').read_bytes() == before


def test_a_signal_keeps_what_is_done(images, detector):
    places = images / 'ann.json', images, images / 'out.json'

    class Signalled(Interrupted):
        def __call__(self, some):
            os.kill(os.getpid(), signal.SIGTERM)
            return super().__call__(some)

    with stop_request() as stop:
        report = detect_images(Signalled(detector, -1), *places, batch_size=2, stop=stop)
    assert (report.images, report.stopped, report.boxes) == (2, 'SIGTERM', None)
    rest = Interrupted(detector, -1)
    assert detect_images(rest, *places, batch_size=2).boxes > 0
    assert rest.seen == 3


def test_a_full_disk_keeps_what_is_done(images, detector, monkeypatch):
    places = images / 'ann.json', images, images / 'out.json'
    flush, calls = UnfinishedDetections.flush, []

    def full(unfinished):
        calls.append(1)
        if len(calls) == 2:
            unfinished._stream.truncate()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flush(unfinished)

    with monkeypatch.context() as patch:
        patch.setattr(UnfinishedDetections, 'flush', full)
        report = detect_images(detector, *places, batch_size=2)
    assert report.stopped.endswith('out.json cannot be written: No space left on device')
    assert not places[2].exists()
    rest = Interrupted(detector, -1)
    assert detect_images(rest, *places, batch_size=2).boxes > 0
    assert 1 <= rest.seen <= 3


def test_two_runs_into_one_file(images, detector):
    with (
        lock_folder(images / '.out.json.part'),
        pytest.raises(FolderInUseError, match='in use by'),
    ):
        detect_images(detector, images / 'ann.json', images, images / 'out.json')


def test_box_ap(images):
    boxes = [
        dict(image_id=i + 10, category_id=1, bbox=[10, 10, 60, 80], score=0.9) for i in range(5)
    ]
    (images / 'b.json').write_text(json.dumps(boxes))
    assert box_ap(images / 'ann.json', images / 'b.json') == dict(AP=1.0, AP50=1.0, AR=1.0)
    (images / 'b.json').write_text('[]')
    assert box_ap(images / 'ann.json', images / 'b.json')['AP'] == 0
    truth = json.loads((images / 'ann.json').read_text())
    (images / 'no.json').write_text(json.dumps(truth | dict(annotations=[])))
    assert box_ap(images / 'no.json', images / 'b.json') is None


def test_mistakes(images, detector):
    with pytest.raises(InputError, match=r'no\.json is not a COCO file'):
        detect_images(detector, images / 'no.json', images, images / 'out.json')
    (images / '3.png').unlink()
    with pytest.raises(InputError, match=r'3\.png is missing'):
        detect_images(detector, images / 'ann.json', images, images / 'out.json')
    assert not (images / 'out.json').exists()
