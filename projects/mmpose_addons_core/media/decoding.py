"""Decode the bytes of an image file by OpenCV, and notice damage that it passes over.

libjpeg fills the missing part of a damaged JPEG file with grey, or with shifted colours, and
writes a line to stderr, the only sign of it that OpenCV gives. Pillow reads such files without
a word.
"""

import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import cv2
import numpy as np

FLAGS = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH
SILENT = 0  # OpenCV's LOG_LEVEL_SILENT
_ERRORS = 2  # the file descriptor of stderr
_one_at_a_time = threading.Lock()
_LINE = re.compile(
    r'^(?:Corrupt JPEG data: (?P<data>.+)|(?P<end>Premature end of JPEG file)'
    r'|Invalid SOS parameters for sequential JPEG|Unknown Adobe color transform code \d+'
    r'|Warning: unknown JFIF revision number [\d.]+|Inconsistent progression sequence .+)\n?',
    re.MULTILINE,
)
"""libjpeg's warnings (its jerror.h)."""
_HARMLESS = re.compile(r'\d+ extraneous bytes before marker')
"""Of cameras that pad their data."""


def decoded(content: np.ndarray, flags: int = FLAGS) -> tuple[np.ndarray | None, str]:
    """Decode the bytes of an image file, and tell what is damaged in it.

    Images are decoded one after the other, also of several threads, if they are JPEG.

    Args:
        content: The bytes (N,), uint8.
        flags: Those of ``cv2.imdecode``; by default 3 channels of 8 or 16 bits.

    Returns:
        What ``cv2.imdecode`` gives, None if it gives none, and libjpeg's words about missing
        pixels, empty without damage.
    """
    if not content.size:
        return None, ''
    if content[:2].tobytes() != b'\xff\xd8':
        return _imdecode(content, flags), ''
    with _one_at_a_time, _libjpeg_warnings() as damage:
        image = _imdecode(content, flags)
    return image, damage[0] if damage else ''


def _imdecode(content: np.ndarray, flags: int) -> np.ndarray | None:
    with without_log():
        try:
            return cv2.imdecode(content, flags)
        except cv2.error:
            return None


@contextmanager
def without_log() -> Iterator[None]:
    """Silence OpenCV's lines about files that the caller reports."""
    logging = getattr(cv2.utils, 'logging', cv2)  # the latter before OpenCV 4.12
    level = logging.setLogLevel(SILENT)
    try:
        yield
    finally:
        logging.setLogLevel(level)


@contextmanager
def _libjpeg_warnings() -> Iterator[list[str]]:
    """Give a list that gets the warnings about missing pixels, at the end of the block.

    What other threads write to stderr meanwhile follows then.
    """
    damage: list[str] = []
    try:
        terminal = os.dup(_ERRORS)
    except OSError:  # stderr is closed
        yield damage
        return
    with _file_in_memory() as lines:
        try:
            os.dup2(lines.fileno(), _ERRORS)
            yield damage
        finally:
            os.dup2(terminal, _ERRORS)
            os.close(terminal)
        lines.seek(0)
        text = lines.read().decode(errors='surrogateescape')
    for line in _LINE.finditer(text):
        words = line['data'] or line['end']
        if words and not _HARMLESS.match(words):
            damage.append(words)
    others = _LINE.sub('', text)
    if others:
        os.write(_ERRORS, others.encode(errors='surrogateescape'))


def _file_in_memory() -> IO[bytes]:
    if hasattr(os, 'memfd_create'):
        return os.fdopen(os.memfd_create('stderr'), 'w+b')
    return tempfile.TemporaryFile()
