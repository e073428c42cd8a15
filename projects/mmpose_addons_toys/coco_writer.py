"""Writes toy data sets as JPEG files and COCO annotation files.

A data set is written into a folder beside its own and renamed when it is complete,
so it is there as a whole or not at all.
"""

import json
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from .rendered_image import RenderedImage

RECORD_FILE = 'toy.json'
SPLITS = ('train', 'val')

Renderer = Callable[[int, int, int], RenderedImage]


class ToyDataError(ValueError):
    """A toy data set cannot be made as asked, or not at that place."""


def write_dataset(
    out: str | os.PathLike[str],
    name: str,
    renderer: Renderer,
    category: dict[str, Any],
    *,
    images: int,
    seed: int = 0,
    size: int = 256,
    val_fraction: float = 0.1,
    workers: int = 1,
    force: bool = False,
    version: int | str = 1,
) -> bool:
    """Renders a data set into a folder.

    The folder then holds `images/train/*.jpg`, `images/val/*.jpg`,
    `annotations/<name>_train.json`, `annotations/<name>_val.json` and a record of
    the arguments. File names in the annotations are relative to `images/train` and
    `images/val`. The last pictures make up the val part. Picture i depends only on
    the seed, i and the size, so the number of workers changes nothing.

    Args:
        out: The folder.
        name: What the data set shows, for instance 'people'.
        renderer: Called with seed, number of the picture and size in px. With
            several workers it must be a function that they can import.
        category: The only entry of the annotations' categories.
        images: How many pictures.
        seed: Of all pictures.
        size: Height and width of a picture in px.
        val_fraction: Share of the pictures in the val part, at least 0, below 1.
        workers: Processes that render.
        force: Replace another toy data set in that folder.
        version: Of the renderer; data of another version is other data.

    Returns:
        True if the data set was written, False if the very same one was there.

    Raises:
        ToyDataError: If an argument is out of range, or the folder holds anything
            else; with `force`, if it holds anything but a toy data set.
    """
    if images < 1 or seed < 0 or workers < 1 or size < 64:
        raise ToyDataError(
            'Expected images >= 1, seed >= 0, size >= 64 and workers >= 1, got '
            f'images={images}, seed={seed}, size={size}, workers={workers}.'
        )
    if not 0 <= val_fraction < 1:
        raise ToyDataError(f'Expected 0 <= val_fraction < 1, got {val_fraction}.')
    val = round(images * val_fraction)
    if val == images:
        raise ToyDataError(
            f'images={images} and val_fraction={val_fraction} leave no picture for train.'
        )
    record = {
        'name': name,
        'version': version,
        'images': {'train': images - val, 'val': val},
        'seed': seed,
        'size': size,
        'opencv': cv2.__version__,
    }
    folder = Path(out).absolute()
    if _already_written(folder, record, force):
        return False
    with _atomic_folder(folder) as draft:
        indices = {'train': range(images - val), 'val': range(images - val, images)}
        for split in SPLITS:
            (draft / 'images' / split).mkdir(parents=True)
        (draft / 'annotations').mkdir()
        save = partial(_render_and_save, renderer, seed, size, images - val, draft)
        annotations = dict(enumerate(_map_with_progress(save, images, workers)))
        for split in SPLITS:
            dataset = _coco_dataset(name, seed, size, category, indices[split], annotations)
            path = draft / 'annotations' / f'{name}_{split}.json'
            path.write_text(json.dumps(dataset))
        (draft / RECORD_FILE).write_text(json.dumps(record, indent=1))
    return True


def _already_written(folder: Path, record: dict[str, Any], force: bool) -> bool:
    """Whether the folder holds the data set; an error if it holds anything else."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    try:
        found = json.loads((folder / RECORD_FILE).read_text())
    except (OSError, ValueError):
        raise ToyDataError(
            f'{folder} exists and is not a toy data set (no readable {RECORD_FILE}). '
            'Choose another folder.'
        ) from None
    if found == record:
        return True
    if not force:
        raise ToyDataError(
            f'{folder} holds another toy data set: {found}. Asked for: {record}. '
            'Choose another folder, or replace it by --force (force=True).'
        )
    return False


@contextmanager
def _atomic_folder(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` that takes its place in the end, or vanishes."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = tempfile.mkdtemp(prefix=f'.{folder.name}.', dir=folder.parent)
    except OSError as error:
        raise ToyDataError(f'Cannot write beside {folder}: {error}') from error
    scratch = Path(draft)
    try:
        (scratch / 'new').mkdir()
        yield scratch / 'new'
        if folder.exists():
            os.replace(folder, scratch / 'old')
        os.replace(scratch / 'new', folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _file_name(index: int) -> str:
    return f'{index:06d}.jpg'


def _render_and_save(
    renderer: Renderer, seed: int, size: int, first_val: int, folder: Path, index: int
) -> list[dict[str, Any]]:
    """Renders and saves one picture and returns its annotations."""
    rendered = renderer(seed, index, size)
    split = SPLITS[index >= first_val]
    (folder / 'images' / split / _file_name(index)).write_bytes(rendered.jpeg())
    return rendered.annotations


def _map_with_progress(
    function: Callable[[int], Any], count: int, workers: int
) -> Iterator[Any]:
    """Yields function(0) ... function(count - 1), with a progress bar."""
    from rich.progress import track

    if workers == 1:
        yield from track(map(function, range(count)), 'Drawing', total=count)
        return
    context = multiprocessing.get_context('spawn')
    # Unlike multiprocessing.Pool, an executor fails if its workers cannot start.
    with ProcessPoolExecutor(workers, context, cv2.setNumThreads, (1,)) as pool:
        results = pool.map(function, range(count), chunksize=16)
        yield from track(results, 'Drawing', total=count)


def _coco_dataset(
    name: str,
    seed: int,
    size: int,
    category: dict[str, Any],
    indices: range,
    annotations_by_index: dict[int, list[dict[str, Any]]],
) -> dict[str, Any]:
    """One COCO annotation file; ids count from 1."""
    annotations = [
        {'image_id': index + 1, 'category_id': category['id'], 'iscrowd': 0} | annotation
        for index in indices
        for annotation in annotations_by_index[index]
    ]
    return {
        'info': {'description': f'Toy {name}, drawn by mmpose_addons', 'seed': seed},
        'licenses': [],
        'images': [
            {
                'id': index + 1,
                'file_name': _file_name(index),
                'width': size,
                'height': size,
            }
            for index in indices
        ],
        'annotations': [
            {'id': number} | annotation
            for number, annotation in enumerate(annotations, start=1)
        ],
        'categories': [category],
    }
