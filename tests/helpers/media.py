"""Small videos for tests, whole and broken, written by PyAV."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from mmpose_addons_core.media.video_reader import VideoReader


def grey_images(count: int, width: int = 32, height: int = 24) -> list[np.ndarray]:
    """Images of increasing brightness, by which a frame is known again; at most 12."""
    return [np.full((height, width, 3), 20 * number, np.uint8) for number in range(count)]


def write_video(
    file: Path,
    images: Sequence[np.ndarray],
    rate: float = 10,
    codec: str = 'mjpeg',
    times: Sequence[float] | None = None,
    **options: str,
) -> Path:
    """A video of the images in the container of the file's suffix; `times` in seconds."""
    rate = Fraction(rate).limit_denominator(100000)
    unit = Fraction(1, 1000) if times else 1 / rate
    with av.open(str(file), 'w') as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = 'yuvj420p' if codec == 'mjpeg' else 'yuv420p'
        stream.time_base = stream.codec_context.time_base = unit
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format='bgr24')
            frame.time_base = unit
            frame.pts = round(times[number] * 1000) if times else number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file


def break_frame(file: Path, number: int) -> None:
    """Fill the JPEG data of one frame with zeros, behind its first two bytes."""
    content = bytearray(file.read_bytes())
    places = []
    start = content.find(b'\xff\xd8\xff')
    while start >= 0:
        places.append(start)
        start = content.find(b'\xff\xd8\xff', start + 2)
    end = content.find(b'\xff\xd9', places[number])
    content[places[number] + 2 : end] = bytes(end - places[number] - 2)
    file.write_bytes(content)


def cut(file: Path, share: float) -> None:
    """Keep the first part of a file, as a download that was interrupted."""
    content = file.read_bytes()
    file.write_bytes(content[: round(share * len(content))])


def comparable(file: Path) -> bytes | list:
    """A file's bytes; of a video numbers, times and shapes of its frames.

    The bytes of an encoded video are not always the same.
    """
    if file.suffix != '.mp4':
        return file.read_bytes()
    frames = VideoReader(file).frames(lambda *lost: None)
    return [(frame.number, frame.time, frame.image.shape) for frame in frames]


def moving_images(count: int, width: int = 64, height: int = 48) -> list[np.ndarray]:
    """Images of a texture that moves by a pixel each, all different."""
    coarse = np.random.default_rng(0).integers(0, 256, (height // 3, count, 3), np.uint8)
    scene = np.tile(coarse.repeat(3, 0).repeat(3, 1), (1, 2, 1))
    return [np.ascontiguousarray(scene[:, i : i + width]) for i in range(count)]
