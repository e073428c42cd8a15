"""Tables of predictions as DeepLabCut and Lightning Pose write them, and as plain csv.

A row of DeepLabCut's table is a frame; the columns have the levels scorer, (individuals,)
bodyparts, coords (x, y, likelihood). Shape letters: F frames, I individuals, K keypoints.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

import numpy as np

from ..fileio import atomic_write
from ..message_texts import in_utf8
from .hdf5_writing import hdf5_write
from .label_table import LEVELS, LEVELS_OF_SEVERAL
from .predictions import Clip, Pose, best_poses, individuals

if TYPE_CHECKING:
    import pandas

COORDS = ('x', 'y', 'likelihood')
KEY = 'df_with_missing'
"""DeepLabCut's name of a table in an HDF5 file."""
MOST_COLUMNS = 500
"""Of pandas' format "table", whose names of columns must fit into 64 KiB."""


def deeplabcut_table(
    clip: Clip, names: Sequence[str], scorer: str, several: bool
) -> 'pandas.DataFrame':
    """Return the predictions of a clip as DeepLabCut has them in memory.

    Rows are frame numbers of a video, or file names of images without their folder. Frames
    without a pose are NaN.

    Args:
        clip: The predictions.
        names: K names of keypoints.
        scorer: Name of the network.
        several: Whether there is a level of individuals: ``individual1``, ``individual2``, ...
            Otherwise it is the best pose of each frame.
    """
    import pandas as pd

    found = (individuals(clip) or [{}]) if several else [best_poses(clip)]
    values = np.full((clip.length, len(found), len(names), 3), np.nan)  # (F, I, K, 3)
    for number, poses in enumerate(found):
        for frame, pose in poses.items():
            values[frame, number] = np.column_stack((pose.keypoints, pose.scores))
    levels: list[list[str]] = [[scorer], [*names], [*COORDS]]
    if several:
        levels.insert(1, [f'individual{number + 1}' for number in range(len(found))])
    columns = pd.MultiIndex.from_product(levels, names=LEVELS_OF_SEVERAL if several else LEVELS)
    rows = [in_utf8(Path(image).name) for image in clip.images] or None
    # DeepLabCut's pandas knows no text but that of Python objects
    index = None if rows is None else pd.Index(rows, dtype=object)
    return pd.DataFrame(values.reshape(clip.length, len(columns)), index=index, columns=columns)


def write_deeplabcut(table: 'pandas.DataFrame', h5: Path, text: Path) -> None:
    """Write a table as HDF5 and as csv, as DeepLabCut does after an analysis."""
    narrow = table.shape[1] <= MOST_COLUMNS
    # pandas writes nothing of a table without rows in the first format
    form: Literal['table', 'fixed'] = 'table' if narrow and len(table) else 'fixed'
    names = sum(len(str(name)) for name in table.index) if table.index.dtype == object else 0
    with hdf5_write(h5, 8 * table.size + 8 * len(table) + 8 * names) as unfinished:
        table.to_hdf(unfinished, key=KEY, format=form, mode='w')
    with atomic_write(text) as unfinished:
        table.to_csv(unfinished)


def write_lightning_pose(clip: Clip, names: Sequence[str], scorer: str, target: Path) -> int:
    """Write Lightning Pose's csv, which holds one animal: the best pose of each frame.

    Returns:
        The number of poses that were left out.
    """
    table = deeplabcut_table(clip, names, scorer, several=False)
    with atomic_write(target) as unfinished:
        table.to_csv(unfinished)
    return sum(max(0, len(poses) - 1) for poses in clip.poses.values())


def write_plain_csv(clips: Sequence[Clip], names: Sequence[str], target: Path) -> None:
    """Write one row for each pose of all clips.

    The columns are ``file``, ``frame``, ``time`` (seconds, empty where unknown), ``track``
    (empty without tracking), ``score``, and ``<name>_x``, ``<name>_y``, ``<name>_score``.
    """
    head = ['file', 'frame', 'time', 'track', 'score']
    head += [f'{name}_{value}' for name in names for value in ('x', 'y', 'score')]
    with atomic_write(target) as unfinished, _text_file(unfinished) as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        for clip in clips:
            for frame, poses in sorted(clip.poses.items()):
                file = clip.images[frame] if clip.images else clip.location
                number = 0 if clip.images else frame
                for pose in poses:
                    time = clip.times.get(frame, '')
                    writer.writerow([file, number, time, *_values(pose)])


def _text_file(path: Path) -> TextIO:
    """Open a new csv file; names of files in it need not be valid Unicode."""
    return path.open('w', encoding='utf-8', errors='surrogateescape', newline='')


def _values(pose: Pose) -> list[float | int | str]:
    """Return track, score, and x, y, score of each keypoint."""
    points = np.column_stack((pose.keypoints, pose.scores)).astype(float)
    track = '' if pose.track is None else pose.track
    return [track, pose.score, *points.ravel().tolist()]
