"""``--ray`` and ``--workers`` of the commands that work on a Ray cluster."""

import argparse
from importlib.util import find_spec
from typing import TYPE_CHECKING

from .argument_types import whole_number

if TYPE_CHECKING:
    from mmpose_addons_runtime.on_ray import Cluster

LOCAL = 'local'


def add_ray_options(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the options to a parser; `what` says what is done, and ends with "the workers"."""
    parser.add_argument(
        '--ray',
        nargs='?',
        const=LOCAL,
        metavar='ADDRESS',
        help=f'{what} of a Ray cluster: that of the address ("auto" on one of its machines), '
        'by default one that is started here',
    )
    parser.add_argument(
        '--workers',
        type=whole_number,
        help='processes of --ray, each with its own networks (default: one a GPU of the '
        'cluster, or one for 4 CPUs)',
    )


def check_ray_options(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """End the command if options do not fit."""
    if args.workers is not None and args.ray is None:
        parser.error('--workers needs --ray')
    if args.ray is not None and find_spec('ray') is None:
        parser.error('--ray needs Ray: pip install "ray[data]"')


def cluster_of(args: argparse.Namespace) -> 'Cluster':
    """Return which cluster the options name."""
    from mmpose_addons_runtime.on_ray import Cluster

    return Cluster(None if args.ray == LOCAL else args.ray, args.workers)
