"""Makes data sets of drawn pictures with exact labels, without a download."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence

from mmpose_addons_toys import (
    ToyDataError,
    make_toy_animals,
    make_toy_faces,
    make_toy_people,
)


def common_arguments(size: int) -> argparse.ArgumentParser:
    """What all subjects take; `size` is the default one of a picture."""
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
        '--size', type=int, default=size, help='height and width in px (%(default)s)'
    )
    return common


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons toy',
        description=__doc__,
        epilog='example: mmpose-addons toy people --out data/toy_people --images 3000 --seed 0',
    )
    subjects = parser.add_subparsers(dest='subject', required=True, metavar='SUBJECT')
    people = subjects.add_parser(
        'people',
        parents=[common_arguments(256)],
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
    animals = subjects.add_parser(
        'animals',
        parents=[common_arguments(256)],
        help='one four-legged animal a picture with the 18 keypoints of TigDog',
        description='Draws horses, ponies and dogs and writes images/{train,val}/*.jpg and '
        'COCO annotations annotations/animals_{train,val}.json.',
    )
    animals.add_argument(
        '--domain',
        choices=('synthetic', 'real'),
        required=True,
        help='synthetic: one horse in random textures before random images; real: videos of 8 '
        'frames, with other animals, natural coats, clutter, little light, blur, noise and '
        'compression',
    )
    animals.add_argument(
        '--heading',
        choices=('both', 'right'),
        default='both',
        help='right: all walk to the right, which a small network learns in minutes '
        '(default: %(default)s)',
    )
    faces = subjects.add_parser(
        'faces',
        parents=[common_arguments(128)],
        help='one face a picture with the landmarks of WFLW or 300W and the pose of its head',
        description='Draws faces and writes images/{train,val}/*.jpg and COCO annotations '
        "annotations/faces_{train,val}.json, which MMPose's WFLWDataset or Face300WDataset "
        'reads as they are.',
    )
    faces.add_argument(
        '--landmarks',
        type=int,
        choices=(98, 68),
        default=98,
        help='98 of WFLW or 68 of 300W (default: %(default)s)',
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    settings = vars(parse_args(argv))
    subject = settings.pop('subject')
    make: dict[str, Callable[..., bool]] = dict(
        people=make_toy_people, animals=make_toy_animals, faces=make_toy_faces
    )
    start = time.perf_counter()
    try:
        written = make[subject](**settings)
    except ToyDataError as error:
        print(f'toy: {error}', file=sys.stderr)
        return 2
    took = time.perf_counter() - start
    if written:
        print(f'{settings["images"]} pictures ({subject}) in {took:.1f} s:', end=' ')
    else:
        print(f'The same data set ({subject}) is already there:', end=' ')
    print(settings['out'])
    return 0
