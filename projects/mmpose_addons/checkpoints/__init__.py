"""Read, edit and convert weights of networks."""

from .errors import CheckpointError, UnsafeCheckpointError
from .loading import load_file
from .published import CONVERTERS, ccssl_hourglass, convert_checkpoint
from .saving import save_file
from .state_dicts import (
    StateDict,
    check_keys,
    drop,
    left_out_line,
    merge,
    read_checkpoint,
    rename,
    rescue_checkpoint,
    write_checkpoint,
)

__all__ = [
    'CONVERTERS',
    'CheckpointError',
    'StateDict',
    'UnsafeCheckpointError',
    'ccssl_hourglass',
    'check_keys',
    'convert_checkpoint',
    'drop',
    'left_out_line',
    'load_file',
    'merge',
    'read_checkpoint',
    'rename',
    'rescue_checkpoint',
    'save_file',
    'write_checkpoint',
]
