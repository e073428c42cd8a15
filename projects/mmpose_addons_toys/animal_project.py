"""A toy project of DeepLabCut, a video of another kind, and labels of some of its frames."""

import csv
import json
import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from mmpose_addons_core.keypoints.animal18 import KEYPOINTS, SKELETON

from .animals import CATEGORY, render_animal
from .coco_writer import ToyDataError
from .rendered_image import RenderedImage

VIDEOS = ('one', 'two', 'three')
SCORER = 'toy'
NEW_FRAMES, RATE = 48, 8  # frames, frames a second
TESTED = 4  # each so many frames of the new video one is labelled


def make_toy_project(
    out: str | os.PathLike[str], images: int = 60, seed: int = 0, size: int = 128
) -> bool:
    """Draw a project that is to be adapted to a new video.

    Writes ``project/`` (as DeepLabCut has it, three videos of synthetic animals), ``new.mp4``
    (animals at dusk), and ``test/`` (labelled frames of the new video as a COCO file and
    images).

    Args:
        out: New or empty folder.
        images: Labelled images of the project.
        seed: Of all images.
        size: Height and width of an image, px.

    Returns:
        True: it was written.

    Raises:
        ToyDataError: The folder has something, or there are fewer images than videos.
    """
    root = Path(out)
    if images < len(VIDEOS) or size < 64 or seed < 0:
        raise ToyDataError(
            f'Expected at least {len(VIDEOS)} images of 64 px and a seed >= 0, got {images} of '
            f'{size} px and {seed}.'
        )
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise ToyDataError(f'{root} is not empty; choose another --out.')
    _write_project(root / 'project', images, seed, size)
    new = [render_animal(seed + 1, index, size, 'real', 'right') for index in range(NEW_FRAMES)]
    code = cv2.VideoWriter_fourcc(*'mp4v')  # type: ignore[attr-defined]
    video = cv2.VideoWriter(str(root / 'new.mp4'), code, RATE, (size, size))
    for frame in new:
        video.write(frame.image)
    video.release()
    _write_test(root / 'test', new[::TESTED])
    return True


def _write_project(root: Path, images: int, seed: int, size: int) -> None:
    links = '\n'.join(f'- [{a}, {b}]' for a, b in SKELETON)
    (root / 'labeled-data').mkdir(parents=True)
    (root / 'config.yaml').write_text(
        f'Task: toy\nscorer: {SCORER}\nmultianimalproject: false\n'
        f'bodyparts: [{", ".join(KEYPOINTS)}]\nskeleton:\n{links}\n',
        encoding='utf-8',
    )
    for video, indices in zip(VIDEOS, np.array_split(range(images), len(VIDEOS)), strict=True):
        folder = root / 'labeled-data' / video
        folder.mkdir()
        rows = []
        for index in indices.tolist():
            drawn = render_animal(seed, index, size, 'synthetic', 'right')
            name = f'img{index:04}.png'
            (folder / name).write_bytes(cv2.imencode('.png', drawn.image)[1].tobytes())
            rows.append([f'labeled-data/{video}/{name}', *_cells(drawn)])
        with (folder / f'CollectedData_{SCORER}.csv').open('w', newline='') as stream:
            csv.writer(stream).writerows([*_header(), *rows])


def _header() -> list[list[str]]:
    names = [name for name in KEYPOINTS for _ in 'xy']
    return [
        ['scorer', *[SCORER] * len(names)],
        ['bodyparts', *names],
        ['coords', *['x', 'y'] * len(KEYPOINTS)],
    ]


def _cells(drawn: RenderedImage) -> list[str]:
    """Return x and y of each keypoint; empty where it is hidden."""
    points = np.reshape(drawn.annotations[0]['keypoints'], (-1, 3))
    return [f'{value:.2f}' if flag == 2 else '' for *xy, flag in points for value in xy]


def _write_test(root: Path, frames: Sequence[RenderedImage]) -> None:
    (root / 'images').mkdir(parents=True)
    images, annotations = [], []
    for number, drawn in enumerate(frames, start=1):
        height, width = drawn.image.shape[:2]
        name = f'{number:04}.jpg'
        (root / 'images' / name).write_bytes(drawn.jpeg())
        images.append(dict(id=number, file_name=name, width=width, height=height))
        ids = dict(id=number, image_id=number, category_id=1, iscrowd=0)
        annotations.append(drawn.annotations[0] | ids)
    content = dict(images=images, annotations=annotations, categories=[CATEGORY])
    (root / 'annotations').mkdir()
    (root / 'annotations/test.json').write_text(json.dumps(content), encoding='utf-8')
