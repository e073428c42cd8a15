"""Labels that sleap-io reads: SLEAP, and its own files in Label Studio's layout."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..keypoints.sides import mirror_pairs
from ..message_texts import listed, short
from .find_files import FileFinder
from .labels import LONGEST, NO_LABEL, PREDICTED, Instance, Project, ProjectError
from .sleap_images import images_of

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
        raise ProjectError(
            f'{file}: cannot be read: {type(error).__name__}: {str(error)[:LONGEST]}'
        ) from None
    # merged files have copies of a skeleton
    if len({tuple(skeleton.node_names) for skeleton in labels.skeletons}) != 1:
        names = [short(skeleton.name) for skeleton in labels.skeletons]
        raise ProjectError(
            f'{file}: expected skeletons of the same keypoints, got {len(names)}: '
            f'{listed(names)}'
        )
    skeleton = labels.skeletons[0]
    links = [(int(a), int(b)) for a, b in skeleton.edge_inds]
    project = Project(kind, [*skeleton.node_names], links, [], pairs=_pairs(skeleton))
    videos = {
        id(video): images
        for video, images in zip(labels.videos, images_of(labels.videos, finder), strict=True)
    }
    for labelled in sorted(
        labels.labeled_frames, key=lambda f: (labels.videos.index(f.video), f.frame_idx)
    ):
        images = videos[id(labelled.video)]
        number = int(labelled.frame_idx)
        where = f'{images.name} frame {number}'
        if labelled.predicted_instances:
            project.leave_out(PREDICTED, where)
        instances = project.labelled(
            [_instance(project, user, where) for user in labelled.user_instances], where
        )
        if not instances:
            project.leave_out(NO_LABEL, where)
        elif not images.there(number):
            project.leave_out(MISSING_VIDEO, where)
        else:
            project.add(images.frame(number, instances), where)
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
            f'{short([[skeleton.node_names[k] for k in pair] for pair in stated])}'
        )
    known = {tuple(sorted(pair)): pair for pair in by_name}  # say which side is the left one
    pairs = [known.get((a, b), (a, b)) for a, b in stated]
    pairs += [pair for pair in by_name if not taken & {*pair}]
    return sorted(pairs) if stated else None


def _instance(project: Project, user: Any, where: str) -> Instance:
    """Read an instance; SLEAP keeps a place of keypoints that are not visible, but no label."""
    visible = np.asarray(user.points['visible'], bool)
    points = np.asarray(user.points['xy'], float)
    flags = np.where(visible, 2.0, 0.0)
    labelled = project.usable_labels(np.column_stack([points, flags]), project.keypoints, where)
    track = None if user.track is None else user.track.name
    return Instance(
        np.where(labelled[:, None], points, np.nan), np.zeros(len(points), bool), track
    )
