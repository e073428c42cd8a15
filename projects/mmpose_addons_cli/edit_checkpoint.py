"""List, drop, rename and merge the weights of checkpoints."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.fileio import refuse_outputs

from .errors import in_one_line


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons edit-checkpoint',
        description=f'{__doc__} Without --out it lists what would be written. The edits are '
        'done in the order of the options below. A name is a whole key or a prefix that ends '
        'before a dot. Only weights and meta are kept, not the state of the optimiser. '
        'No code of a file runs: functions and classes that it names are left out.',
        epilog='examples: mmpose-addons edit-checkpoint best.pth; '
        'mmpose-addons edit-checkpoint best.pth --strip module --drop head.heatmap '
        '--out small.pth; '
        'mmpose-addons edit-checkpoint backbone.pth --rename features=backbone '
        '--merge head.pth --prefer second --out both.pth',
    )
    parser.add_argument('source', type=Path, help='checkpoint')
    parser.add_argument('--strip', metavar='PREFIX', help='such as module; of both files')
    parser.add_argument('--drop', nargs='+', default=[], metavar='NAME')
    parser.add_argument('--rename', nargs='+', default=[], metavar='OLD=NEW')
    parser.add_argument('--merge', type=Path, metavar='SECOND', help='add its weights')
    parser.add_argument(
        '--prefer', choices=['first', 'second'], help='whose weight to take if both have it'
    )
    parser.add_argument('--out', type=Path, help='checkpoint to write')
    parser.add_argument('--force', action='store_true', help='overwrite it')
    return parser.parse_args(argv)


def read(file: Path, prefix: str | None) -> tuple[dict, dict]:
    from mmpose_addons.checkpoints import (
        CheckpointError,
        left_out_line,
        rename,
        rescue_checkpoint,
    )

    state, meta, left_out = rescue_checkpoint(file)
    if left_out:
        print(left_out_line(file, left_out), file=sys.stderr)
    try:
        return (rename(state, [(prefix, '')]) if prefix else state), meta
    except CheckpointError as error:
        raise CheckpointError(f'{file}: {error}') from None


@in_one_line('edit-checkpoint')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    refuse_outputs([args.out], [args.source, args.merge], force=args.force)
    # these imports are slow, so --help does not wait for them
    from mmpose_addons.checkpoints import CheckpointError, drop, merge, rename, write_checkpoint

    pairs = [tuple(pair.split('=')) for pair in args.rename]
    if any(len(pair) != 2 for pair in pairs):
        raise CheckpointError(f'--rename takes OLD=NEW, got {args.rename}')
    state, meta = read(args.source, args.strip)
    state = rename(drop(state, args.drop), pairs)
    if args.merge:
        state = merge(state, read(args.merge, args.strip)[0], args.prefer)
    if args.out:
        write_checkpoint(args.out, state, meta)
    if not args.out:
        for key, value in state.items():
            print(f'{key}  {tuple(value.shape)}  {str(value.dtype).removeprefix("torch.")}')
    values = sum(value.numel() for value in state.values())
    print(f'{args.out or args.source}: {len(state)} tensors, {values:,} values')
    return 0
