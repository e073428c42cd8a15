"""Write toy data sets as JPEG files and COCO annotation files.

A data set is written to a temporary folder beside its own, which is renamed when the data set
is complete. The data set therefore exists completely or not at all.
"""

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from mmpose_addons_core.fileio import atomic_folder

from .rendered_image import RenderedImage

RECORD_FILE = 'toy.json'
"""Name of the file in a data set's folder that records its arguments."""

SPLITS = ('train', 'val')

Renderer = Callable[[int, int, int], RenderedImage]
"""Called with seed, index of the image and size in px."""


class ToyDataError(ValueError):
    """A toy data set cannot be made with these arguments or in this folder."""


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
    """Render a data set into a folder.

    The folder then contains ``images/train/*.jpg``, ``images/val/*.jpg``,
    ``annotations/<name>_train.json``, ``annotations/<name>_val.json`` and a record of the
    arguments, ``toy.json``. File names in the annotations are relative to ``images/train`` and
    ``images/val``. The validation part consists of the last images. Image i depends only on
    seed, i and size, so the number of workers does not change the result.

    Args:
        out: The folder.
        name: Subject of the data set, for example ``'people'``.
        renderer: Called with seed, index of the image and size in px. With several workers, it
            must be picklable.
        category: The only entry of the annotations' ``'categories'``.
        images: Number of images in both parts.
        seed: Of all images.
        size: Height and width of an image in px.
        val_fraction: Share of the images in the validation part, at least 0, below 1.
        workers: Number of processes that render.
        force: Replace another toy data set in that folder.
        version: Version of the renderer; a data set of another version counts as another data
            set.

    Returns:
        True if the data set was written, False if the folder already contained it.

    Raises:
        ToyDataError: If an argument is out of range, if the folder contains anything else than
            this data set, or, with ``force``, anything else than a toy data set.
        OSError: If the folder cannot be written.
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
            'Expected at least one training image, '
            f'got images={images} and val_fraction={val_fraction}.'
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
    with atomic_folder(folder) as draft:
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
    """Return whether the folder contains the data set that the record describes.

    Raises:
        ToyDataError: If the folder contains something else that must not be replaced.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    try:
        found = json.loads((folder / RECORD_FILE).read_text())
    except (OSError, ValueError):
        raise ToyDataError(
            'Expected a folder that is empty or contains a toy data set, '
            f'got {folder} without a readable {RECORD_FILE}. Choose another folder.'
        ) from None
    if found == record:
        return True
    if not force:
        raise ToyDataError(
            f'Expected {folder} to contain this toy data set: {record}, got another: {found}. '
            'Choose another folder or use --force (force=True).'
        )
    return False


def _file_name(index: int) -> str:
    """Return the file name of an image."""
    return f'{index:06d}.jpg'


def _render_and_save(
    renderer: Renderer, seed: int, size: int, first_val: int, folder: Path, index: int
) -> list[dict[str, Any]]:
    """Render and save one image and return its annotations."""
    rendered = renderer(seed, index, size)
    split = SPLITS[index >= first_val]
    (folder / 'images' / split / _file_name(index)).write_bytes(rendered.jpeg())
    return rendered.annotations


def _map_with_progress(
    function: Callable[[int], Any], count: int, workers: int
) -> Iterator[Any]:
    """Yield function(0) ... function(count - 1) and show a progress bar."""
    from mmpose_addons_core.progress import track  # rich takes time to import

    if workers == 1:
        yield from track(map(function, range(count)), 'Images', total=count)
        return
    context = multiprocessing.get_context('spawn')
    # An executor raises an error if its workers cannot start; multiprocessing.Pool would hang.
    with ProcessPoolExecutor(workers, context, cv2.setNumThreads, (1,)) as pool:
        results = pool.map(function, range(count), chunksize=16)
        yield from track(results, 'Images', total=count)


def _coco_dataset(
    name: str,
    seed: int,
    size: int,
    category: dict[str, Any],
    indices: range,
    annotations_by_index: dict[int, list[dict[str, Any]]],
) -> dict[str, Any]:
    """Return the content of one COCO annotation file; ids count from 1."""
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
