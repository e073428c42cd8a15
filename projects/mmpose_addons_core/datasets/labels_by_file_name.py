"""Keypoints of a COCO file for samples that are known by the names of their images.

Shape letters: N samples, K keypoints. Coordinates are (x, y) in image px.
"""

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

import numpy as np

from .coco_file import CocoFileError, read_records


class NamedLabels(NamedTuple):
    """Labels of the samples that a file knows."""

    keypoints: np.ndarray  # (N, K, 2); 0 where nothing is given
    given: np.ndarray  # (N, K), bool


def labels_by_file_name(
    file: Path, file_names: Sequence[str], boxes: np.ndarray, num_keypoints: int
) -> NamedLabels:
    """Labels of samples, matched by the names of their images and then by their boxes.

    A sample belongs to the image whose ``file_name`` is the end of its own path. Of several
    annotations of an image it gets the one whose centre is nearest to its box's.

    Args:
        file: COCO keypoint annotations.
        file_names: N paths.
        boxes: (N, 4), x, y, w, h.
        num_keypoints: K.

    Raises:
        CocoFileError: If the file cannot be read, or an annotation has another number of
            keypoints.
        ValueError: If a labelled image of the file belongs to no sample, or no joint is
            labelled.
    """
    images = {
        image['id']: str(image['file_name'])
        for image in read_records(file, 'images', ['id', 'file_name'])
    }
    people: dict[str, list[np.ndarray]] = {}
    for annotation in read_records(file, 'annotations', ['id', 'image_id', 'keypoints']):
        values = np.asarray(annotation['keypoints'], np.float64)
        if values.size != 3 * num_keypoints:
            raise CocoFileError(
                file,
                f'annotation {annotation["id"]}: expected {num_keypoints} keypoints of 3 '
                f'values, got {values.size} values',
            )
        values = values.reshape(-1, 3)
        if (values[:, 2] > 0).any():
            people.setdefault(images[annotation['image_id']], []).append(values)
    keypoints = np.zeros((len(file_names), num_keypoints, 2))
    given = np.zeros(keypoints.shape[:2], bool)
    used = set()
    for row, name in enumerate(file_names):
        key = _key(name, people)
        if key is None:
            continue
        used.add(key)
        centre = boxes[row, :2] + boxes[row, 2:] / 2
        poses = people[key]
        gaps = [np.linalg.norm(p[p[:, 2] > 0, :2].mean(0) - centre) for p in poses]
        pose = poses[int(np.argmin(gaps))]
        keypoints[row], given[row] = pose[:, :2], pose[:, 2] > 0
    unknown = sorted(set(people) - used)
    if unknown:
        raise ValueError(
            f'{file}: expected images of the target set, got {len(unknown)} labelled ones that '
            f'are not in it, the first is {unknown[0]!r}'
        )
    if not given.any():
        raise ValueError(f'{file}: expected labelled keypoints, got none')
    return NamedLabels(keypoints, given)


def _key(path: str, people: dict[str, list[np.ndarray]]) -> str | None:
    """The file name of the COCO file that is the end of a path."""
    parts = PurePath(path).parts
    for start in range(len(parts)):
        name = PurePath(*parts[start:]).as_posix()
        if name in people:
            return name
    return None
