"""Truth and the predictions of several networks on the same images, as one picture."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmpose.apis import init_model
from mmpose.registry import DATASETS

from mmpose_addons.visualization.pose_sheet import brightened
from mmpose_addons_core.even_choice import evenly_chosen
from mmpose_addons_core.image_sheet import caption
from mmpose_addons_core.image_writing import write_image
from mmpose_addons_core.keypoints.sides import sides_of
from mmpose_addons_runtime.draw_pose import draw_pose

COLUMNS = 8


def write_predictions(
    networks: Sequence[tuple[str, Config, str]], out: Path, padded: bool = False
) -> Path:
    """Write a sheet: a row for the truth and one for each network, a column for each image.

    The images are spread evenly over the test set of the first config.

    Args:
        networks: Name, config and checkpoint of each.
        out: File to write.
        padded: Show the surroundings of the box in equal squares, not the whole image.
    """
    rows = []
    for name, config, checkpoint in networks:
        model = init_model(config, checkpoint, 'cpu')
        data = DATASETS.build(config.test_dataloader.dataset)
        chosen = evenly_chosen(len(data), COLUMNS)
        results = model.test_step(pseudo_collate([data[index] for index in chosen]))
        rows.append((name, [result.pred_instances.keypoints[0] for result in results]))
    truth = [result.gt_instances for result in results]
    shown = [instances.keypoints_visible[0].reshape(-1) > 0 for instances in truth]
    rows.insert(0, ('truth', [instances.keypoints[0] for instances in truth]))
    images = [brightened(cv2.imread(result.img_path)) for result in results]
    crops = [_square(i.bboxes[0]) if padded else None for i in truth]
    names = [*data.metainfo['keypoint_id2name'].values()]
    skeleton = data.metainfo['skeleton_links']
    sides = sides_of(names, data.metainfo['flip_indices'])
    sheet = []
    for name, poses in rows:
        drawn = [
            _cut(draw_pose(image, pose, there, skeleton, sides), crop)
            for image, pose, there, crop in zip(images, poses, shown, crops, strict=True)
        ]
        row = np.hstack(drawn)
        sheet += [caption(name, row.shape[1]), row]
    write_image(out, np.vstack(sheet))
    return out


def _square(box: np.ndarray) -> np.ndarray:
    """Return corners (x1, y1, x2, y2) of a square around a box, a fifth larger."""
    centre, side = (box[:2] + box[2:]) / 2, 0.6 * (box[2:] - box[:2]).max()
    return np.concatenate([centre - side, centre + side])


def _cut(image: np.ndarray, square: np.ndarray | None) -> np.ndarray:
    if square is None:
        return image
    scale = 160 / (square[2] - square[0])
    matrix = np.array([[scale, 0, -scale * square[0]], [0, scale, -scale * square[1]]])
    return cv2.warpAffine(image, matrix, (160, 160), flags=cv2.INTER_AREA)
