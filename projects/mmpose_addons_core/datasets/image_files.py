"""Check that image files exist, can be read and have the recorded size."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from ..media.decoding import decoded
from ..message_texts import printable
from ..progress import progress_bar

MODES = ('exist', 'header', 'decode')

# Formats in which OpenCV applies EXIF's orientation, with the last bytes of a complete file.
# A file with another end is decoded, and reported only if that fails.
ENDINGS = {'JPEG': b'\xff\xd9', 'MPO': b'\xff\xd9', 'PNG': b'IEND\xaeB`\x82'}

# Errors of Pillow and OpenCV; Pillow raises SyntaxError for a broken PNG chunk.
UNREADABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError, cv2.error)

EXIF_ORIENTATION = 0x0112
SWAPPED_ORIENTATIONS = (5, 6, 7, 8)  # values of the orientation that swap width and height


class ImageRecord(NamedTuple):
    id: int
    file_name: str
    width: float  # image px
    height: float  # image px

    def __str__(self) -> str:
        return f'image {self.id} ({printable(self.file_name)})'


class ImageProblem(NamedTuple):
    kind: str  # 'image_missing', 'image_unreadable' or 'image_size'
    image: ImageRecord
    value: str


def check_image_files(
    images: Sequence[ImageRecord],
    folder: str | Path,
    mode: str = 'header',
    workers: int = 8,
    progress: bool = False,
) -> Iterator[ImageProblem]:
    """Check every image file, in the order of the records.

    Args:
        mode: 'exist' only checks that the file exists. 'header' reads format, size and the last
            bytes, which finds most truncated files. 'decode' reads all pixels as MMPose does,
            which also finds JPEG files with damage in the middle; one JPEG file at a time.
        workers: number of threads.
        progress: show a bar with the remaining time.
    """
    read_size: Callable[[Path], tuple[int, int] | None] = {
        'exist': _exists,
        'header': loaded_size,
        'decode': _decoded_size,
    }[mode]

    def problems(chunk: Sequence[ImageRecord]) -> list[ImageProblem]:
        found = (_problem(image, Path(folder, image.file_name), read_size) for image in chunk)
        return [problem for problem in found if problem]

    step = 64
    chunks = [images[start : start + step] for start in range(0, len(images), step)]
    pool = ThreadPoolExecutor(workers)
    try:
        with progress_bar(
            f'Images ({mode})', len(images), transient=True, disable=not progress
        ) as advance:
            for chunk, found in zip(chunks, pool.map(problems, chunks), strict=True):
                yield from found
                advance(len(chunk))
    finally:
        pool.shutdown(cancel_futures=True)


def _problem(
    image: ImageRecord, path: Path, read_size: Callable[[Path], tuple[int, int] | None]
) -> ImageProblem | None:
    try:
        size = read_size(path)
    except FileNotFoundError:
        return ImageProblem(
            'image_missing', image, f'{path} does not exist{_windows_hint(image)}'
        )
    except UNREADABLE as error:
        return ImageProblem('image_unreadable', image, f'{path}: {error}')
    recorded = (image.width, image.height)
    if size is None or size == recorded:
        return None
    turned = ' (turned by its EXIF orientation)' if size == recorded[::-1] else ''
    return ImageProblem(
        'image_size',
        image,
        f'{path} loads as {size[0]} x {size[1]} px{turned}, '
        f'the record says {image.width} x {image.height}',
    )


def _windows_hint(image: ImageRecord) -> str:
    name = image.file_name.replace('\\', '/')
    if name == image.file_name:
        return ''
    return f'; its file_name has backslashes, write {name} where folders are meant'


def _exists(path: Path) -> None:
    if not path.is_file():
        raise FileNotFoundError(path)


def loaded_size(path: Path) -> tuple[int, int]:
    """Return the size of the image that OpenCV loads, turned as EXIF says, without decoding.

    Raises:
        OSError, ValueError, ...: one of ``UNREADABLE``.
    """
    try:
        with Image.open(path) as image:
            width, height = image.size
            file_format = image.format or ''
            exif = image.getexif() if 'exif' in image.info else {}
    except UnidentifiedImageError:
        raise ValueError(_why_unreadable(path)) from None
    if file_format not in ENDINGS:
        if not is_utf8(path):  # OpenCV would crash
            return _decoded_size(path)
        if not cv2.haveImageReader(str(path)):
            raise ValueError(f'OpenCV does not read {file_format} files')
        return width, height
    if not _tail(path).endswith(ENDINGS[file_format]):
        return _decoded_size(path)
    turned = exif.get(EXIF_ORIENTATION) in SWAPPED_ORIENTATIONS
    return (height, width) if turned else (width, height)


def _decoded_size(path: Path) -> tuple[int, int]:
    """Decode an image as MMPose's LoadImage does, and return its width and height."""
    pixels, damage = decoded(np.fromfile(path, np.uint8))
    if pixels is None:
        raise ValueError(_why_unreadable(path))
    if damage:
        raise ValueError(f'damaged, parts of it are missing: {damage}')
    if not _tail(path).endswith(tuple(ENDINGS.values())):
        with Image.open(path) as image:  # older OpenCV versions fill the missing part with grey
            image.load()
    return pixels.shape[1], pixels.shape[0]


def is_utf8(path: Path) -> bool:
    """Return whether OpenCV takes a file's name: bytes that are not UTF-8 end the process.

    >>> is_utf8(Path('a.jpg')), is_utf8(Path('a' + chr(0xdcff)))
    (True, False)
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _tail(path: Path, length: int = 8) -> bytes:
    with path.open('rb') as file:
        file.seek(max(0, path.stat().st_size - length))
        return file.read()


def _why_unreadable(path: Path) -> str:
    size = path.stat().st_size
    return f'truncated or no image ({size} bytes)' if size else 'empty file'
