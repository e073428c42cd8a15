"""A JSON list that is complete after each record, so that no accident loses what is done."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmpose_addons_core.fileio import half_file, hold

_END = b'\n]\n'
_EMPTY = b'[]\n'


class ResultsFile:
    """Write results one frame after the other; memory does not grow.

    The file is a half file until it is closed. At any time it is a valid JSON list of all
    results that were added: its last bracket is written with each of them.

    Args:
        target: The file to write.

    Raises:
        OSError: The file cannot be made.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self._half = half_file(target)
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, 'O_BINARY', 0)
        self._file = os.open(self._half, flags, 0o666)
        self._size = 0  # bytes without the last bracket
        hold(self._file)
        try:
            self._put(_EMPTY)
        except OSError:
            os.close(self._file)
            self._half.unlink(missing_ok=True)
            raise

    def add(self, results: Sequence[dict[str, Any]]) -> None:
        """Add the results of a frame, all or none.

        Raises:
            OSError: The disk is full. The file remains as it was before.
            ValueError: A value is not a finite number.
        """
        if not results:
            return
        text = ',\n'.join(json.dumps(result, allow_nan=False) for result in results)
        data = (b',\n' if self._size else b'[\n') + text.encode()
        try:
            self._put(data + _END)
        except OSError:
            os.ftruncate(self._file, self._size)
            self._put(_END if self._size else _EMPTY)
            raise
        self._size += len(data)

    def close(self) -> None:
        """Give the file its name.

        Raises:
            OSError: It cannot be renamed, or the file system finds only now that it is full.
        """
        try:
            os.fsync(self._file)
        finally:
            os.close(self._file)
            self._file = -1
        os.replace(self._half, self.target)

    def discard(self) -> None:
        """Remove the half file."""
        if self._file >= 0:
            os.close(self._file)
        self._half.unlink(missing_ok=True)

    def _put(self, data: bytes) -> None:
        """Write at the place of the last bracket."""
        os.lseek(self._file, self._size, os.SEEK_SET)
        left = memoryview(data)
        while left:
            left = left[os.write(self._file, left) :]
