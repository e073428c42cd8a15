"""Parts of a run that are long videos: people are found by segment, then joined.

The segments of a video can be done in any order and by any process. Tracks, smoothing, drawing
and writing run over the whole video afterwards, in order, with the code for a video that is not
split.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from mmpose_addons_core.media.errors import InputError
from mmpose_addons_core.media.frame_numbers import FrameClock
from mmpose_addons_core.media.segment_borders import count_segments
from mmpose_addons_core.media.video_reader import DEFAULT_RATE
from mmpose_addons_core.media.video_segment import SegmentError, VideoSegment, check_segments
from mmpose_addons_core.stop_signals import StopRequest

from .found_people import FoundPeople, Recorder
from .frames import Frame
from .infer import InferReport, infer
from .output_plan import OutputPlan
from .people import People
from .sources import Source
from .topdown import PeopleFinder


@dataclass(frozen=True)
class Segment:
    """A segment of a video that is a part of a run.

    Attributes:
        part: Number of its source, as a range of one.
        number: Of the segment in its video.
        last: Whether it is the last one.
    """

    part: range
    number: int
    last: bool


def split_part(part: range, sources: Sequence[Source]) -> list[Segment]:
    """Return the segments of a part; empty unless it is a long video."""
    source = sources[part.start]
    count = count_segments(source.seconds) if source.kind == 'video' else 1
    numbers = range(count) if count > 1 and len(part) == 1 else range(0)
    return [Segment(part, number, number == count - 1) for number in numbers]


def find_in_segment(
    segment: Segment,
    source: Source,
    finder: PeopleFinder,
    stop: StopRequest | None = None,
    advance: Callable[[int], None] | None = None,
) -> tuple[FoundPeople, InferReport]:
    """Find the people of a segment.

    Args:
        segment: The segment.
        source: Its video.
        finder: Finds the people.
        stop: Ends the search between two frames.
        advance: Called with the number of frames that are done.

    Returns:
        The people, and the report, which has ``stopped`` if the search was not finished; its
        ``error`` is a :class:`SegmentError` if the video cannot be split.
    """
    recorder = Recorder(finder)
    try:
        video = VideoSegment(source.location, segment.number, segment.last)
    except InputError as error:
        problem = SegmentError(str(error))
        return recorder.found, InferReport(stopped=str(error), error=problem)
    with closing(video):
        report = infer(
            [source],
            OutputPlan(),
            recorder,
            stop=stop,
            advance=advance or (lambda count: None),
            frames=_frames(video, source),
        )
    recorder.found.ends = video.ends
    return recorder.found, report


def _frames(video: VideoSegment, source: Source) -> Iterator[Frame]:
    for frame in video.frames():
        yield Frame(
            frame.image,
            frame.number,
            source.path,
            frame.time,
            frame.number,
            segment=frame.segment,
        )


def check_found(source: Source, segments: Iterable[FoundPeople]) -> None:
    """Check that segments are those of the whole video.

    Raises:
        SegmentError: They are not.
    """
    try:
        check_segments(source.location, [found.ends for found in segments])
    except InputError as error:
        raise SegmentError(str(error)) from None


def rows_of(source: Source, segments: Iterable[FoundPeople]) -> Iterator[tuple[float, People]]:
    """Yield times, in seconds from the first frame, and people of all frames of a video.

    Args:
        source: The video.
        segments: What was found in all its segments, in order.
    """
    clock = FrameClock(float(source.rate or DEFAULT_RATE))
    number = 0
    for found in segments:
        for stamp, people in zip(found.times, found.people, strict=True):
            yield clock.read(stamp, number), people
            number += 1
