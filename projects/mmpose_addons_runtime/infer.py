"""Find poses in images and videos, draw them and write COCO results.

Whatever ends a run early, what is done by then is kept and complete.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import Any, Protocol

from mmpose_addons_core.message_texts import shown
from mmpose_addons_core.overlap import DoneBehind, made_ahead
from mmpose_addons_core.progress import progress_bar
from mmpose_addons_core.setting_checks import check_numbers
from mmpose_addons_core.stop_signals import StopRequest
from mmpose_addons_core.tracking.one_euro import PoseSmoother

from .annotated_inputs import AnnotatedInputs
from .drawing import drawn_frame
from .frames import Frame, Lost, frames_and_losses
from .metadata import KeypointMetadata
from .output_plan import OutputPlan
from .outputs import FRAME_RATE, OutputError, Outputs
from .people import People
from .results import coco_results
from .sources import Source, split_sources
from .topdown import GivenBoxes, PeopleFinder
from .tracking import Tracker, tracker_of

SKIPPED = 3
"""Exit code of a run that has passed over frames which cannot be read."""


class FrameResults(Protocol):
    """Whatever gets the results of each frame."""

    def add(self, frame: Frame, results: Sequence[dict[str, Any]]) -> None:
        """Add the COCO results of a frame, also of one without anybody."""


@dataclass
class InferReport:
    """Result of a run.

    Attributes:
        people: Number of poses.
        frames: Number of frames that are done.
        total: Number of frames of all inputs, about; None where it is not known.
        empty: Number of frames without a person.
        lost: Frames that could not be read.
        failed: Outputs that could not be written.
        written: Results and videos that were written.
        bits: Bits of 16 that a file fills, by file name, for files that do not fill them.
        stopped: Why the run ended early; empty for a whole run.
        error: An unexpected error that ended the run.
        exit_code: 0; 1 if it failed; 3 if frames were passed over; 128 + number of a signal.
    """

    people: int = 0
    frames: int = 0
    total: int | None = None
    empty: int = 0
    lost: list[Lost] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)
    bits: dict[str, int] = field(default_factory=dict)
    stopped: str = ''
    error: Exception | None = None
    exit_code: int = 0


def check_run(
    metadata: KeypointMetadata, track: str | None, smooth: bool, keypoint_threshold: float
) -> None:
    """Check the arguments of :func:`infer` that depend on the network or are numbers.

    Raises:
        ValueError: The threshold is no number, or the network cannot have such tracks.
    """
    check_numbers(keypoint_threshold=keypoint_threshold)
    tracker_of(track, smooth, metadata)


def infer(
    sources: Sequence[Source],
    plan: OutputPlan,
    pipeline: PeopleFinder,
    *,
    annotated: AnnotatedInputs | None = None,
    track: str | None = None,
    smooth: bool = False,
    keypoint_threshold: float = 0.3,
    stop_on_error: bool = False,
    stop: StopRequest | None = None,
    collected: FrameResults | None = None,
    advance: Callable[[int], None] | None = None,
    overlap: bool = True,
    frames: Iterator[Frame] | None = None,
) -> InferReport:
    """Find the poses of all sources, and write them.

    Images are decoded ahead and outputs written behind by threads of their own, in order and
    with the same results; `collected` and `advance` are called from the thread that writes.

    Args:
        sources: Images and videos.
        plan: Where the outputs go.
        pipeline: Finds the poses.
        annotated: Ids and categories of results, and boxes where they are known; by default
            frames are counted from 0, those that cannot be read as well, the category is 1,
            and the pipeline's detector finds boxes, or the whole image is the box.
        track: ``'oks'`` or ``'iou'``: number people through each input.
        smooth: Smooth tracks by One-Euro filters; tracks by OKS unless said otherwise.
        keypoint_threshold: Keypoints with a lower score are not drawn.
        stop_on_error: End the run at the first frame that cannot be read.
        stop: Ends the run between two frames.
        collected: Gets the results of each frame.
        advance: Called with the number of frames that are done; by default a bar shows it.
        overlap: Whether to use these threads.
        frames: Of the sources, if they are not to be read; without images where nothing is
            drawn.

    Raises:
        ValueError: See :func:`check_run`.
    """
    check_run(pipeline.metadata, track, smooth, keypoint_threshold)
    stop = StopRequest() if stop is None else stop  # one that nobody has made is false
    report = InferReport()
    counts = [source.count for source in sources]
    report.total = None if None in counts else sum(counts)  # type: ignore[arg-type]
    tracks = _Tracks(sources, pipeline, track, smooth)
    try:
        outputs = Outputs(plan, sources)
    except OutputError as error:
        report.stopped, report.exit_code = str(error), 1
        return report
    try:
        bar = progress_bar('Frames', report.total) if advance is None else nullcontext(advance)
        reading = _frames(sources, frames, report, stop_on_error, stop, overlap)
        behind = DoneBehind() if overlap else nullcontext(None)
        with bar as advance, closing(reading), behind as writer:

            def finish(frame: Frame, people: People) -> None:
                if stop:
                    return
                time = tracks.update(frame, people)
                results = _results(frame, people, sources, annotated)
                outputs.add_results(results)
                if collected:
                    collected.add(frame, results)
                if outputs.draws:
                    metadata = pipeline.metadata
                    image = drawn_frame(frame, people, metadata, keypoint_threshold)
                    outputs.add_image(frame, image, time)
                report.people += len(people)
                report.empty += not people
                report.frames += 1
                advance(1)

            given = annotated.given_boxes if annotated else None
            whole_inputs = bool(track or smooth or plan.videos)
            for frame, people in _found(reading, sources, pipeline, given, whole_inputs):
                if stop:
                    break
                if writer is None:
                    finish(frame, people)
                else:
                    writer.do(partial(finish, frame, people), frame.image.nbytes)
        report.stopped = report.stopped or stop.reason
    except OutputError as error:
        report.stopped = str(error)
    except KeyboardInterrupt:
        report.stopped, report.exit_code = 'Ctrl-C', 130
    except Exception as error:
        report.stopped, report.error = f'{type(error).__name__}: {error}', error
    finally:
        outputs.close()
    report.failed, report.written = outputs.failed, outputs.written
    if not report.exit_code:
        failed = report.stopped or report.failed
        report.exit_code = stop.exit_code or (1 if failed else SKIPPED if report.lost else 0)
    return report


def _frames(
    sources: Sequence[Source],
    given: Iterator[Frame] | None,
    report: InferReport,
    stop_on_error: bool,
    stop: StopRequest,
    overlap: bool,
) -> Generator[Frame, None, None]:
    """Yield frames until something asks to stop; what cannot be read goes to the report."""
    items: Generator[Frame | Lost, None, None] = (
        frames_and_losses(sources) if given is None else (frame for frame in given)
    )
    # the newest image of a stream is wanted, and it may never come
    if overlap and all(source.kind != 'stream' for source in sources):
        items = made_ahead(items, _bytes)
    with closing(items):
        for item in items:
            if isinstance(item, Lost):
                if not (stop_on_error and report.lost):
                    report.lost.append(item)
                if stop_on_error:
                    report.stopped = report.lost[0].message
                continue
            if stop or report.stopped:
                return
            if item.bits not in (8, 16):
                report.bits[shown(sources[item.source].location)] = item.bits
            yield item


def _bytes(item: Frame | Lost) -> int:
    return item.image.nbytes if isinstance(item, Frame) else 0


def _found(
    frames: Iterator[Frame],
    sources: Sequence[Source],
    pipeline: PeopleFinder,
    given: GivenBoxes | None,
    whole_inputs: bool,
) -> Iterator[tuple[Frame, People]]:
    """Find people in all frames; no batch has crops of two parts or segments of videos."""
    parts = split_sources(sources, whole_inputs)
    part_of = [number for number, part in enumerate(parts) for _ in part]
    groups = groupby(frames, lambda frame: (part_of[frame.source], frame.segment))
    return chain.from_iterable(pipeline.find(group, given) for _, group in groups)


def _results(
    frame: Frame,
    people: People,
    sources: Sequence[Source],
    annotated: AnnotatedInputs | None,
) -> list[dict[str, Any]]:
    """Return COCO results with file name, frame number and time."""
    image_id = annotated.image_ids[frame.source] if annotated else frame.index
    results = coco_results(people, image_id)
    if annotated:
        for result, box in zip(results, people.box_index, strict=True):
            result['category_id'] = annotated.category_of(frame, int(box))
    place: dict[str, Any] = dict(
        file_name=sources[frame.source].location, frame_id=frame.number
    )
    if frame.time is not None:
        place['time'] = round(frame.time, 6)
    return [result | place for result in results]


class _Tracks:
    """Number and smooth the people of each input, if that is wanted."""

    def __init__(
        self, sources: Sequence[Source], pipeline: PeopleFinder, by: str | None, smooth: bool
    ) -> None:
        self._sources = sources
        self._files = Counter(source.input for source in sources)
        self._new_tracker = partial(tracker_of, by, smooth, pipeline.metadata)
        self._smooth = smooth
        self._input: int | None = None
        self._start = 0
        self._tracker: Tracker | None = None
        self._smoother: PoseSmoother | None = None

    def update(self, frame: Frame, people: People) -> float:
        """Add track numbers to people; the time of its frame in its input, seconds.

        An input of one video or animation has the times of the file. Other inputs have
        ``FRAME_RATE`` images a second.
        """
        number = self._sources[frame.source].input
        if number != self._input:
            self._input, self._start = number, frame.index - frame.number
            self._tracker = self._new_tracker()
            self._smoother = PoseSmoother() if self._smooth else None
        time = (frame.index - self._start) / FRAME_RATE
        if frame.time is not None and self._files[number] == 1:
            time = frame.time
        if self._tracker:
            people.track_ids = self._tracker.update(people)
        if self._smoother and people.track_ids is not None:
            people.keypoints = self._smoother(
                people.track_ids, people.keypoints, people.bboxes, time
            )
        return time
