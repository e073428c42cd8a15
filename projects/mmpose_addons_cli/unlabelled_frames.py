"""Write a COCO file of a folder of unlabelled frames, for adaptation to a new domain.

Each folder of images is one video. Frames are ordered by the numbers in their names.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.datasets.converters import ConversionError
from mmpose_addons_core.datasets.converters.unlabelled_frames import (
    read_boxes,
    unlabelled_frames,
)
from mmpose_addons_core.fileio import refuse_input, refuse_outputs, write_json

from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons unlabelled-frames',
        description=__doc__,
        epilog='example: mmpose-addons unlabelled-frames data/my_horse --boxes boxes.json '
        '--out data/my_horse.json',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('root', type=Path, help='folder of images, or of folders of images')
    parser.add_argument('--out', type=Path, required=True, help='COCO JSON to write')
    parser.add_argument(
        '--boxes',
        type=Path,
        help='JSON object from file name (relative to root) to [x, y, width, height] in px; '
        'without it a box is its whole image',
    )
    parser.add_argument('--single', action='store_true', help='images of a folder are no video')
    parser.add_argument('--force', action='store_true', help='overwrite')
    return parser.parse_args(argv)


@in_one_line('unlabelled-frames')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.out], [args.boxes], force=args.force)
    try:
        boxes = read_boxes(args.boxes) if args.boxes else None
        content = unlabelled_frames(args.root, not args.single, boxes, progress=True)
    except ConversionError as error:
        place = f'{args.boxes}: ' if args.boxes and str(args.boxes) not in str(error) else ''
        print(f'{place}{error}', file=sys.stderr)
        return 2
    refuse_input(args.out, (args.root / image['file_name'] for image in content['images']))
    write_json(args.out, content)
    videos = {image['video_id'] for image in content['images'] if 'video_id' in image}
    of_videos = f' of {len(videos)} videos' if videos else ''
    print(f'{args.out}: {len(content["images"])} images{of_videos}')
    return 0
