"""Find poses in pictures, folders and videos.

By default a picture with the poses is written for each picture or frame, into OUT/pictures.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons infer',
        description=__doc__,
        epilog='examples:\n'
        'mmpose-addons infer photos/ --pose lpn.py lpn.pth --det rtmdet.py rtmdet.pth '
        '--out poses --save-json\n'
        'mmpose-addons infer dance.mp4 --pose lpn.onnx --det rtmdet.py rtmdet.pth '
        '--out poses --save-video --smooth',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('inputs', nargs='+', metavar='INPUT', help='picture, folder or video')
    parser.add_argument(
        '--pose',
        nargs='+',
        required=True,
        metavar=('CONFIG', 'CHECKPOINT'),
        help='config and checkpoint of MMPose, or one ONNX file of "mmpose-addons export"',
    )
    parser.add_argument(
        '--det',
        nargs=2,
        metavar=('CONFIG', 'CHECKPOINT'),
        help='MMDet detector; without one the whole picture is the box',
    )
    parser.add_argument(
        '--category', default='0', help='class of the detector, name or number (%(default)s)'
    )
    parser.add_argument('--out', type=Path, required=True, help='folder for what is written')
    parser.add_argument(
        '--save-json', action='store_true', help='write OUT/results.json, COCO results'
    )
    parser.add_argument(
        '--ann', type=Path, help="COCO file whose image ids results.json takes, by file's name"
    )
    parser.add_argument(
        '--save-video', action='store_true', help='a video for each input, not pictures'
    )
    parser.add_argument('--no-pictures', action='store_true', help='draw nothing')
    parser.add_argument(
        '--track', choices=('oks', 'iou'), help='number people through each input'
    )
    parser.add_argument(
        '--smooth', action='store_true', help='One-Euro filter on tracks (by OKS if not said)'
    )
    parser.add_argument('--device', help='cpu, cuda, ... (default: cuda where there is one)')
    parser.add_argument('--batch-size', type=int, help='crops (default: 32, on a CPU 4)')
    parser.add_argument('--box-threshold', type=float, default=0.3, help='%(default)s')
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
    args = parser.parse_args(argv)
    if len(args.pose) > 2:
        parser.error('--pose takes a config and a checkpoint, or one ONNX file')
    return args


@in_one_line('infer')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    # seconds that --help need not take
    from mmpose_addons.apis import BoxDetector, PosePipeline
    from mmpose_addons.apis.frames import count_frames
    from mmpose_addons.apis.infer import infer, read_image_ids

    try:
        count_frames(args.inputs)  # finds what is missing before networks are loaded
        image_ids = read_image_ids(args.ann) if args.ann else None
        pipeline = PosePipeline(
            args.pose[0] if len(args.pose) == 1 else tuple(args.pose),
            batch_size=args.batch_size,
            flip_test=args.flip_test,
            padding=args.padding,
            pose_threshold=args.pose_threshold,
            device=args.device,
        )
        if args.det:
            config, checkpoint = args.det
            pipeline.detector = BoxDetector(
                config,
                checkpoint,
                pipeline.device,
                category=int(args.category) if args.category.isdigit() else args.category,
                threshold=args.box_threshold,
            )
        people = infer(
            args.inputs,
            pipeline,
            args.out,
            save_json=args.save_json,
            image_ids=image_ids,
            save_pictures=args.save_video or not args.no_pictures,
            save_video=args.save_video,
            track=args.track,
            smooth=args.smooth,
            keypoint_threshold=args.keypoint_threshold,
        )
    except (ValueError, OSError) as error:
        print(f'infer: {error}', file=sys.stderr)
        return 2
    print(f'{people} people; written to {args.out}')
    return 0
