"""Find poses in images, folders and videos.

By default an image with the poses is written for each image or frame, into OUT/visualizations.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mmpose_addons_core.projects.save_predictions import (
    FORMATS,
    check_formats,
    save_predictions,
    scorer_name,
    target_files,
)

from .summaries import some_lines

if TYPE_CHECKING:
    from mmpose_addons.apis import PosePipeline
    from mmpose_addons_runtime.collected_predictions import CollectedPredictions
    from mmpose_addons_runtime.infer import InferReport
    from mmpose_addons_runtime.sources import Source

from .errors import in_one_line

SKIPPED = 3


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
        nargs=2,
        metavar=('CONFIG', 'CHECKPOINT'),
        help='MMDet detector; without one the whole image is the box',
    )
    parser.add_argument(
        '--category', default='0', help='class of the detector, name or number (%(default)s)'
    )
    parser.add_argument('--out', type=Path, required=True, help='folder for what is written')
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
    if args.ann_boxes and (args.det or not args.ann):
        parser.error('--ann-boxes needs --ann, and no --det')
    if args.category_id is not None and not args.ann:
        parser.error('--category-id needs --ann')
    args.save_json |= 'coco' in args.save_as
    args.formats = set(args.save_as) - {'coco'}
    return args


@in_one_line('infer')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    # seconds that --help need not take
    from mmpose_addons.apis import BoxDetector, PosePipeline
    from mmpose_addons_core.folder_lock import lock_folder
    from mmpose_addons_core.stop_signals import stop_request
    from mmpose_addons_runtime.annotated_inputs import join_annotations, with_category
    from mmpose_addons_runtime.infer import infer
    from mmpose_addons_runtime.output_plan import plan_outputs
    from mmpose_addons_runtime.sources import find_sources

    try:
        # what is missing is found before networks are loaded
        check_formats(args.formats)
        sources, left_out = find_sources(args.inputs)
        annotated = join_annotations(sources, args.ann, args.ann_boxes) if args.ann else None
        files = [*args.pose, *(args.det or ()), *([args.ann] if args.ann else ())]
        collected = _collected(args, sources, files) if args.formats else None
        draws = args.save_video or not args.no_visualizations
        plan = plan_outputs(
            args.inputs,
            sources,
            args.out,
            files,
            results=args.save_json,
            images=draws and not args.save_video,
            videos=args.save_video,
        )
        _say_before(plan.notes, left_out)
        pipeline = PosePipeline(
            args.pose[0] if len(args.pose) == 1 else tuple(args.pose),
            batch_size=args.batch_size,
            flip_test=args.flip_test,
            padding=args.padding,
            pose_threshold=args.pose_threshold,
            device=args.device,
        )
        if annotated:
            count = len(pipeline.metadata.names)
            annotated = with_category(annotated, args.ann, count, args.category_id)
        if args.det:
            config, checkpoint = args.det
            pipeline.detector = BoxDetector(
                config,
                checkpoint,
                pipeline.device,
                category=int(args.category) if args.category.isdigit() else args.category,
                threshold=args.box_threshold,
            )
        with lock_folder(args.out), stop_request() as stop:
            report = infer(
                sources,
                plan,
                pipeline,
                annotated=annotated,
                track=args.track,
                smooth=args.smooth,
                keypoint_threshold=args.keypoint_threshold,
                stop_on_error=args.on_error == 'stop',
                stop=stop,
                collected=collected,
            )
            if collected:
                _save_as(args, collected, pipeline, report)
    except ValueError as error:
        print(f'infer: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('infer: stopped before the first frame', file=sys.stderr)
        return 130
    _say_after(report, args.out)
    return report.exit_code


def _collected(
    args: argparse.Namespace, sources: 'Sequence[Source]', read: Sequence[str | Path]
) -> 'CollectedPredictions':
    """Collect predictions for --save-as, whose files replace nothing that is read."""
    from mmpose_addons_core.fileio import refuse_input
    from mmpose_addons_runtime.collected_predictions import CollectedPredictions

    collected = CollectedPredictions(sources)
    scorer = scorer_name(args.pose[0])
    files = target_files(collected.clips, args.out, args.formats, scorer)
    for file in (file for of_format in files.values() for file in of_format):
        refuse_input(file, [*read, *(source.path for source in sources)])
    return collected


def _save_as(
    args: argparse.Namespace,
    collected: 'CollectedPredictions',
    pipeline: 'PosePipeline',
    report: 'InferReport',
) -> None:
    """Write the formats of other tools; what fails is added to the report."""
    from mmpose_addons_runtime.collected_predictions import keypoints_of

    keypoints, scorer = keypoints_of(pipeline.metadata), scorer_name(args.pose[0])
    try:
        for file, left_out in save_predictions(
            collected.clips, keypoints, args.out, args.formats, scorer
        ):
            report.written.append(file)
            if left_out:
                print(f'infer: left out of {file}: {left_out}', file=sys.stderr)
    except OSError as error:
        report.failed.append(f'--save-as {" ".join(sorted(args.formats))}: {error}')
        report.exit_code = report.exit_code if report.exit_code > SKIPPED else 1


def _say_before(notes: Sequence[str], left_out: Sequence[Path]) -> None:
    from mmpose_addons_core.shown_names import shown

    for note in notes:
        print(f'infer: {note}', file=sys.stderr)
    if left_out:
        names = some_lines([shown(path) for path in left_out], ', ')
        print(
            f'infer: videos and folders within a folder are not read: {names}', file=sys.stderr
        )


def _say_after(report: 'InferReport', out: Path) -> None:
    """Print what was done to stdout, then what was not, and how it ended, to stderr."""
    frames = f'{report.frames} frame{"s" * (report.frames != 1)}'
    if report.total is not None and report.total != report.frames:
        frames = f'{report.frames} of {report.total} frames'
    without = f' ({report.empty} without anybody)' if report.empty else ''
    print(f'{report.people} people in {frames}{without}; written to {out}', flush=True)
    if report.bits:
        names = [f'{name} ({bits} bits)' for name, bits in report.bits.items()]
        print(
            'infer: 16-bit files that do not use their upper bits were scaled by the bits that '
            f'they use: {some_lines(names, ", ")}',
            file=sys.stderr,
        )
    if report.error is not None:
        import traceback

        traceback.print_exception(report.error)
    if report.failed:
        lines = some_lines(report.failed, '\n  ')
        print(f'infer: not written: {lines}', file=sys.stderr)
    if report.lost:
        count = sum(max(1, lost.count) for lost in report.lost)
        lines = some_lines([lost.message for lost in report.lost], '\n  ')
        print(f'infer: {count} frame{"s" * (count != 1)} skipped:\n  {lines}', file=sys.stderr)
    if report.stopped:
        total = '' if report.total is None else f' of {report.total}'
        print(
            f'infer: stopped after {report.frames}{total} frames: {report.stopped}',
            file=sys.stderr,
        )
