"""Write a sheet of test faces with ground truth (green), predictions (red) and head axes."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mmpose_addons_core.fileio import refuse_input, refuse_outputs

from .argument_types import whole_number
from .config_options import config_options
from .errors import CommandError, in_one_line

if TYPE_CHECKING:
    import numpy as np


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons face-sheet',
        description=__doc__,
        epilog='example: mmpose-addons face-sheet configs/face_2d_keypoint/wing/wflw/'
        'td-reg_mobilenetv2_pixelwing-8xb64-210e_wflw-128x128.py best.pth --out sheet.png',
    )
    parser.add_argument('config', type=Path)
    parser.add_argument('checkpoint', type=Path)
    parser.add_argument('--out', type=Path, required=True, help='PNG or JPEG to write')
    parser.add_argument('--count', type=whole_number, default=12, help='faces (default: 12)')
    parser.add_argument(
        '--select',
        choices=('even', 'best', 'worst'),
        default='even',
        help='faces evenly spread over the test set, or those with the smallest or the largest '
        'error (default: even)',
    )
    parser.add_argument('--columns', type=whole_number, default=4, help='a row (default: 4)')
    parser.add_argument(
        '--cell', type=whole_number, default=320, help='px a face (default: 320)'
    )
    parser.add_argument('--device', help='cpu, cuda, ... (default: cuda where there is one)')
    parser.add_argument('--cfg-options', nargs='+', metavar='KEY=VALUE')
    parser.add_argument('--force', action='store_true', help='overwrite')
    return parser.parse_args(argv)


def face_images(args: argparse.Namespace) -> list['np.ndarray']:
    import numpy as np
    from mmengine.config import Config
    from mmengine.dataset import pseudo_collate
    from mmengine.registry import init_default_scope
    from mmpose.registry import DATASETS

    from mmpose_addons.datasets import MovedCropsDataset
    from mmpose_addons.estimators.devices import torch_device
    from mmpose_addons.estimators.loading import load_pose_model
    from mmpose_addons.visualization.face_sheet import face_image, selected_faces
    from mmpose_addons_core.even_choice import evenly_chosen
    from mmpose_addons_core.faces import face_layout
    from mmpose_addons_core.media.images import read_image
    from mmpose_addons_core.metrics import face_errors, group_distance
    from mmpose_addons_core.progress import track

    config = Config.fromfile(args.config)
    config.merge_from_dict(config_options(args.cfg_options))
    init_default_scope(config.default_scope)
    model = load_pose_model(config, args.checkpoint, torch_device(args.device))
    faces = DATASETS.build(config.test_dataloader.dataset)
    if isinstance(faces, MovedCropsDataset):
        faces = faces.dataset  # each face once, in its own box
    refuse_input(args.out, (faces.get_data_info(i)['img_path'] for i in range(len(faces))))
    count = min(args.count, len(faces))
    indices = np.arange(len(faces))
    if args.select == 'even':
        indices = np.array(evenly_chosen(len(faces), count))
    samples, errors = [], []
    for index in track(indices.tolist(), 'Faces'):
        (sample,) = model.test_step(pseudo_collate([faces[index]]))
        truth = sample.gt_instances.keypoints.astype(float)
        visible = sample.gt_instances.keypoints_visible > 0
        eyes = group_distance(truth, *face_layout(truth.shape[1]).outer_eye_corners)
        errors += face_errors(sample.pred_instances.keypoints, truth, visible, eyes).tolist()
        samples.append(sample)
    order = selected_faces(np.array(errors), count, args.select)
    if not len(order):
        raise CommandError(
            f'--select {args.select} needs faces with an error, got none of {len(errors)}: no '
            'landmark is visible, or the outer eye corners are at one point'
        )
    found = []
    for sample, nme in ((samples[index], errors[index]) for index in order.tolist()):
        image = read_image(sample.img_path)
        truth = sample.gt_instances.keypoints[0].astype(float)
        visible = sample.gt_instances.keypoints_visible[0] > 0
        predicted = sample.pred_instances.keypoints[0].astype(float)
        text = f'NME {100 * nme:.2f} %'
        found.append(face_image(image, truth, visible, predicted, text, args.cell))
    return found


@in_one_line('face-sheet')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.out], [args.config, args.checkpoint], force=args.force)
    # these imports are slow, so --help does not wait for them
    from mmpose_addons.visualization.face_sheet import sheet
    from mmpose_addons_core.image_writing import check_image_name, write_image

    check_image_name(args.out)
    drawn = sheet(face_images(args), args.columns)
    write_image(args.out, drawn)
    print(f'Sheet: {args.out.resolve()}')
    return 0
