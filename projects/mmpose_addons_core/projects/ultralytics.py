"""Data sets of Ultralytics' pose models: a YAML file, images, and a text file an image."""

from pathlib import Path
from typing import Any

import numpy as np

from ..datasets.image_files import UNREADABLE, loaded_size
from .labels import Frame, Instance, Project, ProjectError
from .settings import read_yaml

SUFFIXES = {'.jpg', '.jpeg', '.png', '.bmp', '.webp', '.tif', '.tiff'}
NO_LABEL = 'no keypoint is labelled'
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
    flip = config.get('flip_idx')
    if isinstance(flip, list) and sorted(flip) == [*range(shape[0])]:
        project.pairs = [(k, other) for k, other in enumerate(flip) if k < other]
    root = Path(config.get('path') or '.')
    root = file.parent if not root.is_absolute() or not root.is_dir() else root
    known: set[Path] = set()
    for split, target in (('train', 'train'), ('val', 'val'), ('test', 'val')):
        for folder in _folders(config.get(split)):
            images = _images(root, folder)
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


def _shape(file: Path, shape: Any) -> list[int]:
    if not isinstance(shape, list) or len(shape) != 2 or shape[0] < 1 or shape[1] not in (2, 3):
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


def _images(root: Path, folder: str) -> list[Path]:
    """Return the images of a folder or list, also if it is given relative to another place."""
    below = [part for part in Path(folder.replace('\\', '/')).parts if part not in ('..', '/')]
    for begin in range(len(below)):
        path = root.joinpath(*below[begin:])
        if path.is_dir():
            found = sorted(path.rglob('*'))
        elif path.is_file():
            lines = path.read_text(encoding='utf-8-sig').splitlines()
            found = [root / line.strip().replace('\\', '/') for line in lines if line.strip()]
        else:
            continue
        return [
            image for image in found if image.suffix.lower() in SUFFIXES and image.is_file()
        ]
    return []


def _add(project: Project, image: Path, shape: list[int], split: str) -> None:
    parts = [*image.parts]
    if 'images' not in parts:
        raise ProjectError(f'{image}: expected a folder named images in its path')
    place = len(parts) - 1 - parts[::-1].index('images')
    parts[place] = 'labels'
    file = Path(*parts).with_suffix('.txt')
    instances = _instances(project, file, image, shape) if file.exists() else []
    if not instances:
        project.leave_out(NO_LABEL, str(image))
        return
    project.frames.append(Frame(image.parent.name, None, image.name, instances, image, split))


def _instances(project: Project, file: Path, image: Path, shape: list[int]) -> list[Instance]:
    try:
        size = np.array(loaded_size(image), float)
    except UNREADABLE as error:
        raise ProjectError(f'{image}: cannot be read: {error}') from None
    instances = []
    for number, line in enumerate(file.read_text(encoding='utf-8-sig').splitlines(), start=1):
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
        centre, extent = values[1:3] * size, values[3:5] * size
        instance = Instance(
            keypoints=np.where(labelled[:, None], points[:, :2] * size, np.nan),
            hidden=labelled & (flags == 1),
            box=(*(centre - extent / 2), *extent) if extent.min() > 0 else None,
        )
        if instance.labelled.any():
            instances.append(instance)
    return instances
