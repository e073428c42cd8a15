"""Faces of a COCO file in memory, and a split that keeps the frames of a clip together.

Shape letters: N faces, K landmarks, H x W the canvas that every image lies on, at its top left.
Coordinates are (x, y) in image px.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from scipy.cluster.hierarchy import fcluster, linkage
from torch import Tensor

from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
from mmpose_addons_core.datasets.coco_file import read_json
from mmpose_addons_core.datasets.coco_report import DatasetError

from .arms import LANDMARKS
from .errors import ComparisonError

PADDING = 1.25
"""Of the box, as in MMPose's ``GetBBoxCenterScale``."""
FACES_PER_CLIP = 2.6
"""600 training faces show 229 people."""
LARGEST_CLIP = 8
"""Larger groups are several clips that look alike; they stay in the training part."""


@dataclass(frozen=True)
class Faces:
    """N faces.

    Args:
        images: (N, 3, H, W), uint8, RGB, 0 outside the image.
        landmarks: (N, K, 2).
        centre: (N, 2), of the padded square box.
        side: (N,), of it.
        box: (N,), sqrt(w h) of the box in the file.
        files: Of the images.
    """

    images: Tensor
    landmarks: Tensor
    centre: Tensor
    side: Tensor
    box: np.ndarray
    files: list[Path]

    def __len__(self) -> int:
        return len(self.files)

    def to(self, device: str) -> 'Faces':
        """Return the same with tensors on a device."""
        tensors = (self.images, self.landmarks, self.centre, self.side)
        return Faces(*(tensor.to(device) for tensor in tensors), self.box, self.files)

    def part(self, indices: np.ndarray) -> 'Faces':
        """Return some of the faces."""
        keep = torch.from_numpy(indices).to(self.images.device)
        return Faces(
            self.images[keep],
            self.landmarks[keep],
            self.centre[keep],
            self.side[keep],
            self.box[indices],
            [self.files[index] for index in indices],
        )


def read_faces(annotations: Path) -> Faces:
    """Read a COCO file of faces; file names are relative to its folder.

    Raises:
        ComparisonError: The file or an image is broken, or an annotation has not 68 labelled
            landmarks and a box.
    """
    content = checked(annotations)
    names = {image['id']: image['file_name'] for image in content['images']}
    records = content['annotations']
    files = [annotations.parent / names[record['image_id']] for record in records]
    images = [cv2.imread(str(file)) for file in files]
    for file, image in zip(files, images, strict=True):
        if image is None:
            raise ComparisonError(f'{file} cannot be read as an image')
    height = max(image.shape[0] for image in images)
    width = max(image.shape[1] for image in images)
    canvas = np.zeros((len(files), height, width, 3), np.uint8)
    for place, image in zip(canvas, images, strict=True):
        place[: image.shape[0], : image.shape[1]] = image[..., ::-1]
    boxes = np.array([record['bbox'] for record in records], dtype=np.float64)
    points = np.array([record['keypoints'] for record in records], dtype=np.float64)
    return Faces(
        torch.from_numpy(canvas).permute(0, 3, 1, 2).contiguous(),
        torch.from_numpy(points.reshape(len(files), -1, 3)[..., :2]).float(),
        torch.from_numpy(boxes[:, :2] + boxes[:, 2:] / 2).float(),
        torch.from_numpy(boxes[:, 2:].max(1) * PADDING).float(),
        np.sqrt(boxes[:, 2:].prod(1)),
        files,
    )


def checked(annotations: Path) -> dict:
    """Read a COCO file, all of whose annotations can be used.

    Raises:
        ComparisonError: It names the first ones that cannot.
    """
    report = check_coco_keypoints(
        annotations, annotations.parent, num_keypoints=LANDMARKS, tolerate=('area',)
    )
    try:
        report.raise_for_errors()
    except DatasetError as error:
        raise ComparisonError(str(error)) from None
    if report.skipped:
        raise ComparisonError(f'all annotations must be usable, got {report.skip_text()}')
    content = read_json(annotations)
    for record in content['annotations']:
        number = next((i for i, v in enumerate(record['keypoints'][2::3]) if not v > 0), None)
        if number is not None:
            raise ComparisonError(
                f'{annotations}: annotation {record["id"]}: all landmarks must be labelled, '
                f'got visibility {record["keypoints"][3 * number + 2]} of landmark {number}'
            )
    return content


def clips(files: list[Path]) -> np.ndarray:
    """Return a number (N,) for each group of images that look like frames of one clip.

    The files name no person and no clip. Frames of a clip share background and clothes, so
    images are grouped by the colours of their border and their histogram (average linkage).
    """
    appearances = []
    border = np.ones((16, 16), bool)
    border[3:11, 4:12] = False  # the face
    for file in files:
        lab = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2LAB)
        small = cv2.resize(lab, (16, 16), interpolation=cv2.INTER_AREA)[border].ravel()
        even = cv2.resize(lab, (64, 64), interpolation=cv2.INTER_AREA)
        bounds = [0, 256, 64, 192, 64, 192]
        histogram = cv2.calcHist([even], [0, 1, 2], None, [6, 12, 12], bounds).ravel()
        shares = np.sqrt(histogram / max(histogram.sum(), 1))
        appearances.append(np.concatenate((small / np.sqrt(len(small)), 60 * shares)))
    if len(files) < 2:
        return np.ones(len(files), int)
    count = max(1, round(len(files) / FACES_PER_CLIP))
    return fcluster(linkage(np.stack(appearances), 'average'), count, 'maxclust')


def split(groups: np.ndarray, share: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    """Split into indices of the training and validation part; a group is in one of them.

    Args:
        groups: (N,), as of :func:`clips`.
        share: Of the faces in the validation part, about.
    """
    rng = np.random.default_rng(0)
    names, sizes = np.unique(groups, return_counts=True)
    validation: list[int] = []
    for group in rng.permutation(names[sizes <= LARGEST_CLIP]):
        if len(validation) >= share * len(groups):
            break
        validation += np.flatnonzero(groups == group).tolist()
    held = np.array(sorted(validation), dtype=int)
    return np.setdiff1d(np.arange(len(groups)), held), held
