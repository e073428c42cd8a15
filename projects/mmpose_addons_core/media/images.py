"""Decode images: whole ones only, of any file name, all pages, 8 bits a channel.

Images are (H, W, 3), uint8, BGR, turned by their EXIF orientation, as MMPose's loader has them.
"""

import io
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import IO, NamedTuple

import cv2
import numpy as np
from PIL import Image

from ..message_texts import shown
from .decoding import FLAGS, decoded, without_log
from .errors import InputError
from .kinds import check_ordinary
from .tiff_pages import tiff_pages

DEPTHS = (8, 10, 12, 14, 16)  # bits that cameras and scanners fill of 16
ANIMATED = 'GIF', 'PNG', 'WEBP'
STILL = 0.1  # seconds of an animation's frame that names no time, as browsers show it


class Page(NamedTuple):
    """An image of a file.

    Attributes:
        image: (H, W, 3), uint8, BGR.
        time: Seconds from the first frame of an animation; None of other images.
        bits: Bits of 16 that the file fills, by its largest value; 8 for files of 8 bits.
    """

    image: np.ndarray
    time: float | None = None
    bits: int = 8


def read_image(file: str | PathLike) -> np.ndarray:
    """Read the first image of a file, (H, W, 3), uint8, BGR.

    Raises:
        InputError: The file is missing, empty, cut off, or no image.
    """
    return next(read_pages(file)).image


def count_pages(file: str | PathLike) -> int:
    """Count pages of a TIFF file or frames of an animation; 1 if it cannot be read."""
    try:
        check_ordinary(file)
        with open(file, 'rb') as stream:
            return len(_pages(stream)[1])
    except (OSError, InputError):
        return 1


def read_pages(file: str | PathLike) -> Iterator[Page]:
    """Read all pages of a TIFF file, all frames of a GIF, PNG or WebP file, else the image.

    Values of 16-bit files are shifted to 8 bits. A file whose largest value leaves the upper
    bits empty is taken for one of 8, 10, 12 or 14 bits.

    Raises:
        InputError: The file is missing, empty, cut off, or no image; also after some pages.
    """
    file = Path(file)
    content = _content(file)
    raw = content.tobytes()
    kind, pages = _pages(io.BytesIO(raw))
    if len(pages) == 1:
        yield decode_image(file, content)
    elif kind == 'TIFF':
        for page in pages:
            yield _tiff_page(file, content, page)
    else:
        yield from _animation(file, raw, len(pages))


def _content(file: Path) -> np.ndarray:
    try:
        check_ordinary(file)
        content = np.fromfile(file, np.uint8)  # cv2.imread takes UTF-8 names only
    except FileNotFoundError:
        raise InputError(f'{shown(file)} is missing') from None
    except OSError as error:
        raise InputError(f'{shown(file)} cannot be read: {error.strerror or error}') from None
    if not content.size:
        raise InputError(f'{shown(file)} is empty')
    return content


def _pages(stream: IO[bytes]) -> tuple[str, Sequence[int]]:
    """Format and pages of a file, by its first bytes where they tell."""
    start = stream.read(100)
    if start.startswith((b'II*\0', b'MM\0*', b'II+\0', b'MM\0+')):
        return 'TIFF', tiff_pages(stream)
    signs = (b'GIF8', b''), (b'\x89PNG', b'acTL'), (b'RIFF', b'ANIM')
    if any(start.startswith(kind) and sign in start for kind, sign in signs):
        stream.seek(0)
        try:
            with Image.open(stream, formats=ANIMATED) as image:
                return 'animation', range(getattr(image, 'n_frames', 1))
        except Exception:  # Pillow raises errors of many kinds for broken files
            return 'animation', range(1)
    return 'still', range(1)


def decode_image(file: Path, content: np.ndarray) -> Page:
    """Decode an image, the first one of a file.

    Args:
        file: For messages.
        content: The bytes (N,), uint8.

    Raises:
        InputError: They are cut off, or no image.
    """
    raw = content.tobytes()
    image, damage = decoded(content)
    if image is None:  # float values, which are named below
        image, damage = decoded(content, cv2.IMREAD_UNCHANGED)
    if image is None:
        why = f'broken, cut off or of another kind; it has {len(raw)} bytes'
        raise InputError(f'{shown(file)} is not a readable image ({why})')
    if damage:
        raise InputError(f'{shown(file)} is damaged, parts of it are missing: {damage}')
    # older OpenCV versions fill the missing part with grey
    ends = raw.startswith(b'\xff\xd8'), raw.endswith(b'\xff\xd9')
    if ends == (True, False) or (raw.startswith(b'\x89PNG') and b'IEND' not in raw[-12:]):
        try:
            with Image.open(io.BytesIO(raw)) as whole:
                whole.load()
        except Exception:
            raise InputError(f'{shown(file)} is cut off') from None
    return _page(file, image)


def _tiff_page(file: Path, content: np.ndarray, page: int) -> Page:
    with without_log():
        try:
            there, images = cv2.imdecodemulti(content, FLAGS, range=(page, page + 1))
        except cv2.error:
            there, images = False, ()
    if not there or not images:
        raise InputError(f'{shown(file)}: page {page} is not readable')
    return _page(file, images[0])


def _animation(file: Path, raw: bytes, count: int) -> Iterator[Page]:
    time = 0.0
    with Image.open(io.BytesIO(raw)) as animation:
        for number in range(count):
            try:
                animation.seek(number)
                image = np.asarray(animation.convert('RGB'))[..., ::-1]
            except Exception:
                raise InputError(f'{shown(file)}: frame {number} is not readable') from None
            yield Page(np.ascontiguousarray(image), time)
            time += animation.info.get('duration', 0) / 1000 or STILL
    if raw.startswith(b'GIF') and not raw.rstrip(b'\0').endswith(b';'):
        raise InputError(f'{shown(file)} is cut off after {count} frames')


def of_8_bits(file: str | PathLike, image: np.ndarray) -> np.ndarray:
    """Return an image of 8 bits; one of 16 bits is shifted by the bits that it fills.

    Args:
        file: For messages.
        image: As ``cv2.imdecode`` gives it with ``FLAGS``.

    Raises:
        InputError: It has float values.
    """
    return _page(file, image).image


def _page(file: str | PathLike, image: np.ndarray) -> Page:
    if image.dtype == np.uint8:
        return Page(image)
    if image.dtype != np.uint16:
        raise InputError(f'{shown(file)} has values of type {image.dtype}, not of 8 or 16 bits')
    bits = next(bits for bits in DEPTHS if int(image.max()) < 1 << bits)
    return Page((image >> (bits - 8)).astype(np.uint8), bits=bits)
