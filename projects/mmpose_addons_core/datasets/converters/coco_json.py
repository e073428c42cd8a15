"""Shared by the converters: COCO records, published split files, output files.

Shape letters: K keypoints. Coordinates are (x, y) in image px.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ...fileio import atomic_write
from ...keypoints.names import coco_category
from ..image_files import UNREADABLE, loaded_size


class ConversionError(ValueError):
    """A data set differs from what its authors published; names file, record and value."""


@dataclass(frozen=True)
class Animal:
    """One animal in one image.

    Attributes:
        file_name: Relative to the folder of all images.
        size: Width and height of the image.
        box: x, y, width, height.
        keypoints: (K, 2).
        visibility: (K), 0 not labelled, 1 hidden, 2 visible.
        more: Further fields of the image and of the annotation.
    """

    file_name: str
    size: tuple[int, int]
    box: tuple[float, float, float, float]
    keypoints: np.ndarray
    visibility: np.ndarray
    more: dict = field(default_factory=dict)


def write_splits(
    out: Path,
    name: str,
    splits: Mapping[str, Sequence[Animal]],
    keypoints: Sequence[str],
    skeleton: Sequence[tuple[str, str]],
) -> dict[str, Path]:
    """Write ``<name>_<split>.json`` for each split, all of them or none.

    Returns:
        The file of each split.

    Raises:
        ConversionError: A split is empty.
    """
    category = coco_category(name, 'animal', keypoints, skeleton)
    files = {split: out / f'{name}_{split}.json' for split in splits}
    for split, animals in splits.items():
        if not animals:
            raise ConversionError(f'{files[split]}: no image of {name} is left for {split}')
    with ExitStack() as unfinished:
        for split, animals in splits.items():
            path = unfinished.enter_context(atomic_write(files[split]))
            path.write_text(json.dumps(_coco(animals, category)), encoding='utf-8')
    return files


def _coco(animals: Sequence[Animal], category: dict) -> dict:
    images, annotations = [], []
    for index, animal in enumerate(animals, start=1):
        width, height = animal.size
        images.append(
            dict(
                id=index,
                file_name=animal.file_name,
                width=width,
                height=height,
                **animal.more,
            )
        )
        labelled = animal.visibility > 0
        # COCO writes a joint that is not labelled as 0, 0, 0
        points = np.where(labelled[:, None], animal.keypoints, 0).round(2)
        values = [
            value
            for (x, y), flag in zip(points.tolist(), animal.visibility.tolist(), strict=True)
            for value in (x, y, int(flag))
        ]
        box = [round(float(value), 2) for value in animal.box]
        annotations.append(
            dict(
                id=index,
                image_id=index,
                category_id=1,
                bbox=box,
                area=round(box[2] * box[3], 2),
                iscrowd=0,
                num_keypoints=int(labelled.sum()),
                keypoints=values,
                **animal.more,
            )
        )
    return dict(images=images, annotations=annotations, categories=[category])


def image_size(file: Path) -> tuple[int, int]:
    """Return width and height of an image as MMPose loads it.

    Raises:
        ConversionError: It is missing or cannot be read.
    """
    try:
        return loaded_size(file)
    except OSError as error:
        raise ConversionError(f'{file}: {error.strerror or error}') from None
    except UNREADABLE as error:
        raise ConversionError(f'{file}: cannot identify the image: {error}') from None


def read_split(folder: Path, names: Mapping[str, str], count: int) -> dict[str, list[int]]:
    """Read the positions of each split from the published ``.npy`` files.

    Args:
        names: File name of each split.
        count: Length of the list that they point into.

    Raises:
        ConversionError: A file is missing or not a list of whole numbers; a position lies
            outside the list, or is used twice.
    """
    splits: dict[str, list[int]] = {}
    owner: dict[int, Path] = {}
    for split, name in names.items():
        path = folder / name
        splits[split] = _positions(path)
        for index, position in enumerate(splits[split]):
            if not 0 <= position < count:
                raise ConversionError(
                    f'{path}: entry {index} must be from 0 to {count - 1}, got {position}'
                )
            if position in owner:
                raise ConversionError(
                    f'{path}: entry {index} must not be in {owner[position].name}, too; '
                    f'got {position}'
                )
            owner[position] = path
    return splits


def _positions(path: Path) -> list[int]:
    values = load_array(path)
    if values.ndim != 1 or not np.issubdtype(values.dtype, np.integer):
        raise ConversionError(
            f'{path}: expected a list of whole numbers, got {values.dtype} of shape '
            f'{values.shape}'
        )
    return values.tolist()


def load_array(path: Path) -> np.ndarray:
    """Read a ``.npy`` file; pickles are refused.

    Raises:
        ConversionError: It cannot be read.
    """
    try:
        with path.open('rb') as file:
            return np.lib.format.read_array(file, allow_pickle=False)
    except OSError as error:
        raise ConversionError(f'{path}: {error.strerror or error}') from None
    except (ValueError, EOFError) as error:
        raise ConversionError(f'{path}: not a readable .npy file: {error}') from None
