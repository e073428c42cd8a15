"""Distinguish images from other files by their first bytes.

A file's name decides only where its content is unknown: a broken image is still an image.
"""

import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from ..message_texts import shown
from ..natural_order import natural_key
from .errors import InputError

IMAGE_SUFFIXES = {
    *('.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.bmp', '.dib', '.webp', '.tif', '.tiff'),
    *('.pgm', '.ppm', '.pbm', '.pnm', '.gif', '.jp2', '.avif', '.heic', '.heif'),
}
VIDEO_SUFFIXES = {
    *('.mp4', '.m4v', '.mov', '.3gp', '.3g2', '.avi', '.mkv', '.webm', '.flv', '.wmv', '.asf'),
    *('.mpg', '.mpeg', '.vob', '.ts', '.mts', '.m2ts', '.ogv', '.mxf', '.h264', '.hevc'),
}
_PLAYLISTS = b'#EXTM3U', b'ffconcat', b'<?xml', b'<MPD', b'v=0'
_NO_TEXT = re.compile(rb'[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]')
_IMAGE_STARTS = re.compile(
    rb'\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|II[*+]\0|MM\0[*+]|BM....\0\0\0\0|P[1-6]\s+[#\d]'
    rb'|RIFF....WEBP|\0\0\0\x0cjP  |\xff\x4f\xff\x51|....ftyp(?:avif|avis|heic|heix|mif1)',
    re.DOTALL,
)
_VIDEO_STARTS = re.compile(
    rb'....ftyp|RIFF....AVI |\x1a\x45\xdf\xa3|OggS|FLV\x01|\0\0\x01\xba|\x30\x26\xb2\x75',
    re.DOTALL,
)
"""MP4 and MOV, AVI, Matroska and WebM, Ogg, Flash, MPEG, Windows Media."""


def check_ordinary(file: str | PathLike) -> None:
    """Refuse pipes, sockets and devices, whose reading may wait for ever.

    Raises:
        InputError: It is one. Files that are missing, and folders, pass.
    """
    path = Path(file)
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise InputError(f'{shown(path)} is a pipe, socket or device, not a file')


def is_image(file: str | PathLike) -> bool:
    """Return whether a file is an image, by its content or, where that is unknown, by its name.

    Raises:
        OSError: The file cannot be read.
        InputError: It is a pipe, socket or device.
    """
    check_ordinary(file)
    with open(file, 'rb') as stream:
        start = stream.read(16)
    if _IMAGE_STARTS.match(start):
        return True
    if _VIDEO_STARTS.match(start):
        return False
    return Path(file).suffix.lower() in IMAGE_SUFFIXES


def is_text(start: bytes) -> bool:
    """Return whether a file is text, such as a playlist, by its first bytes; no video is.

    FFmpeg opens whatever files and addresses a playlist names, so it must not see one.

    >>> is_text(b'#EXTM3U'), is_text(b'#EXTM3U' + bytes(1)), is_text(b'RIFF' + bytes(4))
    (True, True, False)
    """
    if start.lstrip().startswith(_PLAYLISTS):
        return True
    return bool(start) and not _NO_TEXT.search(start)


def images_in(folder: Path) -> tuple[list[Path], list[Path]]:
    """Find the images of a folder, and the videos and folders that are not among them.

    Files are in the order of the numbers in their names. Hidden files, such as the
    ``._name.jpg`` of macOS, are left out.

    Raises:
        InputError: There is no image.
        OSError: The folder cannot be read.
    """
    images, others = [], []
    for path in sorted(folder.iterdir(), key=lambda path: natural_key(path.name)):
        if path.name.startswith('.'):
            continue
        if path.is_dir() or path.suffix.lower() in VIDEO_SUFFIXES:
            others.append(path)
        elif path.suffix.lower() in IMAGE_SUFFIXES or (path.is_file() and is_image(path)):
            images.append(path)
    if not images:
        videos = any(not path.is_dir() for path in others)
        hint = '; its videos are read if they are named' if videos else ''
        raise InputError(f'{shown(folder)} contains no image{hint}')
    return images, others


def images_below(folder: Path) -> Iterator[Path]:
    """Yield the images of a folder and of the folders in it, in no order.

    Their names decide: raw photographs beside JPEG files are no frames. Hidden files and
    folders, such as the ``._name.jpg`` of macOS, are left out.
    """
    for path in folder.rglob('*'):
        hidden = any(part.startswith('.') for part in path.relative_to(folder).parts)
        if not hidden and path.suffix.lower() in IMAGE_SUFFIXES and path.is_file():
            yield path
