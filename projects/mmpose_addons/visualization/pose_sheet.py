"""Predictions beside ground truth in one image: pairs of images, each with its people's OKS.

Shape letters: K keypoints. Coordinates are (x, y) in image px.
"""

import warnings
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.evaluation.functional.nms import oks_iou

from mmpose_addons_core.datasets.coco_people import read_labelled_people
from mmpose_addons_core.datasets.coco_report import DatasetError
from mmpose_addons_core.datasets.coco_results import read_keypoint_results
from mmpose_addons_core.even_choice import evenly_chosen
from mmpose_addons_core.image_sheet import caption, fitted, grid
from mmpose_addons_core.keypoints.sides import sides_of
from mmpose_addons_core.media.errors import InputError
from mmpose_addons_core.media.images import read_image
from mmpose_addons_runtime.draw_pose import draw_pose

COCO_METAINFO, COCO_KEYPOINTS = 'configs/_base_/datasets/coco.py', 17
SIGMA = 0.05
"""Of keypoints whose sigma is not known; COCO's lie between 0.025 (eyes) and 0.107 (hips)."""


def brightened(image: np.ndarray) -> np.ndarray:
    """Brighten a dark image; return others as they are.

    Args:
        image: (H, W, 3), uint8.

    >>> brightened(np.full((2, 2, 3), 10, np.uint8))[0, 0].tolist()
    [230, 230, 230]
    """
    top = np.percentile(image, 99)
    return image if top >= 128 else cv2.convertScaleAbs(image, alpha=230 / max(top, 1))


def sigmas_of(count: int, metainfo: str | Path | None = None) -> tuple[np.ndarray, str]:
    """Return sigmas of OKS (K,), and a text that names their source.

    Args:
        count: K.
        metainfo: A file of MMPose's data set meta information, such as
            ``configs/_base_/datasets/wflw.py``. Without one, 17 keypoints have the sigmas of
            COCO's people, others ``SIGMA``.

    Raises:
        DatasetError: The file cannot be read, or is of another number of keypoints.

    >>> sigmas_of(2)
    (array([0.05, 0.05]), '0.05 for each of 2 keypoints')
    """
    if metainfo is None and count != COCO_KEYPOINTS:
        return np.full(count, SIGMA), f'{SIGMA} for each of {count} keypoints'
    file = str(metainfo or COCO_METAINFO)
    try:
        with warnings.catch_warnings():  # that MMPose's own file is taken
            warnings.simplefilter('ignore', UserWarning)
            sigmas = parse_pose_metainfo(dict(from_file=file))['sigmas']
    except Exception as error:  # a config is Python
        raise DatasetError(f'{file} is no meta information of a data set: {error}') from None
    if len(sigmas) != count:
        raise DatasetError(f'{file} has {len(sigmas)} sigmas, expected {count} as keypoints')
    return np.asarray(sigmas), f'those of {file}'


def pose_sheet(
    ann_file: Path,
    results_file: Path,
    image_dir: Path,
    count: int = 12,
    columns: int = 3,
    cell: int = 256,
    category: int | str | None = None,
    sigmas: np.ndarray | None = None,
) -> tuple[np.ndarray, float]:
    """Draw pairs (ground truth, prediction), evenly chosen from the best to the worst.

    Args:
        ann_file: COCO keypoint annotations.
        results_file: COCO keypoint results of the same images, as CocoMetric writes them with
            ``outfile_prefix``.
        image_dir: Folder of the images.
        count: Largest number of images on the sheet.
        columns: Pairs in a row.
        cell: Height and width of a cell in px; images keep their shape.
        category: Id or name of the only category to show; by default all with keypoints.
        sigmas: K, of OKS; by default those of :func:`sigmas_of`.

    Returns:
        The sheet (H, W, 3), uint8, BGR, and the mean OKS of all annotated people.

    Raises:
        CocoFileError, DatasetError: A file is not what it should be.
        InputError: An image cannot be read.
    """
    people, files, names, skeleton = read_labelled_people(ann_file, category)
    if sigmas is None:
        sigmas, _ = sigmas_of(len(names))
    if len(sigmas) != len(names):
        raise DatasetError(
            f'{ann_file} has {len(names)} keypoints, expected as many as there are sigmas, '
            f'got {len(sigmas)}'
        )
    results = read_keypoint_results(results_file, files, len(names))
    predicted = defaultdict(list)
    for result in results:
        predicted[result['image_id']].append(result)

    scores = {
        image: [_best_oks(person, predicted[image], sigmas) for person in some]
        for image, some in people.items()
    }
    ranked = sorted(scores, key=lambda image: -np.mean(scores[image]))

    sides = sides_of(names)
    pairs = []
    for image in (ranked[i] for i in evenly_chosen(len(ranked), count)):
        try:
            left, scale = fitted(read_image(image_dir / files[image]), cell)
        except InputError as error:
            raise InputError(f'image {image} of {ann_file}: {error}') from None
        right = left
        for person in people[image]:
            pose = np.reshape(person['keypoints'], (-1, 3))
            left = draw_pose(left, pose[:, :2] * scale, pose[:, 2] > 0, skeleton, sides)
        for result in predicted[image]:
            pose = np.reshape(result['keypoints'], (-1, 3))
            right = draw_pose(right, pose[:, :2] * scale, pose[:, 2] > 0.2, skeleton, sides)
        numbers = ' '.join(f'{score:.2f}' for score in scores[image])
        captions = caption('truth', cell), caption(f'OKS {numbers}', cell)
        pairs.append(np.vstack([np.hstack(captions), np.hstack([left, right])]))
    mean = float(np.mean([score for image in scores for score in scores[image]]))
    return grid(pairs, columns, gap=8), mean


def _best_oks(person: dict, results: list[dict], sigmas: np.ndarray) -> float:
    """Return the OKS of the prediction that fits a person best, 0 if there is none."""
    if not results:
        return 0.0
    pose = np.array(person['keypoints'], float)
    poses = np.array([result['keypoints'] for result in results], float)
    areas = np.full(len(results), person['area'])
    visible = pose[2::3] > 0
    # oks_iou drops keypoints of low confidence; here the ground truth selects them
    pose[2::3], poses[:, 2::3] = visible, visible
    return float(oks_iou(pose, poses, person['area'], areas, sigmas, vis_thr=0.5).max())
