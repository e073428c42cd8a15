"""Weights of networks: read, edited, and converted from what papers published."""

from .published import CONVERTERS, ccssl_hourglass, convert_checkpoint
from .state_dicts import (
    CheckpointError,
    StateDict,
    check_keys,
    drop,
    merge,
    read_checkpoint,
    rename,
    write_checkpoint,
)

__all__ = [
    'CONVERTERS',
    'CheckpointError',
    'StateDict',
    'ccssl_hourglass',
    'check_keys',
    'convert_checkpoint',
    'drop',
    'merge',
    'read_checkpoint',
    'rename',
    'write_checkpoint',
]
