"""Write MP4 files by PyAV: frames at their own times, and a check by reading the file back."""

import contextlib
import os
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..fileio import half_file, hold
from ..message_texts import shown
from .errors import InputError
from .video_reader import VideoReader

CODECS = 'libx264', 'mpeg4'  # the first that this PyAV contains
QUALITY = dict(
    # B-frames would delay all frames by two in a file of fragments, which has no edit list
    libx264=dict(crf='18', preset='veryfast', g='60', bf='0'),
    mpeg4=dict(q='2', g='60'),
)
FRAGMENTS = '+hybrid_fragmented+frag_keyframe'
"""Every 60 frames can be read without the file's end, which a full disk may not take."""


class VideoWriteError(OSError):
    """A video could not be written, or not as a whole.

    Attributes:
        errno: The system's number of the error; None if the encoder has failed.
    """

    def __init__(self, message: str, errno: int | None = None) -> None:
        super().__init__(message)
        self.errno = errno


class VideoWriter:
    """An MP4 file (H.264) that appears when it is closed.

    Frames are shown at their own times, so any frame rate and a changing one are kept. Sides of
    an odd number of px are kept as well, in the pixel format yuv444p.

    Args:
        target: The file.
        size: Width and height, px. Other images are scaled to fit, with black bars.
        rate: Frames a second on average; the last frame lasts that long.
        time_base: Unit of the times, seconds; by default a frame.

    Raises:
        VideoWriteError: The file cannot be written.
    """

    def __init__(
        self,
        target: Path,
        size: tuple[int, int],
        rate: Fraction,
        time_base: Fraction | None = None,
    ) -> None:
        if find_spec('av') is None:
            raise VideoWriteError(f'{shown(target)}: videos need PyAV (pip install av)')
        self.target, self.size = target, size
        self.written = 0
        self._unit = time_base or 1 / rate
        self._last = -1  # time of the last frame in units
        try:
            self._half = half_file(target)
            self._file = _Stream(self._half)
        except OSError as error:
            raise _failure(target, error) from None
        self._container, self._stream = _encoder(self._file, size, rate, self._unit)

    def write(self, image: np.ndarray, time: float) -> None:
        """Add a frame.

        Args:
            image: (H, W, 3), uint8, BGR.
            time: Seconds; should increase, else the frame comes one unit after the last one.

        Raises:
            VideoWriteError: The disk is full, or the encoder fails.
        """
        import av

        frame = av.VideoFrame.from_ndarray(_fitted(image, self.size), format='bgr24')
        frame.time_base = self._unit
        frame.pts = self._last = max(self._last + 1, round(time / self._unit))
        try:
            self._container.mux(self._stream.encode(frame))
        except (av.FFmpegError, OSError) as error:
            raise _failure(self.target, self._file.error or error) from None
        if self._file.error:
            raise _failure(self.target, self._file.error)
        self.written += 1

    def close(self) -> int:
        """Finish the file, read it back and give it its name.

        Returns:
            The number of frames in the file.

        Raises:
            VideoWriteError: The file contains fewer frames than were written. It is kept if
                it contains some.
        """
        import av

        reason: Exception | None = None
        try:
            if self.written:
                self._container.mux(self._stream.encode())
            self._container.close()
        except (av.FFmpegError, OSError) as error:
            reason = error
            with contextlib.suppress(av.FFmpegError, OSError):
                self._container.close()
        self._file.close()
        frames = _readable_frames(self._half) if self.written else 0
        try:
            if frames:
                os.replace(self._half, self.target)
        finally:
            self._half.unlink(missing_ok=True)
        reason = self._file.error or reason
        if frames < self.written or (reason and not frames):
            kept = f'it contains {frames} of {self.written} frames' if frames else 'not written'
            missing = OSError('frames are missing when the file is read back')
            raise _failure(self.target, reason or missing, f'; {kept}')
        return frames


class _Stream:
    """A file for PyAV that writes all bytes or remembers why it could not.

    After an error it takes bytes and writes none: FFmpeg ends the process with a segmentation
    fault where it cannot write the end of a file.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open('w+b', buffering=0)
        hold(self._file.fileno())
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        left = memoryview(data)
        try:
            while left and not self.error:
                left = left[self._file.write(left) or 0 :]
        except OSError as error:
            self.error = error
        return len(data)

    def read(self, count: int) -> bytes:
        return self._file.read(count) or b''

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        try:
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:  # some file systems tell here that they are full
            self.error = self.error or error


def _encoder(
    file: '_Stream', size: tuple[int, int], rate: Fraction, unit: Fraction
) -> tuple[Any, Any]:
    """Open PyAV's container and stream."""
    import av

    codec = next(codec for codec in CODECS if codec in av.codecs_available)
    container: Any = av.open(file, 'w', format='mp4', options=dict(movflags=FRAGMENTS))
    even = not (size[0] % 2 or size[1] % 2)
    settings = dict(
        width=size[0],
        height=size[1],
        pix_fmt='yuv420p' if even or codec == 'mpeg4' else 'yuv444p',
        time_base=unit,
        options=QUALITY[codec],
    )
    stream = container.add_stream(codec, rate=rate)
    stream.codec_context.time_base = unit
    for name, value in settings.items():
        setattr(stream, name, value)
    return container, stream


def _failure(target: Path, error: Exception, more: str = '') -> VideoWriteError:
    reason = getattr(error, 'strerror', None) or error
    # FFmpeg's own errors have numbers that are none of the system's
    number = getattr(error, 'errno', None) if type(error).__module__ == 'builtins' else None
    return VideoWriteError(f'{shown(target)} cannot be written: {reason}{more}', number)


def _fitted(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the image, scaled into the middle of a black one if it has another size."""
    height, width = image.shape[:2]
    if (width, height) == size:
        return np.ascontiguousarray(image)
    scale = min(size[0] / width, size[1] / height)
    shape = max(1, round(width * scale)), max(1, round(height * scale))
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    x, y = (size[0] - shape[0]) // 2, (size[1] - shape[1]) // 2
    canvas[y : y + shape[1], x : x + shape[0]] = cv2.resize(image, shape)
    return canvas


def _readable_frames(path: Path) -> int:
    try:
        reader = VideoReader(path)
    except InputError:
        return 0
    try:
        return sum(1 for _ in reader.frames(lambda numbers, reason: None))
    finally:
        reader.close()
