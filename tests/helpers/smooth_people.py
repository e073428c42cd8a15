"""Smooth images of boxes with 17 random keypoints, and the steps of a top-down pipeline."""

import json
from pathlib import Path

import cv2
import numpy as np

SIZE = (320, 240)
STEPS = dict(
    load=dict(type='LoadImage'),
    box=dict(type='GetBBoxCenterScale'),
    flip=dict(type='RandomFlip', direction='horizontal'),
    half=dict(type='RandomHalfBody', prob=0.5),
    move=dict(type='RandomBBoxTransform', shift_prob=1.0),
    affine=dict(type='TopdownAffine', input_size=(48, 64)),
    pack=dict(type='PackPoseInputs', pack_transformed=True),
)
USUAL = 'load', 'box', 'flip', 'half', 'move', 'affine', 'pack'


def pipeline(names=USUAL, **changed):
    """The steps of these names; keywords change settings of a step."""
    return [dict(STEPS[name], **changed.get(name, {})) for name in names]


def write_people(folder: Path, rng: np.random.Generator) -> dict:
    """Config of a data set: four smooth images with two people each, in COCO's format."""
    images, annotations = [], []
    for number in range(4):
        coarse = rng.uniform(0, 255, (6, 8, 3)).astype(np.float32)
        pixels = cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(folder / f'{number}.png'), pixels.clip(0, 255).astype(np.uint8))
        images.append(dict(id=number, file_name=f'{number}.png', width=SIZE[0], height=SIZE[1]))
        for _ in range(2):
            x, y = rng.uniform(0, 120, 2)
            box = [x, y, *rng.uniform(40, 120, 2)]
            points = rng.uniform(box[:2], np.add(box[:2], box[2:]), (17, 2))
            annotations.append(
                dict(
                    id=len(annotations),
                    image_id=number,
                    category_id=1,
                    bbox=box,
                    area=box[2] * box[3],
                    iscrowd=0,
                    num_keypoints=17,
                    keypoints=np.column_stack((points, np.full(17, 2))).ravel().tolist(),
                )
            )
    file = folder / 'people.json'
    people = dict(id=1, name='person', keypoints=[str(k) for k in range(17)])
    file.write_text(
        json.dumps(dict(images=images, annotations=annotations, categories=[people]))
    )
    return dict(
        type='CheckedCocoDataset',
        ann_file=str(file),
        data_prefix=dict(img=str(folder)),
        pipeline=pipeline(),
    )
