"""Choose images that differ from each other, and write a file to label them.

The COCO keypoint file can be opened in CVAT and other tools. Labelled, it checks an adaptation
(mmpose-addons train --check), or trains with the rest.
"""

import argparse
import filecmp
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmpose_addons_core.datasets.coco_report import DatasetError
from mmpose_addons_core.fileio import atomic_write, refuse_input, refuse_outputs

from .errors import in_one_line


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
    parser.add_argument('--count', type=int, default=20, help='of images (default: 20)')
    parser.add_argument('--out', type=Path, required=True, help='COCO JSON to write')
    parser.add_argument('--copy', type=Path, help='also copy the images into this folder')
    parser.add_argument(
        '--drafts',
        type=Path,
        help='pseudo-labels to start from, pseudo_labels/epoch_<e>.json of a run',
    )
    parser.add_argument('--force', action='store_true', help='overwrite --out and its labels')
    args = parser.parse_args(argv)
    if args.count < 1:
        parser.error(f'--count must be at least 1, got {args.count}')
    return args


@in_one_line('frames-to-label')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.out], [args.frames, args.like, args.drafts], force=args.force)
    from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
    from mmpose_addons_core.datasets.coco_file import read_records
    from mmpose_addons_core.datasets.keypoint_drafts import read_drafts
    from mmpose_addons_core.datasets.skeleton_file import keypoint_category, skeleton_file

    try:
        category = keypoint_category(args.like)
        check = check_coco_keypoints(args.frames, boxes_only=True)
        check.raise_for_errors(more=['--unlabelled'])
        images = read_records(args.frames, 'images', ['id', 'file_name', 'width', 'height'])
        boxes = read_records(args.frames, 'annotations', ['id', 'image_id'])
        annotations = {annotation['image_id']: annotation for annotation in boxes}
        count = len(category['keypoints'])
        drafts = read_drafts(args.drafts, count) if args.drafts else []
        if args.copy:
            _check_names(args.frames, images)
        chosen = [images[i] for i in _chosen(args, images, annotations)]
        folder = args.images or args.frames.parent
        refuse_input(args.out, (folder / image['file_name'] for image in images))
        if args.copy:
            _copy(args, [image['file_name'] for image in chosen])
        content = skeleton_file(chosen, annotations, category, drafts)
        with atomic_write(args.out) as unfinished:
            unfinished.write_text(json.dumps(content), encoding='utf-8')
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f'{args.out}: {len(chosen)} of {len(images)} images to label')
    if args.drafts:
        drafted = sum(a['num_keypoints'] > 0 for a in content['annotations'])
        print(f'{drafted} of them start from {args.drafts}')
    if more := len(boxes) - len(annotations):
        print(f'{more} boxes are left out, the last one of each image is used')
    return 0


def _chosen(args: argparse.Namespace, images: list[dict], annotations: dict) -> list[int]:
    import numpy as np

    from mmpose_addons_core.datasets.frames_apart import appearance_of, farthest_apart
    from mmpose_addons_core.datasets.image_crops import ImageCrops
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
        raise ValueError(f'{args.frames}: expected images, got none')
    points = []
    with progress_bar('Images', len(images)) as advance:
        for number in range(len(images)):
            try:
                points.append(appearance_of(crops.read(number, (64, 64))))
            except InputError as error:
                raise DatasetError(f'{args.frames}: images[{number}]: {error}') from None
            advance(1)
    return sorted(farthest_apart(np.stack(points), args.count))


def _check_names(file: Path, images: Sequence[Mapping[str, Any]]) -> None:
    """Refuse images that would be copied to a place outside the folder of copies."""
    for index, image in enumerate(images):
        name = Path(image['file_name'])
        if name.is_absolute() or '..' in name.parts:
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
