"""A small COCO keypoint file without faults, and its images."""

import json
from pathlib import Path

import cv2
import numpy as np

WIDTH, HEIGHT = 64, 48  # image px


def good_data(num_keypoints: int = 17, people: int = 3) -> dict:
    """People 1, 2, ... in images 1 and 2 in turn, all keypoints visible."""
    keypoints = [number for k in range(num_keypoints) for number in (12 + k, 10 + k, 1 + k % 2)]
    images = [
        dict(id=index, file_name=f'{index}.jpg', width=WIDTH, height=HEIGHT) for index in (1, 2)
    ]
    annotations = [
        dict(
            id=index + 1,
            image_id=index % 2 + 1,
            category_id=1,
            bbox=[8, 6, 40, 30],
            area=800.0,
            iscrowd=0,
            num_keypoints=num_keypoints,
            keypoints=list(keypoints),
        )
        for index in range(people)
    ]
    names = [f'point {k}' for k in range(num_keypoints)]
    categories = [dict(id=1, name='person', keypoints=names, skeleton=[])]
    return dict(images=images, annotations=annotations, categories=categories)


def people_apart(people: int = 4) -> dict:
    """People of COCO's 17 keypoints, each with a place of its own in one of two images."""
    data = good_data(people=people)
    for index, person in enumerate(data['annotations']):
        x, y = 4 + 20 * (index // 2), 3 + 2 * index
        k = np.arange(17)
        points = np.stack([x + 1 + k % 4 * 5, y + 2 + k * 1.5, np.full(17, 2)], 1)
        person.update(bbox=[x, y, 18, 30], keypoints=points.ravel().tolist())
    return data


def write_data(folder: Path, data: object, name: str = 'people.json') -> str:
    path = folder / name
    path.write_text(json.dumps(data))
    return str(path)


def write_images(folder: Path, data: dict) -> Path:
    rng = np.random.default_rng(0)
    for image in data['images']:
        pixels = rng.integers(0, 256, (image['height'], image['width'], 3), np.uint8)
        assert cv2.imwrite(str(folder / image['file_name']), pixels)
    return folder


def hide(annotation: dict, num_keypoints: int) -> None:
    """Make every keypoint invisible; ``num_keypoints`` is what the record says then."""
    annotation['keypoints'][2::3] = [0] * (len(annotation['keypoints']) // 3)
    annotation['num_keypoints'] = num_keypoints
