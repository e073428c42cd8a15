"""Makes data sets of drawn pictures with exact labels, without a download."""

import argparse
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve()
# The toy package imports neither torch nor MMPose, and is found here without them:
# in a checkout, or in an installed package, which keeps its tools in .mim/tools.
for root in (HERE.parents[1] / 'projects' / 'mmpose_addons', HERE.parents[2]):
    if (root / 'datasets' / 'toy').is_dir():
        sys.path.insert(0, str(root / 'datasets'))
        break

from toy import ToyDataError, make_toy_animals, make_toy_people  # noqa: E402


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: python tools/make_toy_data.py people --out data/toy_people '
        '--images 3000 --seed 0',
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        '--out', required=True, help='folder of the data set; it must not hold others'
    )
    common.add_argument(
        '--images', type=int, required=True, help='pictures in train and val together'
    )
    common.add_argument('--seed', type=int, default=0, help='another seed gives other pictures')
    common.add_argument(
        '--val-fraction',
        type=float,
        default=0.1,
        help='share of the pictures in the val part (default: %(default)s)',
    )
    common.add_argument(
        '--workers',
        type=int,
        default=os.cpu_count() or 1,
        help='processes that draw; the pictures do not depend on it '
        '(default: %(default)s, the number of CPUs)',
    )
    common.add_argument(
        '--force', action='store_true', help='replace another toy data set in --out'
    )
    common.add_argument(
        '--size', type=int, default=256, help='height and width in px (%(default)s)'
    )
    subjects = parser.add_subparsers(dest='subject', required=True, metavar='SUBJECT')
    people = subjects.add_parser(
        'people',
        parents=[common],
        help="one to three people a picture with COCO's 17 keypoints",
        description='Draws people, one to three a picture, and writes images/{train,'
        'val}/*.jpg and COCO annotations annotations/people_{train,val}.json.',
    )
    people.add_argument(
        '--scenes',
        choices=('lively', 'calm'),
        default='lively',
        help='calm: front views without blur and with few objects in the way, which a small '
        'network learns in minutes (default: %(default)s)',
    )
    people.set_defaults(make=make_toy_people)
    animals = subjects.add_parser(
        'animals',
        parents=[common],
        help='one four-legged animal a picture with the 18 keypoints of TigDog',
        description='Draws horses, ponies and dogs and writes images/{train,val}/*.jpg and '
        'COCO annotations annotations/animals_{train,val}.json.',
    )
    animals.add_argument(
        '--domain',
        choices=('synthetic', 'real'),
        required=True,
        help='synthetic: one horse in random textures before random images; real: videos of 8 '
        'frames, with other animals, natural coats, clutter, blur, noise and compression',
    )
    animals.set_defaults(make=make_toy_animals)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    settings = vars(parse_args(argv))
    make, subject = settings.pop('make'), settings.pop('subject')
    start = time.perf_counter()
    try:
        written = make(**settings)
    except ToyDataError as error:
        print(f'make_toy_data.py: error: {error}', file=sys.stderr)
        return 2
    took = time.perf_counter() - start
    if written:
        print(f'{settings["images"]} pictures ({subject}) in {took:.1f} s:', end=' ')
    else:
        print(f'The same data set ({subject}) is already there:', end=' ')
    print(settings['out'])
    return 0


if __name__ == '__main__':
    sys.exit(main())
