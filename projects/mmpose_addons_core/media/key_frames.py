"""Frames of a long video that can be decoded without those before them."""

import io
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path

from .video_reader import VideoFrame, upright


def key_frames(source: str | PathLike, count: int) -> list[tuple[int, int]]:
    """Find numbers and time stamps of key frames, evenly spread over a video.

    Packets are read and not decoded, which takes a small part of the time.

    Args:
        source: A video.
        count: Wanted number of frames.

    Returns:
        ``count`` pairs in time order; empty if the video has fewer key frames, or frames whose
        place is not known.
    """
    import av

    with io.FileIO(Path(source)) as file:
        try:
            with av.open(file, metadata_errors='replace') as container:
                stream = container.streams.best('video')
                packets = [
                    (packet.pts, packet.is_keyframe)
                    for packet in container.demux(stream)
                    if packet.size
                ]
        except (av.FFmpegError, OSError):
            return []
    if not packets or any(pts is None for pts, _ in packets):
        return []
    packets.sort()
    keys = [(number, pts) for number, (pts, is_key) in enumerate(packets) if is_key]
    if len(keys) < count or len({pts for pts, _ in packets}) < len(packets):
        return []
    return [keys[int((i + 0.5) * len(keys) / count)] for i in range(count)]


def decode_key_frames(
    source: str | PathLike, places: Sequence[tuple[int, int]]
) -> Iterator[VideoFrame]:
    """Decode frames that :func:`key_frames` has chosen; those that are broken are left out."""
    import av

    with io.FileIO(Path(source)) as file, av.open(file, metadata_errors='replace') as container:
        stream = container.streams.best('video')
        for number, pts in places:
            try:
                container.seek(pts, stream=stream)
                frame = next(frame for frame in container.decode(stream) if frame.pts >= pts)
            except (av.FFmpegError, OSError, StopIteration):
                continue
            if frame.pts == pts and not frame.is_corrupt:
                time = float((pts - (stream.start_time or 0)) * (stream.time_base or 0))
                yield VideoFrame(upright(frame), number, time)
