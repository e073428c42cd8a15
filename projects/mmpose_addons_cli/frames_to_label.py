"""Choose images that differ from each other, and write a file to label them.

The COCO keypoint file can be opened in CVAT and other tools. Labelled, it checks an adaptation
(mmpose-addons train --check), or trains with the rest.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.fileio import atomic_write, refuse_input

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
    args = parser.parse_args(argv)
    if args.count < 1:
        parser.error(f'--count must be at least 1, got {args.count}')
    return args


@in_one_line('frames-to-label')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    from mmpose_addons_core.datasets.coco_file import read_records
    from mmpose_addons_core.datasets.skeleton_file import keypoint_category, skeleton_file

    try:
        refuse_input(args.out, (args.frames, args.like, args.drafts))
        category = keypoint_category(args.like)
        images = read_records(args.frames, 'images', ['id', 'file_name', 'width', 'height'])
        annotations = {
            annotation['image_id']: annotation
            for annotation in read_records(args.frames, 'annotations', ['id', 'image_id'])
        }
        chosen = _chosen(args, images, annotations)
        drafts = _drafts(args.drafts) if args.drafts else []
        content = skeleton_file([images[i] for i in chosen], annotations, category, drafts)
        with atomic_write(args.out) as unfinished:
            unfinished.write_text(json.dumps(content), encoding='utf-8')
        if args.copy:
            _copy(args, [images[i]['file_name'] for i in chosen])
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f'{args.out}: {len(chosen)} of {len(images)} images to label')
    return 0


def _chosen(args: argparse.Namespace, images: list[dict], annotations: dict) -> list[int]:
    import numpy as np

    from mmpose_addons_core.datasets.frames_apart import appearance_of, farthest_apart
    from mmpose_addons_core.datasets.image_crops import ImageCrops
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
            points.append(appearance_of(crops.read(number, (64, 64))))
            advance(1)
    return sorted(farthest_apart(np.stack(points), args.count))


def _drafts(file: Path) -> list[dict]:
    """Return annotations with the file names of their images."""
    from mmpose_addons_core.datasets.coco_file import read_records

    names = {
        image['id']: image['file_name']
        for image in read_records(file, 'images', ['id', 'file_name'])
    }
    records = read_records(file, 'annotations', ['image_id', 'keypoints'])
    return [
        dict(file_name=names[record['image_id']], keypoints=record['keypoints'])
        for record in records
        if record['image_id'] in names
    ]


def _copy(args: argparse.Namespace, names: list[str]) -> None:
    folder = args.images or args.frames.parent
    for name in names:
        target = args.copy / name
        refuse_input(target, (folder / name,))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, target)
