"""Write a detector of MMDetection as ONNX, with scaling of the image and suppression of boxes.

The file takes images (B, H, W, 3), uint8, BGR, of any size, and returns boxes (N, 5): x1, y1,
x2, y2 in px of the image and a score, with labels (N,) and image indices (N,). RTMDet and YOLOX
can be exported. Before the command ends, the boxes of the file in onnxruntime are compared with
those of MMDetection in toy images of several sizes, or in yours. Exit code: 0 both agree, 1
they differ or there was no box to compare, 2 wrong usage.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmpose_addons_core.fileio import refuse_input, refuse_outputs
from mmpose_addons_toys import RENDERERS

from .argument_types import whole_number
from .errors import in_one_line

if TYPE_CHECKING:
    from mmpose_addons.estimators.detector_network import DetectorNetwork

TOLERANCE, MARGIN = 0.05, 0.001  # px of the network's input; score
HALF_TOLERANCE, HALF_MARGIN = 1.0, 0.02
CLEAR_SCORE = 0.3
"""From here float16 and int8 are compared: small differences change which of two boxes with low
scores stays."""
CHECKED, CHECKED_INT8 = 8, 40  # images


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons export-detector',
        description=__doc__,
        epilog='example: mmpose-addons export-detector rtmdet.py rtmdet.pth rtmdet.onnx '
        '--images photos/ --score-threshold 0.1',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('config', type=Path, help='config of MMDetection')
    parser.add_argument('checkpoint', type=Path, help='its weights')
    parser.add_argument('out', type=Path, help='ONNX file to write')
    parser.add_argument(
        '--score-threshold',
        type=float,
        help="boxes with a lower score are left out (default: the config's)",
    )
    parser.add_argument(
        '--dynamic-batch', action='store_true', help='any number of images of one size'
    )
    parser.add_argument('--half', action='store_true', help='float16 inside (for GPUs)')
    parser.add_argument(
        '--int8', type=Path, metavar='OUT', help='write an int8 copy too, calibrated on'
    )
    parser.add_argument(
        '--calibrate',
        type=whole_number,
        default=100,
        metavar='N',
        help='N images (%(default)s)',
    )
    parser.add_argument(
        '--images', type=Path, help='folder of images to compare and calibrate with'
    )
    parser.add_argument(
        '--subject',
        choices=RENDERERS,
        default='people',
        help='without --images: toys to draw (%(default)s)',
    )
    parser.add_argument('--force', action='store_true', help='overwrite')
    args = parser.parse_args(argv)
    if args.score_threshold is not None and not 0 <= args.score_threshold < 1:
        parser.error(f'--score-threshold must be from 0 to 1, got {args.score_threshold}')
    return args


@in_one_line('export-detector')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.out, args.int8], [args.config, args.checkpoint], force=args.force)
    count = CHECKED_INT8 if args.int8 else CHECKED
    given = _given(args, count + args.calibrate if args.int8 else count)
    # these imports are slow, so --help does not wait for them
    try:
        from mmpose_addons.estimators.detector_network import DetectorNetwork

        network = DetectorNetwork(args.config, args.checkpoint, 'cpu', args.score_threshold)
        return _export(args, network, given, count)
    except ImportError as error:
        print(f'export-detector: {error}', file=sys.stderr)
        return 2


def _export(
    args: argparse.Namespace,
    network: 'DetectorNetwork',
    given: list[np.ndarray],
    count: int,
) -> int:
    """Write and check the files; return the exit code."""
    from mmpose_addons.export.detector_checks import box_differences
    from mmpose_addons.export.detector_file import (
        export_detector,
        quantise_detector,
        run_detector,
    )
    from mmpose_addons.export.toy_crops import toy_images

    about = export_detector(network, args.out, None if args.dynamic_batch else 1, args.half)
    images = given[:count] or toy_images(count, args.subject, seed=1)
    expected = [network([image])[0] for image in images]
    clear = max(about.score_threshold, CLEAR_SCORE)
    threshold = clear if args.half else about.score_threshold
    found = run_detector(args.out, images)
    margin = HALF_MARGIN if args.half else MARGIN
    difference = box_differences(found, expected, threshold, margin, about.max_boxes)
    where = f'({len(images)} images, scores from {threshold})'
    print(f'{args.out} and MMDetection: {difference} {where}')
    if args.int8:
        calibration = given[count:] or given or toy_images(args.calibrate, args.subject)
        quantise_detector(args.out, args.int8, calibration)
        found = run_detector(args.int8, images)
        eight = box_differences(found, expected, clear, 0.0, about.max_boxes)
        print(f'{args.int8} and MMDetection: {eight.spread()} (scores from {clear})')
    if not len(difference.distances) and not difference.lone:
        print(
            f'export-detector: no box has a score above {threshold}, so nothing was compared; '
            'give --images in which the detector finds something',
            file=sys.stderr,
        )
        return 1
    # image px per px of the network's input
    scale = max(max(image.shape[:2]) for image in images) / max(about.input_size)
    tolerance = (HALF_TOLERANCE if args.half else TOLERANCE) * max(scale, 1)
    if difference.lone or difference.distances.max(initial=0) > tolerance:
        print(
            f'export-detector: more than {tolerance:.2g} px, or other boxes: do not use '
            f'{args.out}',
            file=sys.stderr,
        )
        return 1
    return 0


def _given(args: argparse.Namespace, count: int) -> list[np.ndarray]:
    """Read at most so many images of --images, evenly chosen; no output replaces one."""
    from mmpose_addons_core.even_choice import evenly_chosen
    from mmpose_addons_core.media.images import read_image
    from mmpose_addons_core.media.kinds import images_in

    if args.images is None:
        return []
    files, _ = images_in(args.images)
    for target in filter(None, (args.out, args.int8)):
        refuse_input(target, files)
    return [read_image(files[index]) for index in evenly_chosen(len(files), count)]
