"""Names of all outputs of a run, fixed before it starts.

No output has the name of an input or of another output. Names are compared as file systems
without upper and lower case do.
"""

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mmpose_addons_core.media.stream_names import is_stream, stream_name
from mmpose_addons_core.message_texts import shown

from .sources import Source

LONGEST = 200  # bytes of a name; file systems take 255, with suffix and frame number
ADDED = '_poses'
"""Suffix of an output's name that is also an input's."""
_LIKE_A_FRAME = re.compile(r'(.+)_\d{6,}')
"""Names of images that are those of frames: video name, number."""


@dataclass
class OutputPlan:
    """Files of all outputs.

    Attributes:
        results: Of ``results.json``, if it is written.
        images: Of each source, without frame number and suffix; empty without images.
        videos: Of each input; empty without videos.
        notes: Where names differ from the usual ones, and why.
    """

    results: Path | None = None
    images: list[Path] = field(default_factory=list)
    videos: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def image_file(self, source: int, number: int | None) -> Path:
        """Return the file of a source's image, or of one of its frames."""
        stem = self.images[source]
        ending = '.jpg' if number is None else f'_{number:06}.jpg'
        return stem.with_name(stem.name + ending)


def plan_outputs(
    inputs: Sequence[str | Path],
    sources: Sequence[Source],
    out: Path,
    read: Iterable[str | Path] = (),
    *,
    results: bool = True,
    images: bool = True,
    videos: bool = False,
) -> OutputPlan:
    """Choose the names of all outputs.

    Images take the names of their sources. If two would be the same, all keep their folders;
    within a folder, later ones are numbered.

    Args:
        inputs: Inputs of the run.
        sources: Their files.
        out: Folder of the outputs.
        read: Other files that the run reads.
        results, images, videos: What is to be written.
    """
    taken = _Taken([*(source.path for source in sources if source.path), *map(Path, read)])
    plan = OutputPlan()
    if results:
        plan.results = taken.free(out / 'results.json')
    if videos:
        plan.videos = [taken.free(out / f'{_input_name(item)}.mp4') for item in inputs]
    plan.notes += taken.notes
    if images:
        folder = out / 'visualizations'
        while taken.contains(folder):
            folder = folder.with_name(folder.name + ADDED)
        if folder != out / 'visualizations':
            plan.notes.append(
                f'{shown(out / "visualizations")} contains inputs; images go to {shown(folder)}'
            )
        names, notes = _image_names(sources)
        plan.images = [folder / name for name in names]
        plan.notes += notes
    return plan


def frame_stem(image: Path) -> Path | None:
    """Return the path of an image without frame number and suffix; None without a number."""
    match = _LIKE_A_FRAME.fullmatch(image.stem)
    return match and image.with_name(match[1])


def _input_name(item: str | Path) -> str:
    if is_stream(item):
        return _short(stream_name(str(item)))
    return _short(Path(item).stem or Path(item).resolve().name or 'poses')


class _Taken:
    """Names that are not free: those of inputs and of outputs."""

    def __init__(self, inputs: Iterable[Path]) -> None:
        inputs = list(inputs)
        self._inputs = {_place(path) for path in inputs}
        self._files = {identity for path in inputs if (identity := _identity(path))}
        self._outputs: set[str] = set()
        self.notes: list[str] = []

    def free(self, wanted: Path) -> Path:
        """Return the wanted path, or one like it that is free, and mark it as taken."""
        path, number = wanted, 1
        an_input = self._is_input(wanted)
        while self._is_input(path) or (place := _place(path)) in self._outputs:
            ending = ADDED if an_input else ''
            ending += f'_{number}' if number > 1 else ''
            path = wanted.with_stem(wanted.stem + ending)
            number += 1
        if path != wanted:
            whose = 'an input' if an_input else 'another output'
            self.notes.append(f'{shown(wanted)} is {whose}; {shown(path)} is written instead')
        self._outputs.add(place)
        return path

    def _is_input(self, path: Path) -> bool:
        """Return whether a path is an input, also as another (hard) link of it."""
        return _place(path) in self._inputs or _identity(path) in self._files

    def contains(self, folder: Path) -> bool:
        """Return whether an input lies in a folder."""
        start = os.path.join(_place(folder), '')
        return any(path.startswith(start) for path in self._inputs)


def _identity(path: Path) -> tuple[int, int] | None:
    """Return device and number of an existing file."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _place(path: Path) -> str:
    """Return a key that all names of one file share."""
    return _compared(os.path.realpath(path))


def _compared(name: str | Path) -> str:
    return unicodedata.normalize('NFC', os.fspath(name)).casefold()


def _image_names(sources: Sequence[Source]) -> tuple[list[Path], list[str]]:
    """Return a relative path without suffix for each source, all different, and what to say."""
    flat = [Path(_short(source.name)) for source in sources]
    doubles = _doubles(sources, flat)
    if not doubles:
        return flat, []
    names = _with_folders(sources, flat)
    if _doubles(sources, names) == doubles:  # folders do not help
        names = list(flat)
    kept = names != flat
    later = sorted(_doubles(sources, names))
    used = {_compared(name) for name in names}
    for index in later:
        number = 2
        while _compared(new := _numbered(names[index], number)) in used:
            number += 1
        names[index] = new
        used.add(_compared(new))
    notes = []
    if kept:
        example = shown(names[min(doubles)])
        notes.append(f'inputs have equal names; outputs keep folders, such as {example}')
    for index in later[:3]:
        given, written = shown(sources[index].location), shown(names[index])
        notes.append(f'the name of {given} is taken; its output is {written}')
    if len(later) > 3:
        notes.append(f'{len(later) - 3} more outputs have numbers because their name is taken')
    return names, notes


def _numbered(name: Path, number: int) -> Path:
    return name.with_name(f'{name.name}_{number}')


def _doubles(sources: Sequence[Source], names: Sequence[Path]) -> set[int]:
    """Return the indices of names that an earlier source has, or that are like a frame's."""
    frames = {
        _compared(name)
        for name, source in zip(names, sources, strict=True)
        if source.has_frames
    }
    seen: set[tuple[bool, str]] = set()
    doubles = set()
    for index, (name, source) in enumerate(zip(names, sources, strict=True)):
        key = source.has_frames, _compared(name)
        like_a_frame = None if source.has_frames else _LIKE_A_FRAME.fullmatch(key[1])
        if key in seen or (like_a_frame and like_a_frame[1] in frames):
            doubles.add(index)
        seen.add(key)
    return doubles


def _with_folders(sources: Sequence[Source], flat: Sequence[Path]) -> list[Path]:
    """Return the names with the folders in which the files differ."""
    folders = [Path(os.path.abspath(source.location)).parent for source in sources]
    places = [
        str(folder) for folder, source in zip(folders, sources, strict=True) if source.path
    ]
    if not places:
        return list(flat)
    common = os.path.commonpath(places)
    return [
        folder.relative_to(common) / name if source.path else name
        for folder, name, source in zip(folders, flat, sources, strict=True)
    ]


def _short(name: str) -> str:
    """Shorten a name to as many bytes as a file's name may have."""
    return os.fsdecode(os.fsencode(name)[:LONGEST])
