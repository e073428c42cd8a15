"""Results of the parts of a run that are done, for the next start of the same command."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmpose_addons_core.file_digests import files_digest
from mmpose_addons_core.fileio import write_json

from .output_plan import OutputPlan
from .parts import PartResult
from .sources import Source

FOLDER = '.infer_parts'
"""Name of the store in the folder of the outputs."""
SUFFIXES = {'.json', '.npz', '.whole'}
"""Of results of parts, of segments of videos, and of reasons not to split them."""


class PartStore:
    """One JSON file a part in ``OUT/.infer_parts``.

    Its name is a digest of everything on which the result depends, so a part is done again if
    one of its files, the networks or an option have changed, and only then.

    Args:
        out: Folder of the outputs.
        settings: All options and digests of networks on which results depend.
        sources, plan: Of the run.
    """

    def __init__(
        self,
        out: Path,
        settings: Mapping[str, Any],
        sources: Sequence[Source],
        plan: OutputPlan,
    ) -> None:
        self.folder = out / FOLDER
        self._settings = json.dumps(dict(settings), sort_keys=True)
        self._sources, self._plan = sources, plan

    def file(self, part: range) -> Path:
        """Return the file of a part."""
        sources = self._sources[part.start : part.stop]
        names = [str(path) for path in self._plan.images[part.start : part.stop]]
        videos = self._plan.videos
        names += sorted({str(videos[source.input]) for source in sources} if videos else [])
        files = [(source.location, Path(source.location)) for source in sources]
        text = '\n'.join([self._settings, files_digest(files), *names])
        digest = hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()
        return self.folder / f'{digest[:32]}.json'

    def read(self, part: range) -> PartResult | None:
        """Return a part's result, None if it is not done or one of its outputs is missing."""
        try:
            content = json.loads(self.file(part).read_text())
            result = PartResult(**content)
            outputs = self._outputs(part, result)
        except (OSError, ValueError, TypeError, IndexError):  # another program has changed it
            return None
        return result if all(output.is_file() for output in outputs) else None

    def _outputs(self, part: range, result: PartResult) -> list[Path]:
        """Return the files that a part has written."""
        outputs = [Path(name) for name in result.written]
        if self._plan.images and not result.failed:
            for row in result.frames:
                source = part.start + row[0]
                number = row[1] if self._sources[source].has_frames else None
                outputs.append(self._plan.image_file(source, number))
        return outputs

    def write(self, part: range, result: PartResult) -> None:
        """Keep a part's result.

        Raises:
            OSError: The file cannot be written.
        """
        file = self.file(part)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(file, result.to_dict(), allow_nan=False)

    def remove_others(self, parts: Iterable[range]) -> int:
        """Remove the results that belong to none of these parts; how many parts there were."""
        known = {self.file(part).stem for part in parts}
        removed = set()
        for file in self.folder.glob('*'):
            name = file.stem.split('_')[0]
            if file.suffix in SUFFIXES and name not in known:
                file.unlink(missing_ok=True)
                removed.add(name)
        return len(removed)
