"""The people of a segment of a video as they were found, before tracks and smoothing."""

import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np

from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.media.video_segment import SegmentEnds, SegmentError

from .frames import Frame
from .metadata import KeypointMetadata
from .people import People
from .topdown import GivenBoxes, PeopleFinder

ARRAYS = [part.name for part in fields(People) if part.name != 'track_ids']


@dataclass
class FoundPeople:
    """The people of a segment.

    Attributes:
        times: Time stamp of each frame, seconds.
        people: Of each frame.
        ends: Of the segment.
    """

    times: list[float] = field(default_factory=list)
    people: list[People] = field(default_factory=list)
    ends: SegmentEnds = field(default_factory=SegmentEnds)

    def write(self, file: str | os.PathLike) -> None:
        """Write an NPZ file with all numbers as they are.

        Raises:
            OSError: It cannot be written.
            SegmentError: Arrays of different frames have different types.
        """
        with_people = [people for people in self.people if len(people)]
        arrays: dict[str, Any] = {}
        for name in ARRAYS:
            parts = [getattr(people, name) for people in with_people or self.people[:1]]
            if len({part.dtype for part in parts}) > 1:
                raise SegmentError(f'{name} of frames have different types')
            arrays[name] = np.concatenate(parts) if parts else np.zeros(0)
        with atomic_write(file) as unfinished, open(unfinished, 'wb') as stream:
            np.savez(
                stream,
                ends=np.array(json.dumps(asdict(self.ends))),
                times=np.array(self.times, float),
                counts=np.array([len(people) for people in self.people], int),
                **arrays,
            )

    @classmethod
    def read(cls, file: str | os.PathLike) -> 'FoundPeople | None':
        """Read a file; None if it is missing or broken."""
        try:
            with np.load(file, allow_pickle=False) as content:
                arrays = {name: content[name] for name in ARRAYS}
                stops = np.cumsum(content['counts']).tolist()
                starts = [0, *stops[:-1]]
                people = [
                    People(**{name: part[start:stop] for name, part in arrays.items()})
                    for start, stop in zip(starts, stops, strict=False)
                ]
                ends = SegmentEnds(**json.loads(str(content['ends'])))
                return cls(content['times'].tolist(), people, ends)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return None


class Recorder:
    """Find people, and keep what was found.

    Args:
        finder: Finds the people.
    """

    def __init__(self, finder: PeopleFinder) -> None:
        self._finder, self.metadata = finder, finder.metadata
        self.found = FoundPeople()

    def find(
        self, frames: Iterator[Frame], boxes: GivenBoxes | None = None
    ) -> Iterator[tuple[Frame, People]]:
        for frame, people in self._finder.find(frames, boxes):
            self.found.times.append(frame.time or 0.0)
            self.found.people.append(people)
            yield frame, people


@dataclass
class StoredPeople:
    """Give people that were found earlier, in the order of the frames.

    Attributes:
        rows: Time in seconds from the first frame, and people, of each frame.
        metadata: Of the network.
        used: Number of rows that were given.
    """

    rows: Iterator[tuple[float, People]]
    metadata: KeypointMetadata
    used: int = 0

    def find(
        self, frames: Iterator[Frame], boxes: GivenBoxes | None = None
    ) -> Iterator[tuple[Frame, People]]:
        """Yield the frames with their people.

        Raises:
            SegmentError: The frames are not those in which people were found.
        """
        for frame in frames:
            time, people = next(self.rows, (None, None))
            if people is None or frame.time != time or frame.number != self.used:
                raise SegmentError(f'frame {frame.number} is another one in the whole video')
            self.used += 1
            yield frame, people


def frames_without_images(times: Iterable[float]) -> Iterator[Frame]:
    """Yield a video's frames for outputs that need no images, by their times in seconds."""
    nothing = np.zeros((0, 0, 3), np.uint8)
    for number, time in enumerate(times):
        yield Frame(nothing, number, time=time, number=number)
