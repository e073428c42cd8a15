"""Draw toy data sets with exact keypoint annotations, without a download."""

import argparse
import os
import time
from collections.abc import Callable, Sequence

from mmpose_addons_toys import (
    SPECIES,
    make_toy_animals,
    make_toy_faces,
    make_toy_people,
    make_toy_project,
)

from .argument_types import folder_path
from .errors import in_one_line


def common_arguments(size: int) -> argparse.ArgumentParser:
    """Return the arguments of all subjects; ``size`` is the default side of an image in px."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        '--out',
        type=folder_path,
        required=True,
        help='folder of the data set; must be empty or new',
    )
    common.add_argument(
        '--images', type=int, required=True, help='number of images, train and val together'
    )
    common.add_argument('--seed', type=int, default=0, help='another seed gives other images')
    common.add_argument(
        '--val-fraction',
        type=float,
        default=0.1,
        help='share of the images in the val part (default: %(default)s)',
    )
    common.add_argument(
        '--workers',
        type=int,
        default=os.cpu_count() or 1,
        help='number of processes; the images do not depend on it '
        '(default: %(default)s, the number of CPUs)',
    )
    common.add_argument(
        '--force', action='store_true', help='replace another toy data set in --out'
    )
    common.add_argument(
        '--size',
        type=int,
        default=size,
        help='height and width of an image in px (default: %(default)s)',
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
        help="one to three people per image with COCO's 17 keypoints",
        description='Draw one to three people per image and write images/{train,val}/*.jpg '
        'and COCO annotations annotations/people_{train,val}.json.',
    )
    people.add_argument(
        '--scenes',
        choices=('lively', 'calm'),
        default='lively',
        help='lively: all directions and poses, occlusion, blur and noise; calm: front views '
        'with little occlusion, without blur and noise, which a small network learns in '
        'minutes (default: %(default)s)',
    )
    animals = subjects.add_parser(
        'animals',
        parents=[common_arguments(256)],
        help='one four-legged animal per image with the 18 keypoints of TigDog',
        description='Draw four-legged animals and write images/{train,val}/*.jpg and '
        'COCO annotations annotations/animals_{train,val}.json.',
    )
    animals.add_argument(
        '--domain',
        choices=('synthetic', 'real', 'species'),
        required=True,
        help='synthetic: one horse in random textures in front of random backgrounds; real: '
        'videos of 8 frames at dusk with several kinds of animals, natural coats, occlusion, '
        'blur, noise and compression; species: photographs by day of the species in --species',
    )
    animals.add_argument(
        '--heading',
        choices=('both', 'right'),
        default='both',
        help='right: all animals walk to the right, which a small network learns in minutes '
        '(default: %(default)s)',
    )
    animals.add_argument(
        '--species',
        nargs='+',
        choices=SPECIES,
        default=[],
        help='for --domain species; default: all of them',
    )
    faces = subjects.add_parser(
        'faces',
        parents=[common_arguments(128)],
        help='one face per image with the landmarks of WFLW or 300W and the head pose',
        description='Draw faces and write images/{train,val}/*.jpg and COCO annotations '
        "annotations/faces_{train,val}.json, which MMPose's WFLWDataset or Face300WDataset "
        'can read.',
    )
    faces.add_argument(
        '--landmarks',
        type=int,
        choices=(98, 68),
        default=98,
        help='98 as in WFLW or 68 as in 300W (default: %(default)s)',
    )
    project = subjects.add_parser(
        'project',
        help='a project of DeepLabCut and a video of animals that look different',
        description='Draw a project of DeepLabCut (project), a video of other animals '
        '(new.mp4) and labels of some of its frames (test).',
    )
    project.add_argument('--out', required=True, help='new or empty folder')
    project.add_argument('--images', type=int, default=60, help='labelled (%(default)s)')
    project.add_argument('--size', type=int, default=128, help='px (%(default)s)')
    project.add_argument('--seed', type=int, default=0)
    return parser.parse_args(argv)


@in_one_line('toy')
def main(argv: Sequence[str] | None = None) -> int:
    settings = vars(parse_args(argv))
    subject = settings.pop('subject')
    make: dict[str, Callable[..., bool]] = dict(
        people=make_toy_people,
        animals=make_toy_animals,
        faces=make_toy_faces,
        project=make_toy_project,
    )
    start = time.perf_counter()
    written = make[subject](**settings)
    took = time.perf_counter() - start
    if written:
        print(f'{settings["images"]} images ({subject}) in {took:.1f} s:', end=' ')
    else:
        print(f'The same data set ({subject}) already exists:', end=' ')
    print(settings['out'])
    return 0
