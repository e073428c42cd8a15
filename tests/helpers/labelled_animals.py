"""A folder as ``mmpose-addons import`` writes it, of toy animals, and an unlabelled video."""

import json
import os
import signal
import sys
from pathlib import Path

import cv2
from mmengine.config import Config

from helpers.tiny_domains import TinyBackbone  # noqa: F401  registers it
from mmpose_addons_core.keypoints.sides import mirror_pairs
from mmpose_addons_core.projects.dataset_info import dataset_info_text
from mmpose_addons_toys import make_toy_animals

SIZE = 64  # side of an image, px


def write_labelled(folder: Path, images: int = 15) -> Path:
    """``images/``, ``annotations/`` and ``dataset_info.py``; a fifth of the images is val."""
    make_toy_animals(folder, images, val_fraction=0.2, size=SIZE, workers=1)
    for part in ('train', 'val'):
        file = folder / f'annotations/animals_{part}.json'
        content = json.loads(file.read_text())
        for image in content['images']:
            image['file_name'] = f'{part}/{Path(image["file_name"]).name}'
        (folder / f'annotations/{part}.json').write_text(json.dumps(content))
    category = content['categories'][0]
    names = category['keypoints']
    links = [(a - 1, b - 1) for a, b in category['skeleton']]
    text = dataset_info_text('toys', names, links, mirror_pairs(names))
    (folder / 'dataset_info.py').write_text(text)
    return folder


def write_video(file: Path, folder: Path) -> Path:
    """A video of the toy animals of 'real' light in ``folder``, which is made; 16 frames."""
    make_toy_animals(folder, 16, seed=1, domain='real', val_fraction=0, size=SIZE, workers=1)
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter_fourcc(*'MJPG'), 5, (SIZE, SIZE))
    for image in sorted((folder / 'images').rglob('*.jpg')):
        writer.write(cv2.imread(str(image)))
    writer.release()
    return file


def write_tiny_network(file: Path) -> str:
    """A config of MMPose whose network trains in moments."""
    codec = dict(
        type='SoftArgmaxHeatmap', input_size=(64, 64), heatmap_size=(32, 32), sigma=1.5, beta=60
    )
    model = dict(
        type='TopdownPoseEstimator',
        data_preprocessor=dict(
            type='PoseDataPreprocessor', mean=[120.0] * 3, std=[60.0] * 3, bgr_to_rgb=True
        ),
        backbone=dict(type='TinyBackbone', channels=8),
        head=dict(
            type='HeatmapHead',
            in_channels=8,
            out_channels=17,
            deconv_out_channels=None,
            loss=dict(type='KeypointMSELoss', use_target_weight=True, loss_weight=1000.0),
            decoder=codec,
        ),
        test_cfg=dict(flip_test=False),
    )
    Config(dict(model=model)).dump(file)
    return str(file)


def run_with_tiny_network(*words: str) -> None:
    """``mmpose-addons ...`` in a process that knows :func:`write_tiny_network`'s network."""
    from mmpose_addons_cli.main import main

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's & ignores it
    os.setpgrp()  # so that a signal can reach it and the processes that load images
    sys.exit(main([*words]))
