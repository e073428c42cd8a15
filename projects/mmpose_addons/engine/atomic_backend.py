"""A file backend of MMEngine whose files are complete or stay as they were."""

import os
from pathlib import Path

from mmengine.fileio import LocalBackend, register_backend

from mmpose_addons_core.fileio import atomic_write


@register_backend('atomic', force=True)
class AtomicBackend(LocalBackend):
    """The local disk. A file is written under another name, flushed, and then renamed.

    A process that is killed and a disk that is full leave the older file. Any part of a config
    that takes ``backend_args`` can name it: ``backend_args=dict(backend='atomic')``.
    """

    def put(self, obj: bytes | memoryview, filepath: str | Path) -> None:
        """Write bytes.

        Raises:
            OSError: The file cannot be written; the older one stays.
        """
        target = os.path.realpath(filepath)  # a link stays a link
        with atomic_write(target) as unfinished, unfinished.open('wb') as file:
            file.write(obj)
            file.flush()
            os.fsync(file.fileno())

    def put_text(self, obj: str, filepath: str | Path, encoding: str = 'utf-8') -> None:
        """Write text as :meth:`put`."""
        self.put(obj.encode(encoding), filepath)
