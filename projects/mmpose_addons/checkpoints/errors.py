"""Errors of checkpoints."""

from collections.abc import Sequence

from .trust import TRUST_VARIABLE


class CheckpointError(ValueError):
    """A checkpoint that cannot be read or is not what was expected."""


class UnsafeCheckpointError(CheckpointError):
    """A checkpoint that names code; none of it has run.

    Attributes:
        file: The checkpoint.
        names: The functions and classes that it names beyond tensors and plain data, in the
            order of the file.
    """

    def __init__(self, message: str, file: str = '', names: Sequence[str] = ()) -> None:
        super().__init__(message)  # MMEngine's registry builds errors again from a message
        self.file, self.names = file, tuple(names)


def refusal(file: str, names: Sequence[str], readable: bool = True) -> UnsafeCheckpointError:
    """Return the error for a file that names code.

    Args:
        file: Its name.
        names: What it names.
        readable: Whether the file can be read with stand-ins for that.
    """
    rescue = (
        f'`mmpose-addons edit-checkpoint {file} --out weights.pth` writes its weights to a '
        'file that is safe'
        if readable
        else 'Its weights cannot be read without that'
    )
    return UnsafeCheckpointError(
        f'{file} is refused, because loading it may run code: it names {", ".join(names)}. '
        f'{rescue}. If you trust the file, load it by --trust-checkpoint (train, test), by '
        f'trust_checkpoint=True in the config, or by {TRUST_VARIABLE}=1 in the environment',
        file,
        names,
    )
