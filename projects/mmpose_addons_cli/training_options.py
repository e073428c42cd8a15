"""Options and the course of the commands ``adapt`` and ``fit``."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmpose_addons.training_run.options import Options

NETWORKS = ('lpn-50', 'hrnet-w32', 'resnet-50')


def add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        '--labelled', type=Path, required=True, help='folder that "mmpose-addons import" made'
    )
    parser.add_argument(
        '--model',
        default='lpn-50',
        metavar='NAME',
        help=f'{", ".join(NETWORKS)}, or a top-down config of MMPose (default: lpn-50)',
    )
    parser.add_argument(
        '--start', type=Path, metavar='CHECKPOINT', help='weights of the same network'
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
        '--minutes',
        type=float,
        metavar='M',
        help='plan the training for so long, by the measured time of a step',
    )
    parser.add_argument(
        '--dry-run', action='store_true', help='check, say what will be done, write configs'
    )
    parser.add_argument(
        '--out',
        type=Path,
        required=True,
        metavar='RUN',
        help='folder of the run; the same command goes on with a run that was stopped',
    )


def carry_out(name: str, options: 'Options', dry_run: bool) -> int:
    """Prepare and run; the exit code."""
    # seconds that --help need not take
    from mmpose.utils import register_all_modules

    from mmpose_addons.training_run.run import prepare, run
    from mmpose_addons.visualization.training_report import score_rows, training_report
    from mmpose_addons_core.fileio import atomic_write

    if options.minutes is not None and options.minutes <= 0:
        print(f'{name}: --minutes must be positive, got {options.minutes}', file=sys.stderr)
        return 2
    register_all_modules()
    try:
        labelled, lines = prepare(options)
    except (ValueError, OSError) as error:
        print(f'{name}: {error}', file=sys.stderr)
        return 2
    for line in lines:
        print(f'{name}: {line}', flush=True)
    if dry_run:
        print(f'{name}: nothing was trained; the same command without --dry-run goes on')
        return 0
    scores = run(options, labelled)
    for row in score_rows(scores):
        print(f'{name}: {row[0]}: PCK@0.05 {row[1]}, PCK@0.1 {row[2]}, mean error {row[3]} px')
    commands = next_commands(options)
    labels = next(
        (
            folder
            for folder in (
                options.out / 'adapt/pseudo_labels',
                options.out / 'adapt/teacher_labels',
            )
            if any(folder.glob('epoch_*.npz'))
        ),
        None,
    )
    page = training_report(
        f'mmpose-addons {name}: {options.out.name}',
        lines,
        scores,
        labels,
        options.target / 'frames',
        commands,
    )
    report = options.out / 'report.html'
    with atomic_write(report) as unfinished:
        unfinished.write_text(page, encoding='utf-8')
    print(f'{name}: report: {report.resolve()}')
    return 0


def next_commands(options: 'Options') -> list[str]:
    """Return what to type next."""
    network = f'{options.source} {options.network}'
    commands = [
        f'mmpose-addons infer VIDEO --pose {network} --out {options.out / "poses"} '
        '--save-as dlc slp lightning-pose csv',
        f'mim test mmpose {options.source} --checkpoint {options.network}',
    ]
    if options.adapts:
        commands.append(
            f'mmpose-addons frames-to-label {options.target / "frames.json"} --images '
            f'{options.target / "frames"} --like {options.labelled / "annotations/train.json"} '
            f'--out {options.out / "to_label.json"}'
        )
    else:
        commands.append(
            f'mmpose-addons adapt --labelled {options.labelled} --start {options.network} '
            f'--model {options.model} --unlabelled VIDEO --out {options.out}_adapted'
        )
    return commands
