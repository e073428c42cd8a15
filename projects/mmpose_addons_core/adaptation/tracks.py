"""Tracks of videos, and batches of them that do not depend on the number of processes.

N samples; a track is one animal (or person) in one video.
"""

from collections.abc import Hashable, Sequence


def tracks_of(
    videos: Sequence[Hashable | None], frames: Sequence[float | None]
) -> list[list[int]]:
    """Group the samples of each track in temporal order; tracks by their first sample.

    Args:
        videos: N names of tracks; None for a single image, which is a track of its own.
        frames: N frame numbers; frames of a track may come in any order.

    Raises:
        ValueError: If a track has the same frame twice, or a frame without a number.

    Example:
        >>> tracks_of(['a', None, 'b', 'a'], [7, None, 0, 3])
        [[3, 0], [1], [2]]
    """
    members: dict[Hashable, list[int]] = {}
    for sample, video in enumerate(videos):
        # a new object differs from every other key
        members.setdefault(object() if video is None else video, []).append(sample)
    tracks = []
    for video, samples in members.items():
        if len(samples) > 1:
            numbers = [frames[sample] for sample in samples]
            if None in numbers or len(set(numbers)) < len(numbers):
                known = sorted(number for number in numbers if number is not None)
                raise ValueError(
                    f'each frame of video {video!r} needs a frame number of its own; '
                    f'got {len(samples)} frames with the numbers {known[:10]}'
                )
            samples = sorted(samples, key=lambda sample: frames[sample])  # type: ignore
        tracks.append(samples)
    return tracks


def shares_of(tracks: Sequence[Sequence[int]], batch_size: int) -> list[list[list[int]]]:
    """Divide the tracks into shares for processes, and each share into batches.

    A share holds whole tracks; a batch has at most ``batch_size`` samples. Both depend on the
    tracks alone. So a network gets each sample in the same batch, and computes the same values
    to the last bit, for any number of processes.

    Raises:
        ValueError: If ``batch_size`` is below 1.

    Example:
        >>> shares_of([[0], [1, 2], [3, 4, 5], [6]], batch_size=2)
        [[[0, 1], [2]], [[3, 4], [5]], [[6]]]
    """
    if batch_size < 1:
        raise ValueError(f'batch_size must be at least 1, got {batch_size}')
    shares: list[list[int]] = [[]]
    for track in tracks:
        if len(shares[-1]) >= batch_size:
            shares.append([])
        shares[-1].extend(track)
    return [
        [share[start : start + batch_size] for start in range(0, len(share), batch_size)]
        for share in shares
        if share
    ]
