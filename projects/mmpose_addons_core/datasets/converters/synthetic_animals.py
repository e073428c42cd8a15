"""The synthetic animals of "Learning from Synthetic Animals" (arXiv 1912.08265) to COCO.

Shape letters: V vertices of a mesh, K keypoints. Coordinates are (x, y) in image px.
"""

from pathlib import Path

import numpy as np

from ...keypoints.animal18 import KEYPOINTS, SKELETON
from ...natural_order import natural_key
from ...progress import track
from .coco_json import Animal, ConversionError, image_size, load_array, read_split, write_splits

VERTICES = 3299
FOLDER = '{}_combineds5r5_texture'  # of an animal

# The vertex of each keypoint, in the order of KEYPOINTS.
# fmt: off
JOINTS = {
    'horse': [1718, 1684, 1271, 1634, 1650, 1643, 1659, 925, 392, 564, 993, 726, 1585, 1556,
              427, 1548, 967, 877],
    'tiger': [2753, 2679, 2032, 1451, 1287, 3085, 1632, 229, 1441, 1280, 2201, 1662, 266, 158,
              270, 152, 219, 129],
    'sheep': [2046, 1944, 1267, 1875, 1900, 1868, 1894, 687, 173, 1829, 1422, 821, 624, 580,
              622, 575, 1370, 716],
    'hound': [2028, 2580, 912, 878, 977, 1541, 1734, 480, 799, 1575, 1446, 602, 755, 673,
              780, 1580, 466, 631],
    'elephant': [1980, 2051, 1734, 2122, 2155, 2070, 2166, 681, 923, 1442, 1041, 1528, 78, 599,
                 25, 595, 171, 570, 1147, 1211, 1208, 1226, 1320, 1275, 1265],
}
# fmt: on
SPLIT_FILES = {'train': 'train_idxs.npy', 'val': 'valid_idxs.npy'}


def keypoint_names(animal: str) -> tuple[str, ...]:
    """Name an animal's K keypoints; the authors gave the elephant's last seven no names.

    >>> len(keypoint_names('horse')), keypoint_names('elephant')[17:20]
    (18, ('right_back_elbow', 'elephant_18', 'elephant_19'))
    """
    more = range(len(KEYPOINTS), len(JOINTS[animal]))
    return KEYPOINTS + tuple(f'{animal}_{index}' for index in more)


def convert_synthetic_animal(
    root: Path,
    animal: str,
    out: Path | None = None,
    split_dir: Path | None = None,
    progress: bool = False,
) -> dict[str, Path]:
    """Write ``<animal>_train.json`` and ``<animal>_val.json``, both or none.

    Hidden joints are labelled (visibility 1), since the paper trains on them; joints outside
    the image are not (0). The box is the extent of all vertices, clipped to the image.

    Args:
        root: ``synthetic_animal``; ``file_name`` is relative to it.
        animal: A key of :data:`JOINTS`.
        out: Folder to write to; ``root/annotations`` by default.
        split_dir: Folder with the published ``train_idxs.npy`` and ``valid_idxs.npy``.
            Without it the first four fifths of the sorted images are for training.
        progress: Show a bar with the remaining time.

    Returns:
        The file of each split.

    Raises:
        ConversionError: A file is missing or broken, or a value makes no sense.
    """
    if animal not in JOINTS:
        raise ConversionError(f'animal must be one of {[*JOINTS]}, got {animal!r}')
    folder = root / FOLDER.format(animal)
    images = sorted(folder.glob('*img.png'), key=natural_key)
    if len(images) < 2:
        raise ConversionError(f'{folder}: expected 10000 images *img.png, got {len(images)}')
    if split_dir is None:
        first = len(images) * 4 // 5
        splits = dict(train=[*range(first)], val=[*range(first, len(images))])
    else:
        splits = read_split(split_dir, SPLIT_FILES, len(images))
    animals = {
        split: [
            _animal(root, images[position], JOINTS[animal])
            for position in track(positions, f'Images of {split}', disable=not progress)
        ]
        for split, positions in splits.items()
    }
    return write_splits(
        out or root / 'annotations', animal, animals, keypoint_names(animal), SKELETON
    )


def _animal(root: Path, image: Path, joints: list[int]) -> Animal:
    file = image.with_name(image.name.removesuffix('img.png') + 'kpts.npy')
    vertices = load_array(file)
    if vertices.shape != (VERTICES, 3):
        raise ConversionError(f'{file}: expected shape ({VERTICES}, 3), got {vertices.shape}')
    vertices = vertices.astype(float)
    for vertex in np.flatnonzero(~np.isfinite(vertices).all(1)):
        raise ConversionError(
            f'{file}: vertex {vertex} must be finite, got {vertices[vertex].tolist()}'
        )
    size = image_size(image)
    corners = np.clip([vertices[:, :2].min(0), vertices[:, :2].max(0)], 0, size)
    if (corners[0] >= corners[1]).any():
        raise ConversionError(
            f'{file}: the animal lies outside the image of {size[0]} x {size[1]} px'
        )
    points, visible = vertices[joints, :2], vertices[joints, 2] > 0
    inside = ((points >= 0) & (points < size)).all(1)
    return Animal(
        file_name=image.relative_to(root).as_posix(),
        size=size,
        box=(*corners[0], *(corners[1] - corners[0])),
        keypoints=points,
        visibility=np.where(inside, 1 + visible, 0),
    )
