"""Options and the course of the commands ``adapt`` and ``train --labelled``."""

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmpose_addons_core.choices import RUN_NETWORKS
from mmpose_addons_core.class_names import number_or_name

from .argument_types import folder_path, positive_number, seed_number, whole_number
from .errors import EXIT_SKIPPED

if TYPE_CHECKING:
    from mmpose_addons.training_run.options import Options


def add_common(parser: argparse.ArgumentParser, boxes: str) -> None:
    """Add the options of both commands; ``boxes`` is the help of ``--boxes``."""
    parser.add_argument(
        '--labelled', type=Path, required=True, help='folder that "mmpose-addons import" made'
    )
    parser.add_argument(
        '--model',
        default='lpn-50',
        metavar='NAME',
        help=f'{", ".join(RUN_NETWORKS)}, or a top-down config of MMPose (default: lpn-50)',
    )
    parser.add_argument(
        '--start',
        type=Path,
        metavar='CHECKPOINT',
        help='weights of the same network for the same keypoints',
    )
    parser.add_argument(
        '--test', type=Path, metavar='ANN', help='COCO file of labelled images to test on'
    )
    parser.add_argument(
        '--test-images',
        type=Path,
        metavar='DIR',
        help='their folder (default: the folder of ANN; of annotations/ANN it is images/)',
    )
    parser.add_argument(
        '--boxes',
        nargs='+',
        default=[],
        metavar='BOXES',
        help=boxes,
    )
    parser.add_argument(
        '--category', default='0', help='class of the detector, name or number (%(default)s)'
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        '--minutes',
        type=positive_number,
        default=20.0,
        metavar='M',
        help='time of the whole command, with tests and report (default: 20)',
    )
    length.add_argument(
        '--steps',
        type=whole_number,
        metavar='N',
        help='training steps of each network, in place of a time; the same options then give '
        'the same network',
    )
    parser.add_argument(
        '--seed',
        type=seed_number,
        default=0,
        help='of weights, samples and augmentation (0)',
    )
    parser.add_argument(
        '--no-crop-cache',
        action='store_true',
        help='decode images each time; by default what crops need of them is kept in RUN/crops',
    )
    parser.add_argument(
        '--dry-run', action='store_true', help='check, say what will be done, write configs'
    )
    parser.add_argument(
        '--out',
        type=folder_path,
        required=True,
        metavar='RUN',
        help='folder of the run; the same command goes on with a run that was stopped',
    )


def common_options(args: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of ``Options`` that both commands have."""
    model = Path(args.model)
    return dict(
        labelled=args.labelled.absolute(),
        out=args.out.absolute(),
        model=str(model.absolute()) if model.is_file() else args.model,
        start=args.start,
        boxes=tuple(
            str(Path(box).absolute()) if Path(box).is_file() else box for box in args.boxes
        ),
        category=number_or_name(args.category),
        test=args.test,
        test_images=args.test_images,
        minutes=None if args.steps is not None else args.minutes,
        steps=args.steps,
        seed=args.seed,
        crop_cache=not args.no_crop_cache,
    )


def carry_out(name: str, options: 'Options', dry_run: bool, begin: float) -> int:
    """Prepare and run; the exit code.

    Args:
        name: Of the command.
        options: What the user has asked for.
        dry_run: Whether to end before training.
        begin: Of the command, by ``time.monotonic()``.
    """
    # seconds that --help need not take
    from mmpose.utils import register_all_modules

    from mmpose_addons.training_run.prepare import checked_inputs, prepare
    from mmpose_addons.training_run.report import score_rows, write_report
    from mmpose_addons.training_run.run import Run
    from mmpose_addons.training_run.watch import RunStoppedError
    from mmpose_addons_core.folder_lock import lock_folder
    from mmpose_addons_core.stop_signals import stop_request
    from mmpose_addons_core.training_plan import RunClock

    register_all_modules()
    inputs = checked_inputs(options)
    with lock_folder(options.out):
        clock = RunClock(options.clock, begin)
        plan = prepare(options, inputs, clock)
        done = EXIT_SKIPPED if plan.unread else 0
        for line in plan.lines:
            print(f'{name}: {line}', flush=True)
        if dry_run:
            print(f'{name}: nothing was trained; the same command without --dry-run goes on')
            return done
        with stop_request() as stop:
            try:
                scores = Run(options, plan, clock, stop).carry_out()
            except RunStoppedError as reason:
                clock.save()
                print(
                    f'{name}: stopped ({reason}); what is done is in {options.out}, and the '
                    'same command goes on',
                    file=sys.stderr,
                )
                return stop.exit_code or 1
            commands = next_commands(options)
            report = write_report(f'mmpose-addons {name}', options, plan, scores, commands)
    for row in score_rows(scores):
        print(f'{name}: {row[0]}: PCK@0.05 {row[1]}, PCK@0.1 {row[2]}, mean error {row[3]} px')
    print(f'{name}: {clock.spent / 60:.1f} minutes; report: {report}')
    return done


def next_commands(options: 'Options') -> list[tuple[str, str]]:
    """Return what to do next, and the command."""
    out = options.out
    detector = ['--det', *options.detector] if options.detector else []
    video = options.unlabelled[0] if options.unlabelled else 'VIDEO'
    commands = [
        (
            'Poses in a video, drawn, and as DeepLabCut, SLEAP and Lightning Pose write them',
            ['mmpose-addons', 'infer', video, '--pose', options.source, options.network]
            + [*detector, '--out', out / 'poses', '--save-video', '--smooth']
            + ['--save-as', 'dlc', 'slp', 'lightning-pose'],
        ),
        (
            'The scores once more',
            ['mmpose-addons', 'test', options.source, options.network],
        ),
    ]
    if options.adapts:
        like = options.labelled / 'annotations/train.json'
        commands.append(
            (
                'Frames to label by hand, which differ most from each other; give the labels '
                'to --few of the next run',
                ['mmpose-addons', 'frames-to-label', options.target / 'frames.json', '--images']
                + [options.target / 'frames', '--like', like, '--out', out / 'to_label.json'],
            )
        )
    else:
        commands.append(
            (
                'Adapt this network to a new video without labels',
                ['mmpose-addons', 'adapt', '--labelled', options.labelled, '--start']
                + [options.network, '--model', options.model, '--unlabelled', 'VIDEO']
                + ['--boxes', *options.boxes] * bool(options.detector)
                + ['--out', f'{out}_adapted'],
            )
        )
    return [(what, shlex.join(map(str, words))) for what, words in commands]
