"""Small videos and pictures, whole and broken, for tests."""

import os
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from mmpose_addons_core.fileio import same_file  # noqa: F401  the package is there


def write_video(file: Path, images, rate=10, codec='mjpeg', times=None, **options) -> Path:
    """A video of the images in the container of the file's suffix."""
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
