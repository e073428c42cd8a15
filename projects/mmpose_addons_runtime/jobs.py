"""What a process needs to do parts of a run: in this process, or on a Ray cluster."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from mmpose_addons_core.media.video_segment import SegmentError
from mmpose_addons_core.stop_signals import StopRequest

from .annotated_inputs import AnnotatedInputs
from .found_people import StoredPeople, frames_without_images
from .frames import Frame
from .infer import InferReport
from .metadata import KeypointMetadata
from .output_plan import OutputPlan
from .part_store import PartStore
from .parts import PartResult, RunOptions, run_part
from .people import People
from .segment_store import SegmentStore
from .segments import Segment, check_found, find_in_segment, rows_of, split_part
from .sources import Source
from .topdown import PeopleFinder, TopdownPipeline

Unit = range | Segment
"""What a process does at a time: a part by the numbers of its sources, or a segment of one."""
Advance = Callable[[int], None]
"""Called with the number of frames that are done."""
Networks = Callable[[], TopdownPipeline]
"""Returns the networks, which are loaded at the first call."""


@dataclass
class Job:
    """A run without its networks; other processes get a copy.

    Attributes:
        sources, plan: Of the run.
        store: Gets the result of each part.
        options: Tracks and drawing.
        make_pipeline: Loads the networks; it can be pickled.
        metadata: Of the networks.
        annotated, stop_on_error: See :func:`~.infer.infer`.
    """

    sources: Sequence[Source]
    plan: OutputPlan
    store: PartStore
    options: RunOptions
    make_pipeline: Networks
    metadata: KeypointMetadata
    annotated: AnnotatedInputs | None = None
    stop_on_error: bool = False

    def do(
        self,
        unit: Unit,
        networks: Networks,
        stop: StopRequest | None = None,
        advance: Advance | None = None,
    ) -> InferReport:
        """Do a part or a segment and write its result into the store.

        A part that is a split video gets its result from its segments. If it must not be split,
        its segments are passed over and the part is done as a whole.

        Returns:
            The report; if it has ``stopped``, the result is not in the store.
        """
        segments = SegmentStore(self.store)
        try:
            if isinstance(unit, Segment):
                return self._do_segment(unit, segments, networks, stop, advance)
            split = split_part(unit, self.sources)
            outcome = None
            if split and not segments.reason(unit):
                outcome = self._join(unit, split, segments, stop)
            if outcome is None:
                outcome = self._run(unit, networks(), stop, advance)
            result, report = outcome
            if not report.stopped:
                self.store.write(unit, result)
                segments.remove(unit)
        except OSError as error:
            reason = f'{self.store.folder} cannot be written: {error.strerror or error}'
            report = InferReport(stopped=reason, exit_code=1)
        return report

    def _do_segment(
        self,
        segment: Segment,
        store: SegmentStore,
        networks: Networks,
        stop: StopRequest | None,
        advance: Advance | None,
    ) -> InferReport:
        """Do a segment, unless its video must not be split."""
        if store.reason(segment.part):
            return InferReport()
        source = self.sources[segment.part.start]
        found, report = find_in_segment(segment, source, networks(), stop, advance)
        try:
            if isinstance(report.error, SegmentError):
                raise report.error
            if not report.stopped:
                store.write(segment, found)
        except SegmentError as error:
            store.keep_whole(segment.part, str(error))
            return InferReport()
        return report

    def _join(
        self,
        part: range,
        split: Sequence[Segment],
        store: SegmentStore,
        stop: StopRequest | None,
    ) -> tuple[PartResult, InferReport] | None:
        """Return the result by segments; None if the video must not be split."""
        source = self.sources[part.start]

        def rows() -> Iterator[tuple[float, People]]:
            return rows_of(source, map(store.needed, split))

        try:
            check_found(source, map(store.needed, split))
            frames = None
            if not (self.plan.images or self.plan.videos):
                frames = frames_without_images(time for time, _ in rows())
            people = StoredPeople(rows(), self.metadata)
            result, report = self._run(part, people, stop, frames=frames)
            if isinstance(report.error, SegmentError):
                raise report.error
            if not report.stopped and (report.lost or next(people.rows, None)):
                raise SegmentError('the whole video has other frames')
        except SegmentError as error:
            store.keep_whole(part, str(error))
            return None
        return result, report

    def _run(
        self,
        part: range,
        finder: PeopleFinder,
        stop: StopRequest | None,
        advance: Advance | None = None,
        frames: Iterator[Frame] | None = None,
    ) -> tuple[PartResult, InferReport]:
        return run_part(
            part,
            self.sources,
            self.plan,
            finder,
            self.options,
            annotated=self.annotated,
            stop_on_error=self.stop_on_error,
            stop=stop,
            advance=advance,
            frames=frames,
        )


def run_here(
    job: Job, units: Sequence[Unit], advance: Advance, stop: StopRequest | None = None
) -> Iterator[InferReport]:
    """Do parts one after the other in this process; a :data:`~.resumable.Runner`."""
    networks = cache(job.make_pipeline)
    for unit in units:
        yield job.do(unit, networks, stop, advance)
