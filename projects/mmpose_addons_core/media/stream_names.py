"""Inputs that are no files: the numbers of cameras, and addresses of streams."""

import re
import sys
from os import PathLike
from pathlib import Path

from .errors import InputError

_ADDRESS = re.compile(r'[a-z][a-z0-9+.-]+://', re.IGNORECASE)
CAMERAS = {'linux': ('/dev/video{}', 'v4l2'), 'darwin': ('{}', 'avfoundation')}
"""A camera's name and FFmpeg's format of it by system."""


def is_stream(source: str | PathLike) -> bool:
    """Return whether an input is a camera or an address, and no file.

    >>> [is_stream(name) for name in ('rtsp://host/door', '0', 'clip.mp4', 'C:/clip.mp4')]
    [True, True, False, False]
    """
    text = str(source)
    if _ADDRESS.match(text):
        return not text.lower().startswith('file://')
    return text.isdecimal() and not Path(text).exists()


def device_of(source: str) -> tuple[str, str | None]:
    """Return address and format for FFmpeg; None if FFmpeg finds the format itself.

    Raises:
        InputError: This system's cameras are not known.
    """
    if not source.isdecimal():
        return source, None
    if sys.platform not in CAMERAS:
        raise InputError(f'camera {source}: cameras of {sys.platform} are not supported')
    name, kind = CAMERAS[sys.platform]
    return name.format(source), kind


def stream_name(source: str) -> str:
    """Return a stream's name for files.

    >>> stream_name('0'), stream_name('rtsp://user:secret@host:554/door?x=1')
    ('camera_0', 'host_554_door')
    """
    if source.isdecimal():
        return f'camera_{source}'
    address = re.sub(r'^[^:]+://(?:[^/@]*@)?', '', source).partition('?')[0]
    return re.sub(r'\W+', '_', address).strip('_') or 'stream'
