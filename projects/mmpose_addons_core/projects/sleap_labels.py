"""Labels that sleap-io reads: SLEAP, and its own files in Label Studio's layout."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..keypoints.sides import mirror_pairs
from ..media.kinds import IMAGE_SUFFIXES
from .find_files import FileFinder
from .labels import NO_LABEL, PREDICTED, Frame, Instance, Project, ProjectError

MISSING_VIDEO = 'the video is missing'


def read_with_sleap_io(
    kind: str, load: Callable[[Any], Any], file: Path, finder: FileFinder
) -> Project:
    """Read a file by a function of sleap-io.

    Args:
        kind: Name of the tool.
        load: Gives sleap-io's ``Labels``; gets the module.
        file: For messages.
        finder: Finds videos that lie elsewhere than the file says.

    Raises:
        ProjectError: sleap-io is missing or cannot read the file; skeletons differ.
    """
    try:
        import sleap_io
    except ImportError:
        raise ProjectError(
            f'{file}: reading it needs sleap-io: pip install "mmpose_addons[projects]"'
        ) from None
    try:
        labels = load(sleap_io)
    except Exception as error:  # sleap-io lets the errors of its parsers through
        raise ProjectError(f'{file}: cannot be read: {type(error).__name__}: {error}') from None
    # merged files have copies of a skeleton
    if len({tuple(skeleton.node_names) for skeleton in labels.skeletons}) != 1:
        names = [skeleton.name for skeleton in labels.skeletons]
        raise ProjectError(
            f'{file}: expected skeletons of the same keypoints, got {len(names)}: {names}'
        )
    skeleton = labels.skeletons[0]
    links = [(int(a), int(b)) for a, b in skeleton.edge_inds]
    project = Project(kind, [*skeleton.node_names], links, [], pairs=_pairs(skeleton))
    videos = {id(video): _Images(video, finder) for video in labels.videos}
    for labelled in sorted(
        labels.labeled_frames, key=lambda f: (labels.videos.index(f.video), f.frame_idx)
    ):
        images = videos[id(labelled.video)]
        number = int(labelled.frame_idx)
        where = f'{images.name} frame {number}'
        if labelled.predicted_instances:
            project.leave_out(PREDICTED, where)
        instances = project.labelled(
            [_instance(user) for user in labelled.user_instances], where
        )
        if not instances:
            project.leave_out(NO_LABEL, where)
        elif not images.there(number):
            project.leave_out(MISSING_VIDEO, where)
        else:
            project.frames.append(images.frame(number, instances))
    if not project.frames:
        moved = '; --moved NAME=PATH says where a video is' * (
            MISSING_VIDEO in project.left_out
        )
        raise ProjectError(f'{file}: no labelled frame can be read{project.reasons()}{moved}')
    return project


def _pairs(skeleton: Any) -> list[tuple[int, int]] | None:
    """Return (left, right) keypoints: those that mirror each other, and others by their names.

    None without any stated ones.
    """
    stated = [tuple(sorted(pair)) for pair in skeleton.symmetry_inds]
    by_name = mirror_pairs(skeleton.node_names)
    taken = {k for pair in stated for k in pair}
    if len(taken) < 2 * len(stated):
        raise ProjectError(
            f'skeleton {skeleton.name}: expected symmetries of different keypoints, got '
            f'{[[skeleton.node_names[k] for k in pair] for pair in stated]}'
        )
    known = {tuple(sorted(pair)): pair for pair in by_name}  # say which side is the left one
    pairs = [known.get((a, b), (a, b)) for a, b in stated]
    pairs += [pair for pair in by_name if not taken & {*pair}]
    return sorted(pairs) if stated else None


def _instance(user: Any) -> Instance:
    points = np.asarray(user.numpy(), float)
    visible = np.asarray(user.points['visible'], bool)
    track = None if user.track is None else user.track.name
    return Instance(points, ~visible & ~np.isnan(points).any(1), track)


class _Images:
    """Images of one of sleap-io's videos: a video file, a list of images, or embedded ones."""

    def __init__(self, video: Any, finder: FileFinder) -> None:
        self.video = video
        names = video.filename if isinstance(video.filename, list) else [video.filename]
        self._files = [self._find(str(name), finder) for name in names]
        first = re.split(r'[\\/]+', str(names[0]))
        several = isinstance(video.filename, list)
        self.name = (first[-2] if several and len(first) > 1 else first[-1]) or 'video'
        self._embedded = bool(getattr(video.backend, 'has_embedded_images', False))
        if not several and not self._embedded and self._files[0] is not None:
            video.replace_filename(str(self._files[0]))

    @staticmethod
    def _find(name: str, finder: FileFinder) -> Path | None:
        parts = [part for part in re.split(r'[\\/]+', name) if part]
        replaced = finder.replacements.get(parts[-1])
        return replaced or (Path(name) if Path(name).is_file() else finder.find(parts))

    def there(self, number: int) -> bool:
        return self._embedded or self._file(number) is not None

    def frame(self, number: int, instances: list[Instance]) -> Frame:
        file = self._file(number)
        if file is not None and file.suffix.lower() in IMAGE_SUFFIXES:
            return Frame(self.name, number, file.name, instances, file)
        name = f'{Path(self.name).stem}_{number:06d}.png'
        return Frame(self.name, number, name, instances, lambda: self._read(number))

    def _file(self, number: int) -> Path | None:
        return self._files[number if len(self._files) > 1 else 0]

    def _read(self, number: int) -> np.ndarray:
        try:
            image = np.asarray(self.video[number])
        except Exception as error:  # of the video's backend
            raise ProjectError(f'{self.name}: frame {number} cannot be read: {error}') from None
        if image.ndim == 2 or image.shape[-1] == 1:
            return cv2.cvtColor(image.reshape(image.shape[:2]), cv2.COLOR_GRAY2BGR)
        return cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
