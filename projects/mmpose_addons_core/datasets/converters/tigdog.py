"""TigDog (Del Pero et al., "Behavior Discovery and Alignment") to COCO keypoints.

Shape letters: F frames of a shot. Coordinates are (x, y) in image px.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...keypoints.animal18 import KEYPOINTS, SKELETON
from ...progress import track
from .coco_json import Animal, ConversionError, image_size, read_split, write_splits

# Which joints of a record, in the order of KEYPOINTS. TigDog's 19th joint is not used.
ORDER = {
    'horse': [*range(18)],
    'tiger': [0, 1, 2, 3, 4, 5, 6, 7, 14, 15, 16, 17, 12, 13, 8, 9, 10, 11],
}
SPLIT_FILES = {'train': 'train_idxs_by_video.npy', 'val': 'valid_idxs_by_video.npy'}
MIN_VISIBLE = 10  # frames with fewer of the 18 joints are not used
VIDEOS_PER_TEST_VIDEO = 5  # one of this many videos is for testing


@dataclass(frozen=True)
class Frame:
    """A labelled frame: joints in the order of KEYPOINTS."""

    shot: int
    number: int
    positions: np.ndarray  # (18, 2)
    visible: np.ndarray  # (18), bool

    @property
    def used(self) -> bool:
        return int(self.visible.sum()) >= MIN_VISIBLE


def convert_tigdog(
    root: Path,
    animal: str,
    out: Path | None = None,
    split_dir: Path | None = None,
    seed: int = 0,
    progress: bool = False,
) -> dict[str, Path]:
    """Write ``<animal>_train.json`` and ``<animal>_val.json``, both or none.

    Frames with at least 10 visible joints of 18 are used. Each image and annotation says its
    ``video_id`` (the shot) and ``frame_id`` (the image's number). The box is the extent of
    the joints with positive coordinates; hidden joints are written as not labelled, as the
    published code does not train on them.

    Args:
        root: ``behaviorDiscovery2.0``; ``file_name`` is relative to it.
        animal: A key of :data:`ORDER`.
        out: Folder to write to; ``root/annotations`` by default.
        split_dir: Folder with the published ``train_idxs_by_video.npy`` and
            ``valid_idxs_by_video.npy``. Without it a fifth of the videos goes to val.
        seed: Of the split without published files.
        progress: Show a bar with the remaining time.

    Returns:
        The file of each split.

    Raises:
        ConversionError: A file is missing or broken, or a value makes no sense.
    """
    if animal not in ORDER:
        raise ConversionError(f'animal must be one of {[*ORDER]}, got {animal!r}')
    frames = read_frames(root, animal, progress)
    positions = (
        split_by_video(frames, seed)
        if split_dir is None
        else read_split(split_dir, SPLIT_FILES, len(frames))
    )
    splits = {
        split: [
            _animal(root, animal, frame)
            for frame in track(
                [frames[position] for position in positions[split]],
                f'Images of {split}',
                disable=not progress,
            )
            if frame.used
        ]
        for split in SPLIT_FILES
    }
    return write_splits(out or root / 'annotations', animal, splits, KEYPOINTS, SKELETON)


def read_frames(root: Path, animal: str, progress: bool = False) -> list[Frame]:
    """Read all frames of the labelled shots, in the order of ranges.mat: that is what the
    published split files count."""
    ranges_file = root / 'ranges' / animal / 'ranges.mat'
    ranges = _variable(ranges_file, 'ranges')
    if ranges.ndim != 2 or ranges.shape[1] != 3:
        raise ConversionError(
            f"{ranges_file}: 'ranges' must have rows of shot, first and last frame, got "
            f'shape {ranges.shape}'
        )
    frames: list[Frame] = []
    shots: dict[int, int] = {}
    for row, (shot, first, last) in enumerate(
        track(ranges.astype(int).tolist(), 'Landmarks', disable=not progress)
    ):
        if last < first or shots.setdefault(shot, row) != row:
            raise ConversionError(
                f'{ranges_file}: row {row} must have a new shot and its last frame not before '
                f'its first, got shot {shot}, frames {first} to {last}'
            )
        path = root / 'landmarks' / animal / f'{shot}.mat'
        if path.is_file():
            joints = _landmarks(path, last - first + 1, ORDER[animal])
            frames += [
                Frame(shot, number, *values)
                for number, values in enumerate(joints, start=first)
            ]
    if not frames:
        raise ConversionError(
            f'{root / "landmarks" / animal}: no landmarks of the {len(ranges)} shots'
        )
    return frames


def split_by_video(frames: list[Frame], seed: int) -> dict[str, list[int]]:
    """Split positions in ``frames``: a fifth of the videos, at least one, to val."""
    videos = np.array(sorted({frame.shot for frame in frames if frame.used}))
    count = max(1, len(videos) // VIDEOS_PER_TEST_VIDEO)
    chosen = {*np.random.default_rng(seed).permutation(videos)[:count].tolist()}
    return {
        'train': [i for i, frame in enumerate(frames) if frame.shot not in chosen],
        'val': [i for i, frame in enumerate(frames) if frame.shot in chosen],
    }


def _variable(path: Path, name: str) -> Any:
    """Read a variable of a MATLAB file."""
    from scipy.io import loadmat  # takes as long to import as the rest of this package

    if not path.is_file():
        raise ConversionError(f'{path}: no such file')
    try:
        content = loadmat(path)
    except Exception as error:  # SciPy raises many kinds on a broken file
        raise ConversionError(f'{path}: not a readable MATLAB file: {error}') from None
    if name not in content:
        found = [key for key in content if not key.startswith('__')]
        raise ConversionError(f'{path}: no variable {name!r}, got {found}')
    return content[name]


def _landmarks(
    path: Path, count: int, order: list[int]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Read positions (18, 2) and visibility (18), bool, of each frame of a shot."""
    cells = np.ravel(_variable(path, 'landmarks'))
    if len(cells) != count:
        raise ConversionError(
            f"{path}: 'landmarks' must have {count} frames as in ranges.mat, got {len(cells)}"
        )
    for index, cell in enumerate(cells):
        try:
            positions, visible = (np.asarray(field, float) for field in cell[0][0])
        except (IndexError, TypeError, ValueError):
            raise ConversionError(
                f'{path}: frame {index} must be a struct of positions and visibility, '
                f'got {cell!r:.80}'
            ) from None
        if positions.shape != (19, 2) or visible.shape != (19, 1):
            raise ConversionError(
                f'{path}: frame {index} must have positions (19, 2) and visibility (19, 1), '
                f'got {positions.shape} and {visible.shape}'
            )
        positions, seen = positions[order], visible[order, 0] > 0
        for joint in np.flatnonzero(seen & ~np.isfinite(positions).all(1)):
            raise ConversionError(
                f'{path}: frame {index}, visible joint {order[joint]} must be finite, '
                f'got {positions[joint].tolist()}'
            )
        yield positions, seen


def _animal(root: Path, animal: str, frame: Frame) -> Animal:
    file_name = f'{animal}/{frame.number:08d}.jpg'
    size = image_size(root / file_name)
    x, y = (axis[axis > 0] for axis in frame.positions.T)
    if not (len(x) and len(y) and np.ptp(x) > 0 and np.ptp(y) > 0):
        raise ConversionError(
            f'{root / file_name}: the joints must span a box, got {frame.positions.tolist()}'
        )
    return Animal(
        file_name=file_name,
        size=size,
        box=(x.min(), y.min(), np.ptp(x), np.ptp(y)),
        keypoints=frame.positions,
        visibility=2 * frame.visible,
        more=dict(video_id=frame.shot, frame_id=frame.number),
    )
