#!/usr/bin/env python
"""Write a sheet of test faces: true landmarks green, predicted ones red, axes of the head."""

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from mmengine.config import Config, DictAction
from mmengine.dataset import pseudo_collate
from mmengine.registry import init_default_scope
from mmpose.apis import init_model
from mmpose.registry import DATASETS
from rich.progress import track

from mmpose_addons.fileio import written_whole
from mmpose_addons.functional import face_errors, face_layout, group_distance
from mmpose_addons.visualization.face_sheet import face_picture, sheet


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: face_sheet.py configs/face_2d_keypoint/wing/wflw/'
        'td-reg_mobilenetv2_pixelwing_8xb64-210e_wflw-128x128.py best.pth --out sheet.png',
    )
    parser.add_argument('config', type=Path)
    parser.add_argument('checkpoint', type=Path)
    parser.add_argument('--out', type=Path, required=True, help='PNG or JPEG to write')
    parser.add_argument('--count', type=int, default=12, help='faces (default: 12)')
    parser.add_argument('--columns', type=int, default=4, help='a row (default: 4)')
    parser.add_argument('--cell', type=int, default=320, help='px a face (default: 320)')
    parser.add_argument('--device', default='cpu', help='such as cuda:0 (default: cpu)')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, metavar='KEY=VALUE')
    return parser.parse_args()


def pictures(args: argparse.Namespace) -> list[np.ndarray]:
    config = Config.fromfile(args.config)
    config.merge_from_dict(args.cfg_options or {})
    init_default_scope(config.default_scope)
    model = init_model(config, str(args.checkpoint), args.device)
    faces = DATASETS.build(config.test_dataloader.dataset)
    chosen = np.linspace(0, len(faces) - 1, min(args.count, len(faces))).round().astype(int)
    found = []
    for index in track(chosen.tolist(), 'faces'):
        (sample,) = model.test_step(pseudo_collate([faces[index]]))
        truth = sample.gt_instances.keypoints[0].astype(float)
        visible = sample.gt_instances.keypoints_visible[0] > 0
        predicted = sample.pred_instances.keypoints[0].astype(float)
        corners = face_layout(len(truth)).outer_eye_corners
        eyes = group_distance(truth[None], *corners)
        (nme,) = face_errors(predicted[None], truth[None], visible[None], eyes)
        image = cv2.imread(sample.img_path)
        text = f'NME {100 * nme:.2f} %'
        found.append(face_picture(image, truth, visible, predicted, text, args.cell))
    return found


def main() -> int:
    args = parse_args()
    try:
        picture = sheet(pictures(args), args.columns)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    with written_whole(args.out) as unfinished:
        cv2.imwrite(str(unfinished), picture)
    print(f'Pictures: {args.out.resolve()}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
