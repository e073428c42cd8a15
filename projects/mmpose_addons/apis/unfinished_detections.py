"""Detections of a run that was stopped, for the next run with the same inputs."""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmpose_addons_core.folder_lock import lock_folder
from mmpose_addons_core.message_texts import shown


class UnfinishedDetections:
    """Boxes of the images that are done, one line each, in ``.<name>.part`` beside the target.

    Attributes:
        done: Boxes by image id.
    """

    def __init__(self, file: Path, identity: Mapping[str, Any], say: Callable[[str], None]):
        self._file = file
        heading = json.dumps(dict(identity), sort_keys=True)
        before = file.read_text().splitlines(keepends=True) if file.is_file() else []
        whole = [line for line in before if line.endswith('\n')]  # a kill may cut the last one
        self.done: dict[Any, list[dict[str, Any]]] = {}
        if whole and whole[0] == heading + '\n':
            self.done = dict(map(json.loads, whole[1:]))
        else:
            if len(whole) > 1:
                say(f'starting anew, because {_differences(whole[0], identity)} changed')
            whole = [heading + '\n']
        if whole != before:
            file.write_text(''.join(whole))
        self._stream = file.open('a')

    def add(self, image: Any, boxes: list[dict[str, Any]]) -> None:
        """Add an image; :meth:`flush` makes it last."""
        self._stream.write(json.dumps([image, boxes]) + '\n')
        self.done[image] = boxes

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        with contextlib.suppress(OSError):  # what a full disk does not take is done again
            self._stream.close()

    def remove(self) -> None:
        self.close()
        self._file.unlink()


def _differences(heading: str, identity: Mapping[str, Any]) -> str:
    """Return the settings that differ from the earlier run, by name."""
    try:
        before = dict(json.loads(heading))
    except (ValueError, TypeError):
        before = {}
    now = json.loads(json.dumps(dict(identity)))
    names = sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
    return ' and '.join(names)


@contextmanager
def unfinished_detections(
    out: Path, identity: Mapping[str, Any], say: Callable[[str], None]
) -> Iterator[UnfinishedDetections]:
    """Keep the earlier run's detections if the inputs are the same, and write new ones beside.

    Args:
        out: The file to be written in the end.
        identity: What must be the same: settings, and digests of all files that matter.
        say: Gets a line where another run's detections are dropped.

    Raises:
        FolderInUseError: Another process writes the same file.
        OSError: The folder cannot be written.
    """
    folder = out.with_name(f'.{out.name}.part')
    if folder.is_file():  # of an earlier version, without digests
        say(f'starting anew, because {shown(folder)} does not say of which files it is')
        folder.unlink()
    with lock_folder(folder):
        unfinished = UnfinishedDetections(folder / 'boxes.jsonl', identity, say)
        try:
            yield unfinished
        finally:
            unfinished.close()
    if not any(folder.iterdir()):
        folder.rmdir()
