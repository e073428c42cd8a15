"""Images and videos of a project, also when it was moved."""

from collections.abc import Sequence
from pathlib import Path

VIDEOS = {'.mp4', '.avi', '.mov', '.mkv', '.m4v', '.mpg', '.mpeg', '.webm', '.wmv'}


class FileFinder:
    """Finds a file that a project names by the path of another machine.

    A file is looked for at its path below the root with as many of its folders as lead to a
    file (so that the nearest match wins), then by its name alone in the whole project, if only
    one file there has it.

    Args:
        root: Folder of the project.
        replacements: Path on this machine by the name that the project uses.
    """

    def __init__(self, root: Path, replacements: dict[str, Path] | None = None) -> None:
        self.root = root
        self.replacements = replacements or {}
        self._by_name: dict[str, list[Path]] | None = None

    def find(self, parts: Sequence[str]) -> Path | None:
        """The file, or None.

        Args:
            parts: Folders and name, as the project has them.
        """
        replaced = self.replacements.get(parts[-1])
        if replaced is not None:
            return replaced
        for begin in range(len(parts)):
            candidate = self.root.joinpath(*parts[begin:])
            if '..' not in parts[begin:] and candidate.is_file():
                return candidate
        same_name = self._files().get(parts[-1], [])
        return same_name[0] if len(same_name) == 1 else None

    def _files(self) -> dict[str, list[Path]]:
        if self._by_name is None:
            self._by_name = {}
            for file in sorted(self.root.rglob('*')):
                if file.is_file() and not file.name.startswith('.'):
                    self._by_name.setdefault(file.name, []).append(file)
        return self._by_name
