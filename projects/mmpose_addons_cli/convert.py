"""Convert a checkpoint that a paper published to one that our configs load."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.choices import CHECKPOINT_FAMILIES
from mmpose_addons_core.fileio import refuse_outputs

from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons convert',
        description=__doc__,
        epilog='example: mmpose-addons convert lpn lpn_50_256x192.pth lpn-50.pth; networks and '
        'codecs that fit stand in docs/inference.md',
    )
    parser.add_argument('family', choices=CHECKPOINT_FAMILIES, help='published code')
    parser.add_argument('source', type=Path, help='published checkpoint')
    parser.add_argument('target', type=Path, help='checkpoint to write')
    parser.add_argument('--force', action='store_true', help='overwrite the target')
    return parser.parse_args(argv)


@in_one_line('convert')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.target], [args.source], force=args.force)
    # these imports are slow, so --help does not wait for them
    from mmpose_addons.checkpoints import convert_checkpoint

    converted = convert_checkpoint(args.family, args.source, args.target)
    values = sum(value.numel() for value in converted.values())
    print(f'{args.target}: {len(converted)} tensors, {values:,} values')
    return 0
