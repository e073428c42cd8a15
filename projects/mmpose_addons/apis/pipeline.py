"""Find poses by images and boxes, in full batches and without keeping images."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmpose.models.pose_estimators import TopdownPoseEstimator
from mmpose.structures import PoseDataSample

from ..estimators.onnx_network import OnnxNetwork
from ..estimators.protocol import KeypointNetwork
from ..estimators.torch_network import TorchNetwork
from .detector import BoxDetector, Boxes
from .frames import Frame, Input, Report, read_frames
from .results import coco_results, pose_sample, suppress_duplicates

DETECTED_TOGETHER = 8
"""Number of images in a batch of the detector."""

GivenBoxes = np.ndarray | Iterable[np.ndarray] | Callable[[Frame], np.ndarray]


@dataclass
class _Pending:
    """A frame whose crops wait for the network or have come back."""

    frame: Frame
    boxes: np.ndarray
    scores: np.ndarray
    centres: np.ndarray
    sizes: np.ndarray
    found: list[list[np.ndarray]] = field(default_factory=list)
    """Points (K, 2) and scores (K,) of the first people."""

    @property
    def missing(self) -> range:
        """People whose keypoints are not there yet."""
        return range(len(self.found), len(self.boxes))


class PosePipeline:
    """Top-down inference: yields the poses of one image after the other.

    Each image is decoded once. Crops of all its people, and of the images after it, fill
    the network's batches; a result is given out as soon as it is complete. No more than
    ``batch_size`` images wait, so memory does not grow with the length of a video.

    Args:
        pose: (config, checkpoint) of MMPose, the path of an ONNX file of
            ``tools/export_onnx.py``, or a built estimator.
        detector: (config, checkpoint) of MMDet, or a :class:`BoxDetector`; None: boxes are
            given with the call, or the whole image is the box.
        device: ``'cpu'``, ``'cuda'``, ...; by default CUDA where there is one.
        batch_size: Crops that the network sees together; by default 32, on a CPU 4, because
            larger batches exceed its caches.
        flip_test: Average with the mirrored crop; None: as the config says.
        padding: The crop's size as a multiple of the box's; None: as the config says.
        box_threshold, box_nms: See :class:`BoxDetector`; for a (config, checkpoint) only.
        pose_threshold: Poses with a lower score (box score x mean keypoint score) are left
            out.
        oks_nms: OKS above which the worse of two poses is left out; None: all stay.
        fast: See :class:`TorchNetwork`.

    Raises:
        ModelError: A config or checkpoint is not usable.
        ValueError: The batch size is not positive.

    Example::

        pipeline = PosePipeline(('pose.py', 'pose.pth'), ('detector.py', 'detector.pth'))
        for sample in pipeline('holiday.mp4'):
            print(sample.img_id, sample.pred_instances.keypoints.shape)
    """

    def __init__(
        self,
        pose: tuple[str | Path | Config, str | Path | None] | str | Path | TopdownPoseEstimator,
        detector: tuple[str | Path | Config, str | Path | None] | BoxDetector | None = None,
        device: str | torch.device | None = None,
        batch_size: int | None = None,
        flip_test: bool | None = None,
        padding: float | None = None,
        box_threshold: float = 0.3,
        box_nms: float | None = None,
        pose_threshold: float = 0.0,
        oks_nms: float | None = None,
        fast: bool = True,
    ) -> None:
        self.device = torch.device(device or ('cuda' if torch.cuda.is_available() else 'cpu'))
        if batch_size is None:
            batch_size = 4 if self.device.type == 'cpu' else 32
        if batch_size < 1:
            raise ValueError(f'batch_size must be at least 1, got {batch_size}')
        self.network: KeypointNetwork
        if isinstance(pose, (str, Path)):
            self.network = OnnxNetwork(pose, self.device)
        else:
            config, checkpoint = pose if isinstance(pose, tuple) else (pose, None)
            self.network = TorchNetwork(config, checkpoint, self.device, flip_test, fast)
        if isinstance(detector, tuple):
            detector = BoxDetector(
                *detector, self.device, threshold=box_threshold, nms_threshold=box_nms
            )
        self.detector = detector
        self.geometry = self.network.geometry.padded(padding)
        self.metadata = self.network.metadata
        self.batch_size = batch_size
        self.pose_threshold, self.oks_nms = pose_threshold, oks_nms

    def __call__(
        self,
        inputs: Input | Iterable[Input],
        boxes: GivenBoxes | None = None,
        coco: bool = False,
    ) -> Iterator[Any]:
        """Yield the poses of each image, in order.

        Args:
            inputs: See :func:`read_frames`.
            boxes: (N, 4), (x1, y1, x2, y2), image px, for a single image; or one such array
                an image; or a function from :class:`Frame` to them. A fifth column is the
                box's score. Without them, boxes are the detector's, or the whole image.
            coco: Give lists of COCO results instead of samples.

        Yields:
            A ``PoseDataSample`` with ``pred_instances`` of N people: ``keypoints`` (N, K, 2)
            in image px, ``keypoint_scores`` (N, K), ``bboxes``, ``bbox_scores``,
            ``pose_scores``; or what :func:`coco_results` makes of it.

        Raises:
            InputError: An image is missing or not readable.
            ValueError: Boxes are of another shape or of negative size, too few or too many.
        """
        for _, sample in self.with_frames(inputs, boxes):
            yield coco_results(sample) if coco else sample

    def with_frames(
        self,
        inputs: Input | Iterable[Input],
        boxes: GivenBoxes | None = None,
        report: Report | None = None,
    ) -> Iterator[tuple[Frame, PoseDataSample]]:
        """Yield each sample together with its image.

        Args:
            inputs, boxes: Those of a call.
            report: See :func:`read_frames`; boxes of a list that belong to an image which
                cannot be read are passed over with it.
        """
        frames = read_frames(inputs, report)
        if (
            report is not None
            or isinstance(boxes, np.ndarray)
            or not isinstance(boxes, Iterable)
        ):
            yield from self.of_frames(frames, boxes)
            return
        total = _count_of_arrays(inputs)
        if isinstance(boxes, Sized) and total is not None and len(boxes) > total:
            raise ValueError(f'expected boxes of {total} images, got those of {len(boxes)}')
        many = iter(boxes)
        yield from self.of_frames(frames, many)
        surplus = sum(1 for _ in many)
        if surplus:
            raise ValueError(f'expected an array of boxes for each image, got {surplus} more')

    def of_frames(
        self, frames: Iterator[Frame], boxes: GivenBoxes | None = None
    ) -> Iterator[tuple[Frame, PoseDataSample]]:
        """Do the same as :meth:`with_frames` for images that are decoded already."""
        waiting: deque[_Pending] = deque()  # in order; the first may be partly done
        for frame, (found, scores) in self._boxed(frames, boxes):
            centres, sizes = self.geometry.regions(found)
            waiting.append(_Pending(frame, found, scores, centres, sizes))
            while self._is_full(waiting):
                self._run_batch(waiting)
                yield from self._complete(waiting)
        while waiting:
            self._run_batch(waiting)
            yield from self._complete(waiting)

    def _is_full(self, waiting: deque[_Pending]) -> bool:
        crops = sum(len(pending.missing) for pending in waiting)
        return crops >= self.batch_size or len(waiting) >= self.batch_size

    def _run_batch(self, waiting: deque[_Pending]) -> None:
        """Send the crops that have waited longest through the network."""
        missing = ((pending, i) for pending in waiting for i in pending.missing)
        chosen = list(islice(missing, self.batch_size))
        if not chosen:
            return
        width, height = self.geometry.input_size
        crops = np.empty((len(chosen), height, width, 3), np.uint8)
        for crop, (pending, i) in zip(crops, chosen, strict=True):
            centre, size = pending.centres[i], pending.sizes[i]
            self.geometry.warp(pending.frame.image, centre, size, out=crop)
        points, scores = self.network(crops)
        points = self.geometry.to_image(
            points,
            np.array([pending.centres[i] for pending, i in chosen]),
            np.array([pending.sizes[i] for pending, i in chosen]),
        )
        for (pending, _), *found in zip(chosen, points, scores, strict=True):
            pending.found.append(found)

    def _complete(self, waiting: deque[_Pending]) -> Iterator[tuple[Frame, PoseDataSample]]:
        """Take the frames at the head of the queue that lack nothing."""
        while waiting and not waiting[0].missing:
            pending = waiting.popleft()
            yield pending.frame, self._sample(pending)

    def _sample(self, pending: _Pending) -> PoseDataSample:
        count = len(self.metadata.names)
        points = np.array([found[0] for found in pending.found]).reshape(-1, count, 2)
        scores = np.array([found[1] for found in pending.found]).reshape(-1, count)
        sample = pose_sample(pending.frame, points, scores, pending.boxes, pending.scores)
        good = sample.pred_instances.pose_scores >= self.pose_threshold
        sample.pred_instances = sample.pred_instances[good]
        if self.oks_nms is not None:
            sample = suppress_duplicates(sample, self.oks_nms, self.metadata.sigmas)
        return sample

    def _boxed(
        self, frames: Iterator[Frame], given: GivenBoxes | None
    ) -> Iterator[tuple[Frame, Boxes]]:
        """Yield each frame with its boxes, from wherever they come."""
        if given is None and self.detector is not None:
            while group := list(islice(frames, DETECTED_TOGETHER)):
                found = self.detector([frame.image for frame in group])
                yield from zip(group, found, strict=True)
            return
        if isinstance(given, np.ndarray):
            first = next(frames)
            second = next(frames, None)
            if second is not None:
                raise ValueError('one array of boxes is for one image; give a list of arrays')
            frames, given = iter([first]), [given]
        many = iter(given) if isinstance(given, Iterable) else None
        taken = 0
        boxes: np.ndarray | None
        for frame in frames:
            if given is None:
                height, width = frame.image.shape[:2]
                boxes = np.array([[0, 0, width, height]])
            elif many is None:
                boxes = given(frame)  # type: ignore[operator]
            else:
                boxes = next(many, None)
                for _ in range(frame.index - taken):  # boxes of skipped images
                    boxes = next(many, None)
                taken = frame.index + 1
                if boxes is None:
                    raise ValueError(f'there are boxes for {frame.index} images only')
            yield frame, _checked(boxes, frame)


def _count_of_arrays(inputs: Input | Iterable[Input]) -> int | None:
    """Return how many images these are; None if that shows only when they are read."""
    if isinstance(inputs, np.ndarray):
        return 1
    if isinstance(inputs, list | tuple) and all(isinstance(i, np.ndarray) for i in inputs):
        return len(inputs)
    return None


def _checked(boxes: np.ndarray, frame: Frame) -> Boxes:
    """Return the boxes and scores of an array with four or five columns."""
    boxes = np.asarray(boxes, np.float32)
    if not boxes.size:
        boxes = boxes.reshape(0, 4)
    if boxes.ndim != 2 or boxes.shape[1] not in (4, 5):
        raise ValueError(
            'boxes have the shape (N, 4) or, with scores, (N, 5); for image '
            f'{frame.index} got {boxes.shape}'
        )
    infinite = ~np.isfinite(boxes).all(1)
    if infinite.any():
        raise ValueError(
            f'boxes must be finite numbers; for image {frame.index} got '
            f'{boxes[infinite][0].tolist()}'
        )
    wrong = (boxes[:, 2:4] < boxes[:, :2]).any(1)
    if wrong.any():
        raise ValueError(
            f'boxes must be (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2; image {frame.index} '
            f'has {boxes[wrong][0, :4].tolist()}'
        )
    scores = boxes[:, 4] if boxes.shape[1] == 5 else np.ones(len(boxes), np.float32)
    return Boxes(boxes[:, :4], scores)
