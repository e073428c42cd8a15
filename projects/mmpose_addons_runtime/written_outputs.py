"""Outputs replace those of an earlier run into the same folder, and no other file.

``OUT/.infer_outputs.json`` lists what runs were to write, by names within the folder.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from mmpose_addons_core.fileio import OverwriteError, refuse_outputs, write_json
from mmpose_addons_core.message_texts import shown

from .output_plan import OutputPlan, frame_stem
from .sources import Source

RECORD = '.infer_outputs.json'


class WrittenOutputs:
    """The outputs of a run, and those of the runs before.

    Args:
        out: Folder of the outputs.
        plan, sources: Of the run.
        tables: Files in the formats of other tools.
    """

    def __init__(
        self,
        out: Path,
        plan: OutputPlan,
        sources: Sequence[Source],
        tables: Iterable[Path] = (),
    ) -> None:
        self._record = out / RECORD
        self._files = [*([plan.results] if plan.results else []), *plan.videos, *tables]
        self._stems: set[Path] = set()  # of frames, whose numbers are not known
        for number, stem in enumerate(plan.images):
            if sources[number].has_frames:
                self._stems.add(stem)
            else:
                self._files.append(plan.image_file(number, None))

    def refuse_others(self, force: bool) -> None:
        """Refuse to replace a file that no earlier run was to write.

        Raises:
            OverwriteError: There is one, and not `force`; or an output is a folder.
            NotADirectoryError: A folder of outputs is a file.
        """
        earlier = self._recorded()
        for file, entry in chain(self._outputs(), self._frames()):
            refuse_outputs([file], force=force or entry in earlier)

    def record(self) -> None:
        """Add the outputs to the record, before they are written.

        Raises:
            OSError: It cannot be written.
        """
        if entries := {entry for _, entry in self._outputs()}:
            write_json(self._record, sorted(entries | self._recorded()), indent=0)

    def _outputs(self) -> Iterator[tuple[Path, str]]:
        """Yield files, of frames the first one, and their entries in the record."""
        for file in self._files:
            yield file, self._entry(file)
        for stem in self._stems:
            yield stem.with_name(f'{stem.name}_000000.jpg'), self._entry_of_frames(stem)

    def _frames(self) -> Iterator[tuple[Path, str]]:
        """Yield the files that exist and have names of frames."""
        for folder in {stem.parent for stem in self._stems}:
            for file in sorted(folder.glob('*.jpg')):
                stem = frame_stem(file)
                if stem in self._stems:
                    yield file, self._entry_of_frames(stem)

    def _entry(self, file: Path) -> str:
        return file.relative_to(self._record.parent).as_posix()

    def _entry_of_frames(self, stem: Path) -> str:
        return f'{self._entry(stem)}_*.jpg'

    def _recorded(self) -> set[str]:
        try:
            return {str(entry) for entry in json.loads(self._record.read_bytes())}
        except FileNotFoundError:
            return set()
        except (ValueError, TypeError):
            raise OverwriteError(
                f'{shown(self._record)} is not a list of outputs of infer and would be '
                'overwritten; move it away'
            ) from None
