"""Data sets of Ultralytics' pose models: a YAML file, images, and a text file an image."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..datasets.coco_values import is_id
from ..datasets.image_files import UNREADABLE, loaded_size
from ..media.kinds import IMAGE_SUFFIXES
from ..message_texts import short
from .find_files import FileFinder, composed, files_below
from .labels import (
    BAD_BOX,
    MISSING_IMAGE,
    NO_LABEL,
    Frame,
    Instance,
    Project,
    ProjectError,
    check_names,
)
from .settings import read_text, read_yaml

UNREADABLE_IMAGE = 'the image cannot be read'
NO_IMAGES = 'the folder or list has no images'
TWICE = 'the image is in an earlier part too'
BOX_ONLY = 'a box without keypoints'
NO_NAMES = 'an animal of a class that kpt_names does not have'

Names = dict[int | None, list[str]]
"""Names of keypoints by class; those of None are of all classes."""


def read_ultralytics(file: Path) -> Project:
    """Read a data set by its YAML file.

    Names of keypoints are those of ``kpt_names`` if the file has them, otherwise ``0``, ``1``,
    ...; classes with other names have keypoints of their own. Left and right come from
    ``flip_idx``. Coordinates of the text files are shares of the image's width and height.

    Raises:
        ProjectError: A file or value is broken.
    """
    config = read_yaml(file)
    shape = _shape(file, config.get('kpt_shape'))
    names = _names(file, config, shape[0])
    keypoints = [*dict.fromkeys(name for some in names.values() for name in some)]
    project = Project('ultralytics', keypoints, [], [])
    flip = _flip(file, config.get('flip_idx'), shape[0])
    if flip is not None:
        project.pairs = _pairs(file, flip, names, keypoints)
    root = file.parent / str(config.get('path') or '.')
    root = root if root.is_dir() else file.parent
    finder = FileFinder(root)
    known: set[Path] = set()
    for split, target in (('train', 'train'), ('val', 'val'), ('test', 'val')):
        for folder in _folders(config.get(split)):
            images, missing = _images(finder, folder)
            for gone in missing:
                project.leave_out(MISSING_IMAGE, f'{split}: {gone}')
            if not images:
                project.leave_out(NO_IMAGES, f'{split}: {folder}')
            for image in images:
                if image in known:
                    project.leave_out(TWICE, f'{split}: {image.relative_to(root)}')
                else:
                    known.add(image)
                    _add(project, image, finder, shape, names, target)
    if not project.frames:
        raise ProjectError(f'{file}: no labelled image{project.reasons()}')
    return project


def _flip(file: Path, flip: Any, count: int) -> list[int] | None:
    """Return ``flip_idx``; None without it."""
    if flip in (None, []):
        return None
    if not (
        isinstance(flip, list)
        and len(flip) == count
        and all(is_id(k) and k < count for k in flip)
        and all(flip[other] == k for k, other in enumerate(flip))
    ):
        raise ProjectError(
            f'{file}: flip_idx: expected the {count} keypoints, each with the one that mirrors '
            f'it, got {short(flip)}'
        )
    return flip


def _pairs(
    file: Path, flip: Sequence[int], names: Names, keypoints: Sequence[str]
) -> list[tuple[int, int]]:
    """Return the pairs of all classes."""
    pairs = {
        (keypoints.index(some[k]), keypoints.index(some[other]))
        for some in names.values()
        for k, other in enumerate(flip)
        if k < other
    }
    if len({k for pair in pairs for k in pair}) < 2 * len(pairs):
        raise ProjectError(f'{file}: flip_idx: a keypoint has two partners by kpt_names')
    return sorted(pairs)


def _shape(file: Path, shape: Any) -> list[int]:
    usable = isinstance(shape, list) and len(shape) == 2 and all(map(is_id, shape))
    if not usable or shape[0] < 1 or shape[1] not in (2, 3):
        raise ProjectError(
            f'{file}: kpt_shape: expected [keypoints, 2 or 3], got {short(shape)}'
        )
    return shape


def _names(file: Path, config: dict[str, Any], count: int) -> Names:
    given = config.get('kpt_names') or [str(k) for k in range(count)]
    by_class: dict[Any, Any] = given if isinstance(given, dict) else {None: given}
    classes = config.get('names')
    numbers = dict(enumerate(classes) if isinstance(classes, list) else classes or {})
    numbers = {str(name): number for number, name in numbers.items()}
    found: Names = {}
    for key, names in by_class.items():
        if not isinstance(names, list) or len(names) != count:
            raise ProjectError(f'{file}: kpt_names: expected {count} names, got {short(names)}')
        check_names(file, [*map(str, names)])
        found[numbers.get(str(key), key)] = [*map(str, names)]
    first, *others = found.values()
    return {None: first} if all(other == first for other in others) else found


def _folders(entry: Any) -> list[str]:
    return [str(e) for e in entry] if isinstance(entry, list) else [str(entry)] * bool(entry)


def _images(finder: FileFinder, folder: str) -> tuple[list[Path], list[str]]:
    """Return the images of a folder or list, also if it is given relative to another place.

    Also returns what is missing: images of a list, and those of text files in a folder.
    """
    below = [part for part in Path(folder.replace('\\', '/')).parts if part not in ('..', '/')]
    for begin in range(len(below)):
        path = finder.root.joinpath(*below[begin:])
        if os.path.isdir(path):
            found = [file for file in files_below(path) if _is_image(file)]
            labels = _labels_of(path / 'any')
            texts = (
                []
                if labels is None or not labels.parent.is_dir()
                else files_below(labels.parent)
            )
            there = {composed(str(_labels_of(image))) for image in found}
            return found, [
                str(text)
                for text in texts
                if text.suffix == '.txt'
                and composed(str(text)) not in there
                and text.name != 'classes.txt'
            ]
        if os.path.isfile(path):
            lines = read_text(path).splitlines()
            named = [line.strip().replace('\\', '/') for line in lines if line.strip()]
            listed = [_there(finder.root / name, finder) for name in named]
            gone = [str(image) for image in listed if not _is_image(image)]
            return [image for image in listed if _is_image(image)], gone
    return [], []


def _is_image(file: Path) -> bool:
    return file.suffix.lower() in IMAGE_SUFFIXES and os.path.isfile(file)


def _there(path: Path, finder: FileFinder) -> Path:
    """Return the path of a file as it is on the disk, where letters may be decomposed."""
    if os.path.isfile(path) or str(path).isascii() or not path.is_relative_to(finder.root):
        return path
    parts = path.relative_to(finder.root).parts
    return finder.find(parts, least=len(parts)) or path


def _labels_of(image: Path) -> Path | None:
    """Return where the text file of an image is; None if no folder is named images."""
    parts = [*image.parts]
    if 'images' not in parts:
        return None
    parts[len(parts) - 1 - parts[::-1].index('images')] = 'labels'
    return Path(*parts).with_suffix('.txt')


def _add(
    project: Project,
    image: Path,
    finder: FileFinder,
    shape: list[int],
    names: Names,
    split: str,
) -> None:
    file = _labels_of(image)
    if file is None:
        raise ProjectError(f'{image}: expected a folder named images in its path')
    try:
        size = loaded_size(image)
    except UNREADABLE as error:
        project.leave_out(UNREADABLE_IMAGE, f'{image}: {error}')
        return
    file = _there(file, finder)
    instances = _instances(project, file, size, shape, names) if file.exists() else []
    if not instances:
        project.leave_out(NO_LABEL, str(image))
        return
    frame = Frame(image.parent.name, None, image.name, instances, image, split)
    project.add(frame, str(image))


def _instances(
    project: Project, file: Path, size: Sequence[int], shape: list[int], by_class: Names
) -> list[Instance]:
    instances = []
    for number, line in enumerate(read_text(file).splitlines(), start=1):
        if not line.strip():
            continue
        where = f'{file.name}: line {number}'
        if len(line.split()) == 5:
            project.leave_out(BOX_ONLY, where)
            continue
        try:
            values = np.array(line.split(), float)
            points = values[5:].reshape(shape)
        except ValueError:
            raise ProjectError(
                f'{file}: line {number}: expected 5 + {shape[0]} x {shape[1]} numbers, '
                f'got {len(line.split())} values'
            ) from None
        names = by_class.get(None) or by_class.get(values[0])
        if names is None:
            project.leave_out(NO_NAMES, f'{where}: class {values[0]:g}')
            continue
        if shape[1] == 2:
            points = np.column_stack([points, 2.0 * points.any(axis=1)])
        labelled = project.usable_labels(points, names, where)
        centre, extent = values[1:3] * size, values[3:5] * size
        usable = np.isfinite(values[1:5]).all() and extent.min() > 0
        if not usable:
            project.leave_out(BAD_BOX, f'{where}: {values[1:5].tolist()}')
        places = [project.keypoints.index(name) for name in names]
        keypoints = np.full((len(project.keypoints), 2), np.nan)
        hidden = np.zeros(len(keypoints), bool)
        keypoints[places] = np.where(labelled[:, None], points[:, :2] * size, np.nan)
        hidden[places] = labelled & (points[:, 2] == 1)
        instance = Instance(
            keypoints,
            hidden,
            box=(*(centre - extent / 2), *extent) if usable else None,
        )
        instances.append(instance)
    return project.labelled(instances, file.name)
