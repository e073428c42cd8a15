"""Split a run of ``infer`` into parts, each of which is done whole or not at all.

A part is a video, a file of several pages, or some images that follow each other. Batches of
the network never cross the border of a part, so the results of a part do not depend on the
process that finds them, nor on what it did before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from mmpose_addons_core.stop_signals import StopRequest

from .annotated_inputs import AnnotatedInputs
from .frames import Frame, Lost
from .infer import FrameResults, InferReport, infer
from .output_plan import OutputPlan
from .sources import Source
from .topdown import PeopleFinder


@dataclass
class PartResult:
    """Everything that a part adds to a run. Numbers of sources and frames begin at 0 in it.

    Attributes:
        frames: Of each frame: source, number in the source, number in the part, time in
            seconds or None, COCO results.
        count: Number of frames; those that cannot be read count.
        people, empty, lost, failed, bits: Those of :class:`InferReport`.
        written: Videos.
    """

    frames: list[tuple[int, int, int, float | None, list[dict[str, Any]]]] = field(
        default_factory=list
    )
    count: int = 0
    people: int = 0
    empty: int = 0
    lost: list[tuple[int, str, tuple[int, int] | None]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    bits: dict[str, int] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)

    def add(self, frame: Frame, results: Sequence[dict[str, Any]]) -> None:
        """Add a frame; :func:`infer` calls this."""
        row = frame.source, frame.number, frame.index, frame.time, list(results)
        self.frames.append(row)

    def finish(self, report: InferReport) -> None:
        """Take over what :func:`infer` reports of the part."""
        self.people, self.empty = report.people, report.empty
        self.failed, self.bits = report.failed, report.bits
        self.written = [str(path) for path in report.written]
        ends: dict[int, int] = {}
        for source, number, *_ in self.frames:
            ends[source] = max(ends.get(source, 0), number + 1)
        for lost in report.lost:
            frames = lost.frames
            span = None if frames is None else (frames.start, frames.stop)
            self.lost.append((lost.source, lost.message, span))
            ends[lost.source] = max(ends.get(lost.source, 0), span[1] if span else 0)
        self.count = sum(ends.values())

    def to_dict(self) -> dict[str, Any]:
        """Return the content of a JSON file."""
        return asdict(self)


@dataclass
class RunOptions:
    """What a run does with each frame: arguments of :func:`infer`."""

    track: str | None = None
    smooth: bool = False
    keypoint_threshold: float = 0.3


def run_part(
    part: range,
    sources: Sequence[Source],
    plan: OutputPlan,
    pipeline: PeopleFinder,
    options: RunOptions,
    *,
    annotated: AnnotatedInputs | None = None,
    stop_on_error: bool = False,
    stop: StopRequest | None = None,
    advance: Callable[[int], None] | None = None,
    frames: Iterator[Frame] | None = None,
) -> tuple[PartResult, InferReport]:
    """Do one part: its images and videos are written, its results are returned.

    Args:
        part: Numbers of its sources.
        sources, plan: Those of the whole run.
        pipeline: Finds the poses.
        options: Tracks and drawing.
        annotated: Of all sources, see :func:`infer`.
        stop_on_error, stop: See :func:`infer`.
        advance: Called with the number of frames that are done.
        frames: See :func:`infer`.

    Returns:
        The part's result, and the report; the result is not complete if the report has
        ``stopped``.
    """
    chosen = slice(part.start, part.stop)
    own = OutputPlan(None, plan.images[chosen], plan.videos)
    result = PartResult()
    report = infer(
        sources[chosen],
        own,
        pipeline,
        annotated=annotated and annotated.part(part),
        track=options.track,
        smooth=options.smooth,
        keypoint_threshold=options.keypoint_threshold,
        stop_on_error=stop_on_error,
        stop=stop,
        collected=result,
        advance=advance or (lambda count: None),
        frames=frames,
    )
    result.finish(report)
    return result, report


def add_part(
    report: InferReport,
    part: range,
    result: PartResult,
    first: int,
    sources: Sequence[Source],
    *,
    given_ids: bool,
    outputs: Sequence[FrameResults],
) -> None:
    """Add a part's result to the outputs and the report of the run.

    Args:
        report: Changed in place.
        part: Numbers of the part's sources.
        result: Of the part.
        first: Number of the part's first frame in the run.
        sources: Of the run.
        given_ids: Whether image ids are those of an annotation file; otherwise they count the
            frames of the run.
        outputs: Get the results of each frame. The frames have no image.
    """
    for source, number, index, time, results in result.frames:
        location = sources[part.start + source].path
        nothing = np.zeros((0, 0, 3), np.uint8)
        frame = Frame(nothing, first + index, location, time, number, part.start + source)
        if not given_ids:
            results = [one | dict(image_id=first + index) for one in results]
        for output in outputs:
            output.add(frame, results)
    report.people += result.people
    report.empty += result.empty
    report.frames += len(result.frames)
    for source, message, span in result.lost:
        lost = Lost(part.start + source, message, None if span is None else range(*span))
        report.lost.append(lost)
    report.failed += result.failed
    report.bits |= result.bits
