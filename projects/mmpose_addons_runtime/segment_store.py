"""What was found in the segments of long videos, beside the results of parts."""

from pathlib import Path

from mmpose_addons_core.fileio import write_text

from .found_people import FoundPeople
from .part_store import PartStore
from .segments import Segment


class SegmentStore:
    """One NPZ file a segment in the folder of a :class:`PartStore`, until its part is done.

    A video that turns out not to be exact by segments gets a text file with the reason, so that
    it is done as a whole by this start and the next one.

    Args:
        parts: Knows the names of parts.
    """

    def __init__(self, parts: PartStore) -> None:
        self._parts = parts

    def file(self, segment: Segment) -> Path:
        """Return the file of a segment."""
        name = self._parts.file(segment.part)
        return name.with_name(f'{name.stem}_{segment.number}.npz')

    def write(self, segment: Segment, found: FoundPeople) -> None:
        """Keep what was found.

        Raises:
            OSError: The file cannot be written.
            SegmentError: See :meth:`FoundPeople.write`.
        """
        found.write(self.file(segment))

    def read(self, segment: Segment) -> FoundPeople | None:
        """Return what was found; None if the segment is not done."""
        return FoundPeople.read(self.file(segment))

    def needed(self, segment: Segment) -> FoundPeople:
        """Return what was found.

        Raises:
            OSError: It is missing.
        """
        found = self.read(segment)
        if found is None:
            raise OSError(f'{self.file(segment)}, a part of a video, has been removed')
        return found

    def keep_whole(self, part: range, reason: str) -> None:
        """Note that a video must not be split.

        Raises:
            OSError: The file cannot be written.
        """
        write_text(self._reason_file(part), reason)

    def reason(self, part: range) -> str:
        """Return why a video must not be split; empty if it may be."""
        try:
            return self._reason_file(part).read_text('utf-8')
        except (OSError, ValueError):
            return ''

    def remove(self, part: range) -> None:
        """Remove the segments of a part that is done."""
        name = self._parts.file(part)
        for file in name.parent.glob(f'{name.stem}_*.npz'):
            file.unlink(missing_ok=True)

    def _reason_file(self, part: range) -> Path:
        return self._parts.file(part).with_suffix('.whole')
