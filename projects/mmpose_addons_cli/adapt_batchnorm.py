"""Give a network the BatchNorm statistics of your images; needs no label and no training.

This is AdaBN (arXiv 1603.04779): weights stay as they are. It helps where images look different
from those of training, by light or colour, and costs a forward pass for each image. It can also
make a network worse, so compare both checkpoints on a few labelled images.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.fileio import refuse_input, refuse_outputs

from .argument_types import whole_number
from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons adapt-batchnorm',
        description=__doc__,
        epilog='example: mmpose-addons adapt-batchnorm source.py work/source/epoch_210.pth '
        'data/frames.json --images data/frames --out adapted.pth',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('config', type=Path, help='top-down config of MMPose')
    parser.add_argument('checkpoint', type=Path, help='its weights')
    parser.add_argument(
        'frames',
        type=Path,
        help='folder of images, each of which is one crop, or a COCO file with boxes',
    )
    parser.add_argument(
        '--images', type=Path, help="folder of a COCO file's images (default: the file's own)"
    )
    parser.add_argument('--out', type=Path, required=True, help='checkpoint to write')
    parser.add_argument(
        '--largest',
        type=whole_number,
        default=500,
        metavar='N',
        help='use at most N crops, evenly chosen (%(default)s)',
    )
    parser.add_argument('--batch-size', type=whole_number, default=32, help='%(default)s')
    parser.add_argument('--device', help='cpu, cuda, ... (default: cuda where there is one)')
    parser.add_argument('--force', action='store_true', help='overwrite')
    return parser.parse_args(argv)


@in_one_line('adapt-batchnorm')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    read = [args.config, args.checkpoint, args.frames]
    refuse_outputs([args.out], read, force=args.force)
    # seconds that --help need not take
    from mmpose_addons.checkpoints import read_checkpoint, write_checkpoint
    from mmpose_addons.estimators.batch_norm import adapt_to_crops
    from mmpose_addons.estimators.devices import torch_device
    from mmpose_addons.estimators.loading import load_pose_model
    from mmpose_addons_core.datasets.image_crops import image_crops
    from mmpose_addons_core.progress import progress_bar

    crops = image_crops(args.frames, args.images, args.largest)
    refuse_input(args.out, crops.found)
    model = load_pose_model(args.config, args.checkpoint, torch_device(args.device))
    with progress_bar('Crops', len(crops)) as advance:
        count = adapt_to_crops(model, crops, args.batch_size, advance)
    meta = read_checkpoint(args.checkpoint)[1]
    state = {name: value.cpu() for name, value in model.state_dict().items()}
    meta['batch_norm'] = f'statistics of {count} crops of {args.frames}'
    write_checkpoint(args.out, state, meta)
    print(f'{args.out}: BatchNorm statistics of {count} crops')
    return 0
