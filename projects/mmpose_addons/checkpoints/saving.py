"""Save checkpoints completely or not at all, with the true reason of a failure."""

import io
import os
from typing import Any

import torch

from mmpose_addons_core.fileio import atomic_write


def save_file(content: Any, target: str | os.PathLike) -> None:
    """Write by ``torch.save`` to a file that is complete or stays as it was.

    Raises:
        OSError: The file cannot be written. ``torch.save`` itself does not tell a full disk
            from other errors.
    """
    with io.BytesIO() as buffer:
        torch.save(content, buffer)
        with atomic_write(target) as unfinished, unfinished.open('wb') as file:
            file.write(buffer.getbuffer())
