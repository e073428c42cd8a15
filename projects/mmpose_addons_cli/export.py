"""Write a top-down network as ONNX, with normalisation and, by --decode, with decoding.

The file takes crops (B, h, w, 3), uint8, BGR, and returns (B, K, 3): x, y in px of the crop and
a score; without --decode it returns the head's output. Before the command ends, the file is run
in onnxruntime and in PyTorch on toy images. Exit code: 0 both agree, 1 they differ, 2 wrong
usage.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmpose_addons_core.choices import DECODERS
from mmpose_addons_core.fileio import refuse_outputs
from mmpose_addons_toys import RENDERERS

from .argument_types import whole_number
from .errors import in_one_line

TOLERANCE = 0.05  # px of the crop
HALF_TOLERANCE = 0.5
CHECKED, CHECKED_INT8 = 8, 40  # crops


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons export',
        description=__doc__,
        epilog='example: mmpose-addons export lpn.py lpn.pth lpn.onnx --decode --dynamic-batch',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('config', type=Path, help='top-down config of MMPose')
    parser.add_argument('checkpoint', type=Path, help='its weights')
    parser.add_argument('out', type=Path, help='ONNX file to write')
    parser.add_argument(
        '--decode',
        nargs='?',
        const='codec',
        choices=('codec', *DECODERS),
        help="read the keypoints in the graph, as the config's codec does or as named",
    )
    parser.add_argument('--flip-test', action='store_true', help='average with the mirror')
    parser.add_argument('--dynamic-batch', action='store_true', help='any number of crops')
    parser.add_argument('--half', action='store_true', help='float16 inside (for GPUs)')
    parser.add_argument(
        '--int8', type=Path, metavar='OUT', help='write an int8 copy too, calibrated on'
    )
    parser.add_argument(
        '--subject', choices=RENDERERS, default='people', help='such toys (%(default)s)'
    )
    parser.add_argument(
        '--calibrate',
        type=whole_number,
        default=100,
        metavar='N',
        help='of N crops (%(default)s)',
    )
    parser.add_argument('--force', action='store_true', help='overwrite')
    return parser.parse_args(argv)


def compared(name: str, difference: tuple[float, float], decoded: bool) -> str:
    if not decoded:
        return f'{name}: largest difference of an output {difference[0]:.1e} of the largest'
    return f'{name}: largest difference {difference[0]:.4f} px, score {difference[1]:.1e}'


def spread(name: str, distances: np.ndarray) -> str:
    within, largest = np.percentile(distances, 99), distances.max()
    return (
        f'{name}: mean difference {distances.mean():.2f} px, 99 of 100 keypoints within '
        f'{within:.1f} px, largest {largest:.1f} px'
    )


@in_one_line('export')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.out, args.int8], [args.config, args.checkpoint], force=args.force)
    # these imports are slow, so --help does not wait for them
    from mmpose_addons.estimators.loading import load_pose_model
    from mmpose_addons.export import (
        PoseGraph,
        expected_outputs,
        export_onnx,
        keypoint_distances,
        largest_difference,
        quantise_onnx,
        run_onnx,
        toy_crops,
    )

    try:
        model = load_pose_model(args.config, args.checkpoint, 'cpu')
        graph = PoseGraph(model, args.decode, args.flip_test, args.half)
        batch_size = None if args.dynamic_batch else 1
        export_onnx(graph, model.dataset_meta, args.out, batch_size)
        count = CHECKED_INT8 if args.int8 else CHECKED
        crops = toy_crops(graph.geometry, count, args.subject, seed=1)
        decoded = args.decode is not None
        expected = expected_outputs(model, args.decode, args.flip_test, crops)
        difference = largest_difference(run_onnx(args.out, crops), expected, decoded)
        print(compared(f'{args.out} and PyTorch', difference, decoded))
        if args.int8:
            calibration = toy_crops(graph.geometry, args.calibrate, args.subject)
            quantise_onnx(args.out, args.int8, calibration)
            name = f'{args.int8} and PyTorch'
            found = run_onnx(args.int8, crops)
            if decoded:
                print(spread(name, keypoint_distances(found, expected)))
            else:
                print(compared(name, largest_difference(found, expected, decoded), decoded))
    except ImportError as error:
        print(f'export: {error}', file=sys.stderr)
        return 2
    tolerance = HALF_TOLERANCE if args.half else TOLERANCE
    if difference[0] > tolerance:
        print(f'more than {tolerance}: do not use {args.out}', file=sys.stderr)
        return 1
    return 0
