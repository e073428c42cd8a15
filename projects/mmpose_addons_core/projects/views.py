"""Split keypoints of several views in one frame into one instance for each view."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .labels import Instance, Project, ProjectError

LEAST = 3
"""Parts that two suffixes share before they look like views."""


def split_views(project: Project, suffixes: Sequence[str]) -> Project:
    """Return a project whose instances show one view each.

    Args:
        project: Has one instance a frame, whose keypoints end in one of the suffixes.
        suffixes: For instance ``_top`` and ``_bot``; what is left of the name is the keypoint.

    Raises:
        ProjectError: A keypoint ends in none of the suffixes.
    """
    places: dict[str, dict[str, int]] = {suffix: {} for suffix in suffixes}
    for k, name in enumerate(project.keypoints):
        suffix = next((suffix for suffix in suffixes if name.endswith(suffix)), None)
        if not suffix:
            raise ProjectError(f'keypoint {name!r} ends in none of {[*suffixes]}')
        places[suffix][name.removesuffix(suffix)] = k
    names = [*dict.fromkeys(name for view in places.values() for name in view)]
    of_view = {k: names.index(name) for view in places.values() for name, k in view.items()}
    links = sorted({(of_view[a], of_view[b]) for a, b in project.skeleton})
    frames = [
        replace(
            frame,
            instances=[
                view
                for instance in frame.instances
                for suffix in suffixes
                if (view := _view(instance, suffix, places[suffix], names)).labelled.any()
            ],
        )
        for frame in project.frames
    ]
    return Project(project.kind, names, links, frames, project.left_out)


def views_in(names: Sequence[str]) -> list[str]:
    """Return suffixes that look like views: each ends at least three names of the same parts.

    >>> views_in(['leg_top', 'paw_top', 'nose_top', 'leg_bot', 'paw_bot', 'nose_bot', 'tail'])
    ['_top', '_bot']
    >>> views_in(['left_ear', 'right_ear', 'left_eye', 'right_eye', 'nose_tip'])
    []
    """
    parts: dict[str, set[str]] = {}
    for name in names:
        part, separator, suffix = name.rpartition('_')
        if separator:
            parts.setdefault('_' + suffix, set()).add(part)
    return [
        suffix
        for suffix, mine in parts.items()
        if any(len(mine & other) >= LEAST for key, other in parts.items() if key != suffix)
    ]


def _view(
    instance: Instance, suffix: str, places: dict[str, int], names: list[str]
) -> Instance:
    points = np.full((len(names), 2), np.nan)
    hidden = np.zeros(len(points), bool)
    for name, k in places.items():
        points[names.index(name)] = instance.keypoints[k]
        hidden[names.index(name)] = instance.hidden[k]
    track = '' if instance.track is None else instance.track
    return Instance(points, hidden, track + suffix)
