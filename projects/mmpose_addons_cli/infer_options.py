"""Options of ``mmpose-addons infer``."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.projects.save_predictions import FORMATS

from .argument_types import folder_path, whole_number
from .infer_parts import add_options
from .ray_options import check_ray_options


def parse_args(argv: Sequence[str] | None, description: str | None) -> argparse.Namespace:
    """Parse and check what can be checked without a file.

    Returns:
        The options, and those that :func:`check_options` adds.
    """
    parser = make_parser(description)
    args = parser.parse_args(argv)
    check_options(args, parser)
    return args


def make_parser(description: str | None) -> argparse.ArgumentParser:
    """Return the parser of the command."""
    parser = argparse.ArgumentParser(
        prog='mmpose-addons infer',
        description=description,
        epilog='examples:\n'
        'mmpose-addons infer photos/ --pose lpn.py lpn.pth --det rtmdet.py rtmdet.pth '
        '--out poses --save-json\n'
        'mmpose-addons infer dance.mp4 --pose lpn.onnx --det rtmdet.onnx '
        '--out poses --save-video --smooth',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        'inputs',
        nargs='+',
        metavar='INPUT',
        help="image, folder, video, a camera's number, or a stream such as rtsp://...",
    )
    parser.add_argument(
        '--pose',
        nargs='+',
        required=True,
        metavar=('CONFIG', 'CHECKPOINT'),
        help='config and checkpoint of MMPose, or one ONNX file of "mmpose-addons export"',
    )
    parser.add_argument(
        '--det',
        nargs='+',
        metavar=('CONFIG', 'CHECKPOINT'),
        help='config and checkpoint of MMDet, or one ONNX file of "mmpose-addons '
        'export-detector"; without it the whole image is the box',
    )
    parser.add_argument('--category', help='class of the detector, name or number (default: 0)')
    parser.add_argument(
        '--out', type=folder_path, required=True, help='folder for what is written'
    )
    parser.add_argument(
        '--force',
        action='store_true',
        help='also overwrite files in --out that no earlier run of infer has written',
    )
    parser.add_argument(
        '--save-json', action='store_true', help='write OUT/results.json, COCO results'
    )
    parser.add_argument(
        '--save-as',
        nargs='+',
        choices=('coco', *FORMATS),
        default=[],
        help='also write the poses as DeepLabCut, SLEAP or Lightning Pose do, or as one csv '
        'table; coco is --save-json',
    )
    parser.add_argument(
        '--ann', type=Path, help='COCO file whose ids of images and category results.json takes'
    )
    parser.add_argument(
        '--ann-boxes',
        action='store_true',
        help='take the boxes from the annotations of --ann, not from a detector',
    )
    parser.add_argument(
        '--category-id',
        metavar='ID',
        help='category of --ann, id or name, to write (default: the one with as many keypoints '
        'as the network)',
    )
    parser.add_argument(
        '--save-video', action='store_true', help='a video for each input, not images'
    )
    parser.add_argument('--no-visualizations', action='store_true', help='draw nothing')
    parser.add_argument(
        '--on-error',
        choices=('skip', 'stop'),
        default='skip',
        help='pass over what cannot be read and name it, with exit code 3, or stop there with '
        'exit code 1 (%(default)s)',
    )
    parser.add_argument(
        '--track', choices=('oks', 'iou'), help='number people through each input'
    )
    parser.add_argument(
        '--smooth', action='store_true', help='One-Euro filter on tracks (by OKS if not said)'
    )
    parser.add_argument(
        '--device',
        help='cpu, cuda, cuda:1, ...; with ONNX files alone also tensorrt, coreml, openvino '
        '(default: cuda where there is one)',
    )
    parser.add_argument(
        '--threads', type=whole_number, help='of onnxruntime on a CPU, with ONNX files alone'
    )
    parser.add_argument(
        '--batch-size', type=whole_number, help='crops (default: 32, on a CPU 4)'
    )
    parser.add_argument('--box-threshold', type=float, help='of --det (default: 0.3)')
    parser.add_argument('--pose-threshold', type=float, default=0.0, help='%(default)s')
    parser.add_argument(
        '--keypoint-threshold',
        type=float,
        default=0.3,
        help='keypoints with a lower score are not drawn (%(default)s)',
    )
    parser.add_argument('--padding', type=float, help="crop over box (default: the config's)")
    parser.add_argument(
        '--flip-test', action=argparse.BooleanOptionalAction, help="default: the config's"
    )
    add_options(parser)
    return parser


def check_options(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """End the command if options do not fit, and add what follows from them.

    These are ``formats``, a set; ``files``, the list of networks and annotations that are read;
    and ``onnx_alone``, whether PyTorch is not needed.
    """
    check_ray_options(args, parser)
    for name, files in (('--pose', args.pose), ('--det', args.det or [])):
        if len(files) > 2 or (len(files) == 1 and not is_onnx(files[0])):
            parser.error(
                f'{name} takes a config and a checkpoint, or one .onnx file, got '
                f'{" ".join(files)}'
            )
    args.onnx_alone = len(args.pose) == 1 and len(args.det or ['']) == 1
    if args.flip_test is not None and len(args.pose) == 1:
        parser.error('--flip-test is an option of "mmpose-addons export" for an ONNX file')
    if args.threads is not None and not args.onnx_alone:
        parser.error('--threads is for ONNX files alone')
    for name, default in (('category', '0'), ('box_threshold', 0.3)):
        if getattr(args, name) is None:
            setattr(args, name, default)
        elif not args.det:
            parser.error(f'--{name.replace("_", "-")} needs --det')
    if args.ann_boxes and (args.det or not args.ann):
        parser.error('--ann-boxes needs --ann, and no --det')
    if args.category_id is not None and not args.ann:
        parser.error('--category-id needs --ann')
    args.save_json |= 'coco' in args.save_as
    args.formats = set(args.save_as) - {'coco'}
    args.files = [*args.pose, *(args.det or ()), *([args.ann] if args.ann else ())]


def is_onnx(file: str) -> bool:
    """Return whether a file's suffix is that of an ONNX file."""
    return Path(file).suffix.lower() == '.onnx'
