"""Write a report of pseudo-labels as one HTML file."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .argument_types import whole_number
from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons report',
        description=__doc__,
        epilog='example: mmpose-addons report work_dirs/ccssl/pseudo_labels '
        '--hidden data/tigdog/annotations/horse_train.json',
    )
    parser.add_argument(
        'labels', type=Path, help='epoch_<e>.npz of a round, or the folder of all rounds'
    )
    parser.add_argument('--hidden', type=Path, help="the target set's own labels, COCO JSON")
    parser.add_argument(
        '--images', type=Path, help='folder of the images (default: as training found them)'
    )
    parser.add_argument(
        '--diagnosis',
        type=Path,
        help='diagnosis.json of DiagnosisHook (default: beside the folder of the labels)',
    )
    parser.add_argument(
        '--columns', type=whole_number, default=8, help='images in a row (default: 8)'
    )
    parser.add_argument(
        '--out',
        type=Path,
        help='default: report.html beside the labels, which each call writes anew',
    )
    parser.add_argument('--force', action='store_true', help='overwrite the file of --out')
    args = parser.parse_args(argv)
    if args.out and args.out.suffix.lower() not in ('.html', '.htm'):
        parser.error(f'--out must be a file .html, got {args.out}')
    return args


def _check_images(folder: Path | None, names: Sequence[str]) -> None:
    """Say how many images of the labels are not there; refuse a folder without any.

    Raises:
        PseudoLabelError: The given folder has none of them.
    """
    from mmpose_addons_core.adaptation import PseudoLabelError
    from mmpose_addons_core.datasets.path_tails import moved_files

    files = moved_files(folder, names) if folder else map(Path, names)
    gone = [name for name, file in zip(names, files, strict=True) if not file.is_file()]
    if gone and folder is not None and len(gone) == len(names):
        raise PseudoLabelError(
            f'--images {folder} has none of the images of the labels, such as {gone[0]}'
        )
    if gone:
        print(f'{len(gone)} of {len(names)} images are not there: {gone[0]}', file=sys.stderr)


@in_one_line('report')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    # these imports are slow, so --help does not wait for them
    from mmpose_addons.visualization.diagnosis_table import read_diagnosis
    from mmpose_addons.visualization.pseudo_label_report import pseudo_label_report, read_rounds
    from mmpose_addons_core.adaptation.hidden_labels import hidden_labels
    from mmpose_addons_core.fileio import refuse_outputs, write_text

    if args.out:
        refuse_outputs([args.out], [args.labels, args.hidden, args.diagnosis], force=args.force)
    rounds = read_rounds(args.labels)
    hidden = hidden_labels(args.hidden, rounds[-1]) if args.hidden else None
    folder = args.labels if args.labels.is_dir() else args.labels.parent
    found = folder.parent / 'diagnosis.json'
    file = args.diagnosis or (found if found.is_file() else None)
    diagnosis = read_diagnosis(file) if file else ()
    _check_images(args.images, rounds[-1].file_name[rounds[-1].found].tolist())
    page = pseudo_label_report(rounds, hidden, args.images, args.columns, diagnosis)
    out = args.out or folder / 'report.html'
    refuse_outputs([out], [args.labels, args.hidden, file], force=True)
    write_text(out, page)
    if hidden is not None:
        _, given = hidden
        print(f'{args.hidden}: labels for {given.any(1).sum()} of {len(given)} samples')
    print(out.resolve())
    return 0
