"""COCO files of faces as dots on noise, as ``face_losses.py`` takes them."""

import json
from pathlib import Path

import cv2
import numpy as np

from mmpose_addons_core.faces import face_layout


def dotted_faces(folder: Path, rng: np.random.Generator) -> Path:
    """Write 10 faces for the training and 4 for the test; return the folder."""
    face = face_layout(68).template[:, :2]
    for part, count in dict(train=10, test=4).items():
        (folder / part).mkdir()
        images, annotations = [], []
        for index in range(1, count + 1):
            width, height = (60 + rng.integers(20, size=2)).tolist()
            points = 0.25 * face + (width / 2, height / 2) + rng.normal(0, 0.5, (68, 2))
            image = rng.integers(60, 90, (height, width, 3)).astype(np.uint8)
            image = cv2.GaussianBlur(image, (0, 0), 2)
            for x, y in points.round().astype(int).tolist():
                cv2.circle(image, (x, y), 1, (200, 220, 240), -1)
            name = f'{part}/{index}.png'
            cv2.imwrite(str(folder / name), image)
            low, size = points.min(0), np.ptp(points, axis=0)
            keypoints = np.c_[points, np.full(68, 2.0)].ravel()
            images.append(dict(id=index, file_name=name, width=width, height=height))
            annotations.append(
                dict(
                    id=index,
                    image_id=index,
                    category_id=1,
                    iscrowd=0,
                    bbox=[*low.tolist(), *size.tolist()],
                    keypoints=keypoints.tolist(),
                )
            )
        names = [f'p{number}' for number in range(68)]
        categories = [dict(id=1, name='face', keypoints=names, skeleton=[])]
        content = dict(images=images, annotations=annotations, categories=categories)
        (folder / f'{part}.json').write_text(json.dumps(content))
    return folder
