"""Data sets of Ultralytics' pose models: a YAML file, images, and a text file an image."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..datasets.coco_values import is_id
from ..datasets.image_files import UNREADABLE, loaded_size
from ..media.kinds import IMAGE_SUFFIXES
from .labels import MISSING_IMAGE, NO_LABEL, Frame, Instance, Project, ProjectError
from .settings import read_text, read_yaml

UNREADABLE_IMAGE = 'the image cannot be read'
NO_IMAGES = 'the folder or list has no images'
TWICE = 'the image is in an earlier part too'
BOX_ONLY = 'a box without keypoints'


def read_ultralytics(file: Path) -> Project:
    """Read a data set by its YAML file.

    Names of keypoints are those of ``kpt_names`` if the file has them, otherwise ``0``, ``1``,
    ...; left and right come from ``flip_idx``. Coordinates of the text files are shares of the
    image's width and height.

    Raises:
        ProjectError: A file or value is broken.
    """
    config = read_yaml(file)
    shape = _shape(file, config.get('kpt_shape'))
    names = _names(file, config, shape[0])
    project = Project('ultralytics', names, [], [])
    project.pairs = _pairs(file, config.get('flip_idx'), shape[0])
    root = file.parent / str(config.get('path') or '.')
    root = root if root.is_dir() else file.parent
    known: set[Path] = set()
    for split, target in (('train', 'train'), ('val', 'val'), ('test', 'val')):
        for folder in _folders(config.get(split)):
            images, missing = _images(root, folder)
            for gone in missing:
                project.leave_out(MISSING_IMAGE, f'{split}: {gone}')
            if not images:
                project.leave_out(NO_IMAGES, f'{split}: {folder}')
            for image in images:
                if image in known:
                    project.leave_out(TWICE, f'{split}: {image.relative_to(root)}')
                else:
                    known.add(image)
                    _add(project, image, shape, target)
    if not project.frames:
        raise ProjectError(f'{file}: no labelled image{project.reasons()}')
    return project


def _pairs(file: Path, flip: Any, count: int) -> list[tuple[int, int]] | None:
    """Return the pairs of ``flip_idx``; None without it."""
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
            f'it, got {flip!r}'
        )
    return [(k, other) for k, other in enumerate(flip) if k < other]


def _shape(file: Path, shape: Any) -> list[int]:
    usable = isinstance(shape, list) and len(shape) == 2 and all(map(is_id, shape))
    if not usable or shape[0] < 1 or shape[1] not in (2, 3):
        raise ProjectError(f'{file}: kpt_shape: expected [keypoints, 2 or 3], got {shape!r}')
    return shape


def _names(file: Path, config: dict[str, Any], count: int) -> list[str]:
    names = config.get('kpt_names')
    if isinstance(names, dict):  # by class
        names = next(iter(names.values()), None)
    if names is None:
        return [str(k) for k in range(count)]
    if not isinstance(names, list) or len(names) != count:
        raise ProjectError(f'{file}: kpt_names: expected {count} names, got {names!r}')
    return [str(name) for name in names]


def _folders(entry: Any) -> list[str]:
    return [str(e) for e in entry] if isinstance(entry, list) else [str(entry)] * bool(entry)


def _images(root: Path, folder: str) -> tuple[list[Path], list[str]]:
    """Return the images of a folder or list, also if it is given relative to another place.

    Also returns what is missing: images of a list, and those of text files in a folder.
    """
    below = [part for part in Path(folder.replace('\\', '/')).parts if part not in ('..', '/')]
    for begin in range(len(below)):
        path = root.joinpath(*below[begin:])
        if path.is_dir():
            found = [file for file in sorted(path.rglob('*')) if _is_image(file)]
            labels = _labels_of(path / 'any')
            texts = [] if labels is None else sorted(labels.parent.rglob('*.txt'))
            there = {_labels_of(image) for image in found}
            return found, [
                str(text) for text in texts if text not in there and text.name != 'classes.txt'
            ]
        if path.is_file():
            lines = read_text(path).splitlines()
            listed = [root / line.strip().replace('\\', '/') for line in lines if line.strip()]
            gone = [str(image) for image in listed if not _is_image(image)]
            return [image for image in listed if _is_image(image)], gone
    return [], []


def _is_image(file: Path) -> bool:
    return file.suffix.lower() in IMAGE_SUFFIXES and file.is_file()


def _labels_of(image: Path) -> Path | None:
    """Return where the text file of an image is; None if no folder is named images."""
    parts = [*image.parts]
    if 'images' not in parts:
        return None
    parts[len(parts) - 1 - parts[::-1].index('images')] = 'labels'
    return Path(*parts).with_suffix('.txt')


def _add(project: Project, image: Path, shape: list[int], split: str) -> None:
    file = _labels_of(image)
    if file is None:
        raise ProjectError(f'{image}: expected a folder named images in its path')
    try:
        size = loaded_size(image)
    except UNREADABLE as error:
        project.leave_out(UNREADABLE_IMAGE, f'{image}: {error}')
        return
    instances = _instances(project, file, size, shape) if file.exists() else []
    if not instances:
        project.leave_out(NO_LABEL, str(image))
        return
    project.frames.append(Frame(image.parent.name, None, image.name, instances, image, split))


def _instances(
    project: Project, file: Path, size: Sequence[int], shape: list[int]
) -> list[Instance]:
    instances = []
    for number, line in enumerate(read_text(file).splitlines(), start=1):
        if not line.strip():
            continue
        if len(line.split()) == 5:
            project.leave_out(BOX_ONLY, f'{file.name}: line {number}')
            continue
        try:
            values = np.array(line.split(), float)
            points = values[5:].reshape(shape)
        except ValueError:
            raise ProjectError(
                f'{file}: line {number}: expected 5 + {shape[0]} x {shape[1]} numbers, '
                f'got {len(line.split())} values'
            ) from None
        flags = points[:, 2] if shape[1] == 3 else 2.0 * points.any(axis=1)
        labelled = np.asarray(flags > 0)
        centre, extent = values[1:3] * np.array(size), values[3:5] * np.array(size)
        instance = Instance(
            keypoints=np.where(labelled[:, None], points[:, :2] * np.array(size), np.nan),
            hidden=labelled & (flags == 1),
            box=(*(centre - extent / 2), *extent) if extent.min() > 0 else None,
        )
        instances.append(instance)
    return project.labelled(instances, file.name)
