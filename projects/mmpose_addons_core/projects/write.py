"""Write a project as a data set: images, annotations, dataset_info.py, report, contact sheet.

Shape letters: K keypoints. Coordinates are (x, y) in image px.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..fileio import atomic_folder
from ..keypoints.names import coco_category
from ..keypoints.sides import mirror_pairs
from ..media.errors import InputError
from ..media.images import count_pages, decode_image
from ..progress import track
from .contact_sheet import ContactSheet
from .dataset_info import SIGMA, dataset_info_text
from .labels import Frame, Instance, Project, ProjectError, reasons_of
from .split import split_frames

OUTSIDE = 'the label lies outside the image'
UNREADABLE = 'the image cannot be read'
FURTHER_PAGES = 'pages behind the first one of an image file'
OUTSIDE_BOX = 'a box outside the image; that of the keypoints is taken'
OTHER_SIZE = 'the image has another size than the project says'
NEVER = 'the keypoint has no label in any frame'
BOXES = ('keypoints', 'frame')


@dataclass(frozen=True)
class WriteSettings:
    """Settings of a data set.

    Attributes:
        name: Of the data set and its category.
        boxes: ``'keypoints'``: round the labelled keypoints, with a margin, unless the tool has
            a box of its own; ``'frame'``: the whole image.
        margin: Share of the longer side of the keypoints' extent, on each side.
        split, val_share, seed: Of :func:`.split.split_frames`.
        sigma: Of each keypoint, for OKS.
    """

    name: str = 'animal'
    boxes: str = 'keypoints'
    margin: float = 0.2
    split: str = 'video'
    val_share: float = 0.2
    seed: int = 0
    sigma: float = SIGMA

    def __post_init__(self) -> None:
        fit = 0 <= self.margin < math.inf and 0 < self.sigma < math.inf
        if self.boxes not in BOXES or not fit:
            raise ProjectError(
                f'expected boxes of {BOXES}, finite margin >= 0 and sigma > 0, got '
                f'{self.boxes}, {self.margin} and {self.sigma}'
            )


def write_dataset(
    project: Project, out: Path, settings: WriteSettings | None = None, progress: bool = False
) -> dict[str, Any]:
    """Write the data set into a new folder, whole or not at all.

    The folder gets ``images/<video>/``, ``annotations/train.json`` and ``val.json`` (if a part
    has frames), ``dataset_info.py``, ``report.json`` and ``contact_sheet.jpg``. Image files are
    copied as they are; frames of videos are written as PNG.

    Returns:
        The report: what was read, and what was left out and why.

    Raises:
        ProjectError: The folder exists and is not empty, or no image can be read.
    """
    settings = settings or WriteSettings()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ProjectError(f'{out} exists and is not empty; name a new folder')
    with atomic_folder(out) as unfinished:
        return _Writer(project, unfinished, settings).write(progress)


class _Writer:
    def __init__(self, project: Project, out: Path, settings: WriteSettings) -> None:
        self.project, self.out, self.settings = project, out, settings
        self.pairs = mirror_pairs(project.keypoints) if project.pairs is None else project.pairs
        self.left_out: dict[str, list[str]] = {k: [*v] for k, v in project.left_out.items()}
        self.sheet = ContactSheet(project.skeleton, self.pairs)
        self.written: set[str] = set()
        self.next_id = 1

    def write(self, progress: bool) -> dict[str, Any]:
        project, settings = self.project, self.settings
        (self.out / 'annotations').mkdir(parents=True)
        parts = split_frames(project.frames, settings.split, settings.val_share, settings.seed)
        names = project.keypoints
        links = [(names[a], names[b]) for a, b in project.skeleton]
        category = coco_category(settings.name, settings.name, names, links)
        counts: dict[str, dict[str, Any]] = {}
        labels = np.zeros(len(names), int)
        for part, frames in parts.items():
            content: dict[str, list] = dict(images=[], annotations=[], categories=[category])
            shown = progress and bool(frames)
            for frame in track(frames, f'Images ({part})', disable=not shown):
                self._add(frame, content)
            if content['images']:
                file = self.out / 'annotations' / f'{part}.json'
                file.write_text(json.dumps(content), encoding='utf-8')
            labels += _labels(content, len(names))
            counts[part] = dict(
                images=len(content['images']),
                instances=len(content['annotations']),
                videos=sorted({frame.video for frame in frames}),
            )
        if not any(part['images'] for part in counts.values()):
            raise ProjectError(
                f'no image of the project can be read{reasons_of(self.left_out)}'
            )
        for name, count in zip(names, labels.tolist(), strict=True):
            if not count:
                self.left_out.setdefault(NEVER, []).append(name)
        info = dataset_info_text(
            settings.name, names, project.skeleton, self.pairs, settings.sigma
        )
        (self.out / 'dataset_info.py').write_text(info, encoding='utf-8')
        self.sheet.write(self.out / 'contact_sheet.jpg')
        report = dict(
            kind=project.kind,
            keypoints=dict(zip(names, labels.tolist(), strict=True)),
            mirrored_pairs=[[names[a], names[b]] for a, b in self.pairs],
            parts=counts,
            left_out={reason: sorted(where) for reason, where in self.left_out.items()},
        )
        text = json.dumps(report, indent=1, ensure_ascii=False)
        # names that are not UTF-8 become escapes of JSON
        (self.out / 'report.json').write_bytes(text.encode('utf-8', 'backslashreplace'))
        return report

    def _add(self, frame: Frame, content: dict[str, list]) -> None:
        name = self._free_name(frame)
        try:
            pixels, file_content = _read(frame)
        except (OSError, InputError, ProjectError) as error:
            self.left_out.setdefault(UNREADABLE, []).append(f'{name}: {error}')
            return
        height, width = pixels.shape[:2]
        if frame.size is not None and frame.size != (width, height):
            sizes = f'{width} x {height}, expected {frame.size[0]} x {frame.size[1]}'
            self.left_out.setdefault(OTHER_SIZE, []).append(f'{name}: {sizes}')
            return
        image = dict(
            id=len(self.written) + 1,
            file_name=name,
            width=width,
            height=height,
            video=frame.video,
        )
        if frame.number is not None:
            image['frame_id'] = frame.number
        instances = [self._inside(i, name, width, height) for i in frame.instances]
        instances = [instance for instance in instances if instance.labelled.any()]
        if not instances:
            self.left_out.setdefault('all its labels lie outside the image', []).append(name)
            return
        target = self.out / 'images' / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file_content)
        self.written.add(name)
        if isinstance(frame.image, Path) and (pages := count_pages(frame.image)) > 1:
            self.left_out.setdefault(FURTHER_PAGES, []).append(f'{name}: 2 to {pages}')
        content['images'].append(image)
        for instance in instances:
            content['annotations'].append(self._annotation(instance, image))
            self.next_id += 1
        self.sheet.add(pixels, [i.keypoints for i in instances], name)

    def _free_name(self, frame: Frame) -> str:
        """Return a file name that no other frame has."""
        folder = re.sub(r'[^\w.-]+', '_', frame.video).strip('.') or 'images'
        stem, suffix = Path(frame.name).stem, Path(frame.name).suffix
        name, number = f'{folder}/{frame.name}', 1
        while name in self.written:
            number += 1
            name = f'{folder}/{stem}_{number}{suffix}'
        return name

    def _inside(self, instance: Instance, name: str, width: int, height: int) -> Instance:
        """Drop labels and a box outside the image."""
        points = instance.keypoints
        with np.errstate(invalid='ignore'):
            beyond = (points < -0.5) | (points > [width - 0.5, height - 0.5])
        outside = np.asarray(beyond.any(axis=1))
        for k in np.flatnonzero(outside):
            where = f'{name}: {self.project.keypoints[k]} at {points[k].round(1).tolist()}'
            self.left_out.setdefault(OUTSIDE, []).append(where)
        kept = np.where(outside[:, None], np.nan, points)
        box = instance.box
        if box is not None and not _overlaps(box, width, height):
            where = f'{name}: {[round(value, 1) for value in box]}'
            self.left_out.setdefault(OUTSIDE_BOX, []).append(where)
            box = None
        return Instance(kept, instance.hidden & ~outside, instance.track, box)

    def _annotation(self, instance: Instance, image: Mapping[str, Any]) -> dict[str, Any]:
        labelled = instance.labelled
        flags = np.where(labelled, np.where(instance.hidden, 1, 2), 0)
        points = np.where(labelled[:, None], instance.keypoints, 0).round(3)
        box = self._box(instance, image['width'], image['height'])
        annotation = dict(
            id=self.next_id,
            image_id=image['id'],
            category_id=1,
            iscrowd=0,
            bbox=box,
            area=round(box[2] * box[3], 2),
            num_keypoints=int(labelled.sum()),
            keypoints=[
                value
                for point, flag in zip(points.tolist(), flags.tolist(), strict=True)
                for value in (*point, flag)
            ],
        )
        return annotation if instance.track is None else annotation | dict(track=instance.track)

    def _box(self, instance: Instance, width: int, height: int) -> list[float]:
        """Return x, y, width, height within the image."""
        if self.settings.boxes == 'frame':
            return [0.0, 0.0, float(width), float(height)]
        if instance.box is not None:
            low = np.array(instance.box[:2])
            high = low + instance.box[2:]
        else:
            points = instance.keypoints[instance.labelled]
            low, high = points.min(0), points.max(0)
            # a single keypoint has no extent: the box is then a tenth of the image
            side = (high - low).max() or min(width, height) / 10 / max(
                self.settings.margin, 0.5
            )
            margin = self.settings.margin * side if (high > low).any() else side / 2
            low, high = low - max(margin, 1), high + max(margin, 1)
        low = np.clip(low, 0, [width - 1, height - 1])
        high = np.clip(high, low + 1, [width, height])
        return [round(float(value), 2) for value in (*low, *(high - low))]


def _overlaps(box: tuple[float, float, float, float], width: int, height: int) -> bool:
    left, top, wide, tall = box
    return left < width and top < height and left + wide > 0 and top + tall > 0


def _labels(content: Mapping[str, list], count: int) -> np.ndarray:
    """Count the labels (K,) of each keypoint."""
    flags = [annotation['keypoints'][2::3] for annotation in content['annotations']]
    return (np.reshape(flags, (-1, count)) > 0).sum(0)


def _read(frame: Frame) -> tuple[np.ndarray, bytes]:
    """Read the pixels of an image as they are seen in training, and its file.

    Raises:
        OSError, InputError, ProjectError: It cannot be read.
    """
    if isinstance(frame.image, Path):
        data = np.fromfile(frame.image, np.uint8)
        return decode_image(frame.image, data).image, data.tobytes()
    pixels = frame.image()
    return pixels, cv2.imencode('.png', pixels)[1].tobytes()
