"""Find poses by images and boxes, in full batches and without keeping images."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

import numpy as np

from mmpose_addons_core.setting_checks import SettingError, check_numbers, check_shares

from .boxes import Boxes, Detector, checked_boxes
from .errors import ModelError
from .frames import Frame, Input, Report, read_frames
from .metadata import KeypointMetadata
from .people import People, people_of
from .protocol import KeypointNetwork
from .results import coco_results
from .similarity import without_duplicates

DETECTED_TOGETHER = 8
"""Number of images in a batch of the detector."""

GivenBoxes = np.ndarray | Iterable[np.ndarray] | Callable[[Frame], np.ndarray]


class PeopleFinder(Protocol):
    """Whatever finds the people of frames.

    Attributes:
        metadata: Their keypoints.
    """

    metadata: KeypointMetadata

    def find(
        self, frames: Iterator[Frame], boxes: GivenBoxes | None = None
    ) -> Iterator[tuple[Frame, People]]:
        """Yield the people of frames, each with its frame; see :class:`TopdownPipeline`."""


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


class TopdownPipeline:
    """Top-down inference by any network: yields the poses of one image after the other.

    Each image is decoded once. Crops of all its people, and of the images after it, fill
    the network's batches; a result is given out as soon as it is complete. No more than
    ``batch_size`` images wait, so memory does not grow with the length of a video.

    Args:
        network: From crops to keypoints.
        detector: From images to boxes; None: boxes are given with the call, or the whole
            image is the box.
        batch_size: Crops that the network sees together.
        padding: The crop's size as a multiple of the box's; None: as the network says.
        pose_threshold: Poses with a lower score (box score x mean keypoint score) are left
            out.
        oks_nms: OKS above which the worse of two poses is left out; None: all stay.

    Raises:
        SettingError: The batch size or the padding is not positive, or a threshold is no
            number.
        ModelError: OKS is wanted of keypoints without sigmas.
    """

    def __init__(
        self,
        network: KeypointNetwork,
        detector: Detector | None = None,
        batch_size: int = 4,
        padding: float | None = None,
        pose_threshold: float = 0.0,
        oks_nms: float | None = None,
    ) -> None:
        check_batch_size(batch_size)
        check_numbers(pose_threshold=pose_threshold)
        if oks_nms is not None:
            check_shares(oks_nms=oks_nms)
            if not network.metadata.sigmas:
                raise ModelError('oks_nms needs the sigmas of the keypoints, got none')
        self.network, self.detector = network, detector
        self.geometry = network.geometry.padded(padding)
        self.metadata = network.metadata
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
            coco: Give lists of COCO results instead.

        Yields:
            :class:`People`, or what :func:`coco_results` makes of them.

        Raises:
            InputError: An image is missing or not readable.
            ValueError: Boxes are of another shape or of negative size, too few or too many.
        """
        for frame, people in self._found(inputs, boxes):
            yield coco_results(people, frame.index) if coco else self._result(frame, people)

    def with_frames(
        self,
        inputs: Input | Iterable[Input],
        boxes: GivenBoxes | None = None,
        report: Report | None = None,
    ) -> Iterator[tuple[Frame, Any]]:
        """Yield each image together with its result.

        Args:
            inputs, boxes: Those of a call.
            report: See :func:`read_frames`; boxes of a list that belong to an image which
                cannot be read are passed over with it.
        """
        for frame, people in self._found(inputs, boxes, report):
            yield frame, self._result(frame, people)

    def _found(
        self,
        inputs: Input | Iterable[Input],
        boxes: GivenBoxes | None,
        report: Report | None = None,
    ) -> Iterator[tuple[Frame, People]]:
        frames = read_frames(inputs, report)
        if (
            report is not None
            or isinstance(boxes, np.ndarray)
            or not isinstance(boxes, Iterable)
        ):
            yield from self.find(frames, boxes)
            return
        total = _count_of_arrays(inputs)
        if isinstance(boxes, Sized) and total is not None and len(boxes) > total:
            raise ValueError(f'expected boxes of {total} images, got those of {len(boxes)}')
        many = iter(boxes)
        yield from self.find(frames, many)
        surplus = sum(1 for _ in many)
        if surplus:
            raise ValueError(f'expected an array of boxes for each image, got {surplus} more')

    def find(
        self, frames: Iterator[Frame], boxes: GivenBoxes | None = None
    ) -> Iterator[tuple[Frame, People]]:
        """Yield the people of images that are decoded already, each with its image.

        Args:
            frames: In order.
            boxes: Those of a call.
        """
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

    def _complete(self, waiting: deque[_Pending]) -> Iterator[tuple[Frame, People]]:
        """Take the frames at the head of the queue that lack nothing."""
        while waiting and not waiting[0].missing:
            pending = waiting.popleft()
            yield pending.frame, self._people(pending)

    def _people(self, pending: _Pending) -> People:
        count = len(self.metadata.names)
        points = np.array([found[0] for found in pending.found]).reshape(-1, count, 2)
        scores = np.array([found[1] for found in pending.found]).reshape(-1, count)
        people = people_of(points, scores, pending.boxes, pending.scores)
        people = people[people.pose_scores >= self.pose_threshold]
        if self.oks_nms is not None:
            people = without_duplicates(people, self.oks_nms, self.metadata.sigmas)
        return people

    def _result(self, frame: Frame, people: People) -> Any:
        """Return what a call yields for an image."""
        return people

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
            yield frame, checked_boxes(boxes, frame)


def _count_of_arrays(inputs: Input | Iterable[Input]) -> int | None:
    """Return how many images these are; None if that shows only when they are read."""
    if isinstance(inputs, np.ndarray):
        return 1
    if isinstance(inputs, list | tuple) and all(isinstance(i, np.ndarray) for i in inputs):
        return len(inputs)
    return None


def check_batch_size(batch_size: int | None) -> None:
    """Raise a SettingError unless a batch has crops, or its size is still to be chosen."""
    if batch_size is not None and batch_size < 1:
        raise SettingError(f'batch_size must be at least 1, got {batch_size}')
