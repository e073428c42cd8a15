"""Choose images that differ from each other, and write a file to label them.

The COCO keypoint file can be opened in CVAT and other tools. Labelled, it checks an adaptation
(mmpose-addons train --check), or trains with the rest.
"""

import argparse
import filecmp
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmpose_addons_core.datasets.coco_report import DatasetError
from mmpose_addons_core.fileio import (
    atomic_write,
    check_folder,
    refuse_input,
    refuse_outputs,
    same_file,
    write_json,
)

from .argument_types import whole_number
from .errors import CommandError, in_one_line

NOT_ONE_ANIMAL = 'crowd', 'other_category'
"""Kinds of problems whose annotations do not mark an animal to label."""


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons frames-to-label',
        description=__doc__,
        epilog='example: mmpose-addons frames-to-label data/frames.json --images data/frames '
        '--like data/source.json --count 20 --out data/check.json --copy data/check',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('frames', type=Path, help='COCO file of the images, with boxes')
    parser.add_argument('--images', type=Path, help='their folder (default: of the file)')
    parser.add_argument(
        '--like',
        type=Path,
        required=True,
        help='COCO file whose category names the keypoints and the skeleton',
    )
    parser.add_argument(
        '--count', type=whole_number, default=20, help='of images (default: 20)'
    )
    parser.add_argument('--out', type=Path, required=True, help='COCO JSON to write')
    parser.add_argument('--copy', type=Path, help='also copy the images into this folder')
    parser.add_argument(
        '--drafts',
        type=Path,
        help='pseudo-labels to start from, pseudo_labels/epoch_<e>.json of a run',
    )
    parser.add_argument('--force', action='store_true', help='overwrite --out and its labels')
    return parser.parse_args(argv)


@in_one_line('frames-to-label')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.out], [args.frames, args.like, args.drafts], force=args.force)
    if args.copy:
        if any(same_file(args.out, folder) for folder in (args.copy, *args.copy.parents)):
            raise CommandError(
                f'--copy must be a folder beside the file of --out, got {args.copy} for both'
            )
        check_folder(args.copy)
    from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
    from mmpose_addons_core.datasets.coco_file import read_records
    from mmpose_addons_core.datasets.keypoint_drafts import Drafts, read_drafts
    from mmpose_addons_core.datasets.skeleton_file import category_to_label, skeleton_file

    category, counted_from_zero = category_to_label(args.like)
    check = check_coco_keypoints(args.frames, boxes_only=True, unlabelled=True)
    check.raise_for_errors(more=['--unlabelled'], also=['box_size', 'box_outside'])
    images = read_records(args.frames, 'images', ['id', 'file_name', 'width', 'height'])
    _check_names(args.frames, images, bool(args.copy))
    records = read_records(args.frames, 'annotations', ['id', 'image_id'])
    unused = {key for key, kind in check.skipped.items() if kind in NOT_ONE_ANIMAL}
    boxes = [annotation for annotation in records if annotation['id'] not in unused]
    annotations = {annotation['image_id']: annotation for annotation in boxes}
    drafts = Drafts({})
    if args.drafts:
        drafts = read_drafts(args.drafts, category['keypoints'], images)
    chosen = [images[i] for i in _chosen(args, images, annotations)]
    folder = args.images or args.frames.parent
    refuse_input(args.out, (folder / image['file_name'] for image in images))
    if args.copy:
        _copy(args, [image['file_name'] for image in chosen])
    content = skeleton_file(chosen, annotations, category, drafts.keypoints)
    write_json(args.out, content)
    print(f'{args.out}: {len(chosen)} of {len(images)} images to label')
    if args.drafts:
        drafted = sum(a['num_keypoints'] > 0 for a in content['annotations'])
        print(f'{drafted} of them start from {args.drafts}')
    if drafts.left_out:
        print(
            f'{drafts.left_out} drafts are left out, the last one of each image is used; the '
            f'first image with several is {drafts.first}'
        )
    if counted_from_zero:
        print(
            f'The skeleton of {args.like} counts from 0, that of {args.out} from 1, as in COCO'
        )
    if unused:
        print(f'{len(unused)} crowds or boxes of other categories are left out')
    if more := len(boxes) - len(annotations):
        print(f'{more} boxes are left out, the last one of each image is used')
    return 0


def _chosen(args: argparse.Namespace, images: list[dict], annotations: dict) -> list[int]:
    import numpy as np

    from mmpose_addons_core.datasets.frames_apart import appearance_of, farthest_apart
    from mmpose_addons_core.datasets.image_crops import ImageCrops, image_size
    from mmpose_addons_core.media.errors import InputError
    from mmpose_addons_core.progress import progress_bar

    folder = args.images or args.frames.parent
    crops = ImageCrops(
        files=tuple(folder / image['file_name'] for image in images),
        boxes=tuple(
            tuple(annotations[image['id']]['bbox'])
            if annotations.get(image['id'], {}).get('bbox')
            else None
            for image in images
        ),
    )
    if not images:
        raise CommandError(f'{args.frames}: expected images, got none')
    points = []
    with progress_bar('Images', len(images)) as advance:
        for number in range(len(images)):
            image = images[number]
            recorded = image['width'], image['height']
            try:
                if (size := image_size(crops.files[number])) != recorded:
                    raise InputError(
                        f'expected the width and height of {crops.files[number]}, '
                        f'{size[0]} x {size[1]}, got {recorded[0]} x {recorded[1]}'
                    )
                points.append(appearance_of(crops.read(number, (64, 64))))
            except InputError as error:
                raise DatasetError(f'{args.frames}: images[{number}]: {error}') from None
            advance(1)
    return sorted(farthest_apart(np.stack(points), args.count))


def _check_names(file: Path, images: Sequence[Mapping[str, Any]], copied: bool) -> None:
    """Refuse names that repeat, and copies at a place outside the folder of copies."""
    first: dict[str, int] = {}
    for index, image in enumerate(images):
        name = Path(image['file_name'])
        if (other := first.setdefault(os.path.normpath(name), index)) != index:
            raise DatasetError(
                f'{file}: images[{index}]: expected a file_name of its own, got '
                f'{str(name)!r}, that of images[{other}]'
            )
        if copied and (name.is_absolute() or '..' in name.parts):
            raise DatasetError(
                f'{file}: images[{index}]: --copy needs a file_name within the folder, got '
                f'{str(name)!r}'
            )


def _copy(args: argparse.Namespace, names: list[str]) -> None:
    """Copy images; those that are there must be the same."""
    folder = args.images or args.frames.parent
    for name in names:
        target = args.copy / name
        refuse_input(target, (folder / name,))
        if target.exists() and not filecmp.cmp(folder / name, target, shallow=False):
            raise DatasetError(
                f'--copy: expected a folder without other images of these names, got {target}'
            )
    for name in names:
        target = args.copy / name
        with atomic_write(target) as unfinished:
            shutil.copyfile(folder / name, unfinished)
