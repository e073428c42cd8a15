"""Errors and scores of predicted face landmarks, and faces without an error.

Shape letters: N faces, K landmarks. Coordinates are (x, y) in image px.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mmpose_addons_core.message_texts import listed
from mmpose_addons_core.metrics import (
    ced_area,
    extent,
    face_errors,
    failure_rate,
    group_distance,
)

LISTED = 10
"""At most this many faces are named for each reason."""


@dataclass(frozen=True)
class Faces:
    """Predictions and ground truth of N faces.

    Attributes:
        predicted: (N, K, 2), NaN where there is no prediction.
        truth: (N, K, 2).
        visible: (N, K), bool.
        box: (N, 4), x1, y1, x2, y2.
    """

    predicted: np.ndarray
    truth: np.ndarray
    visible: np.ndarray
    box: np.ndarray


@dataclass(frozen=True)
class JudgedFaces:
    """Errors of N faces, and the reasons why some have none.

    Attributes:
        errors: (N,), shares of the length. NaN: the face is left out, because its ground truth
            is invalid. Infinite: the face is lost, because its prediction is invalid.
        left_out: (N,), bool, for each reason to leave a face out.
        lost: (N,), bool, for each reason to count a face as lost.
        length: (N,), px, what the distances are divided by.
    """

    errors: np.ndarray
    left_out: dict[str, np.ndarray]
    lost: dict[str, np.ndarray]
    length: np.ndarray


def box_size(box: np.ndarray) -> np.ndarray:
    """Return sqrt(w h) of boxes (N, 4), x1, y1, x2, y2; 0 of one without an extent.

    Example:
        >>> box_size(np.array([[0.0, 0, 9, 4], [9, 4, 0, 0]]))
        array([6., 0.])
    """
    return np.sqrt(np.prod(np.maximum(box[:, 2:] - box[:, :2], 0), axis=-1))


def judge_faces(
    faces: Faces, norm: str, ends: tuple[Sequence[int], Sequence[int]] | None = None
) -> JudgedFaces:
    """Compute errors of faces as shares of a length.

    Args:
        faces: Predictions and ground truth.
        norm: What the length is, if ``ends`` is None: ``'box'`` (sqrt(w h) of the box) or
            ``'predicted_extent'`` (sqrt(w h) of the extent of the predicted landmarks).
        ends: Two groups of landmarks; the length is the distance between their means.
    """
    predicted, truth, visible = faces.predicted, faces.truth, faces.visible
    lost = {'the prediction is not finite': (visible & ~_finite(predicted)).any(-1)}
    measured = np.ones(len(truth), dtype=bool)
    if ends is not None:
        first, second = ends
        length = group_distance(truth, first, second)
        measured = np.asarray(visible[:, [*first, *second]].all(-1))
    elif norm == 'box':
        length = box_size(faces.box)
    else:
        length = extent(predicted)
        without = ~(length > 0)
        lost['the prediction has no extent'] = without
        predicted = np.where(without[:, None, None], np.nan, predicted)
        length = np.where(without, 1.0, length)
    left_out = {
        'no landmark is visible': ~visible.any(-1),
        'a visible landmark is not finite': (visible & ~_finite(truth)).any(-1),
        'the landmarks of the length are not visible': ~measured,
        'the length is 0 or not finite': ~(np.isfinite(length) & (length > 0)),
    }
    errors = face_errors(predicted, truth, visible, np.where(measured, length, np.nan))
    return JudgedFaces(errors, left_out, lost, length)


def face_scores(
    errors: np.ndarray,
    weights: np.ndarray,
    thresholds: Sequence[float],
    bins: int | None = None,
) -> dict[str, float]:
    """Return ``NME``, for each threshold ``FR@``, ``area@`` and ``AUC@``, and ``faces``.

    Args:
        errors: (N,), as of :class:`JudgedFaces`.
        weights: (N,), of the faces in ``NME``.
        thresholds: Shares of the length.
        bins: As of ``mmpose_addons_core.metrics.ced_area``.

    Returns:
        Scores by name; NaN where there is no face to judge.

    Example:
        >>> face_scores(np.array([0.25, 0.75, np.nan]), np.ones(3), [0.5])
        {'NME': 0.5, 'FR@0.5': 0.5, 'area@0.5': 0.125, 'AUC@0.5': 0.25, 'faces': 2}
    """
    judged, found = ~np.isnan(errors), np.isfinite(errors)
    mean = float('nan')
    if found.any():
        mean = float(np.average(errors[found], weights=weights[found]))
    scores = dict(NME=mean)
    for threshold in thresholds:
        area = rate = float('nan')
        if judged.any():
            area = ced_area(errors[judged], threshold, bins)
            rate = failure_rate(errors[judged], threshold)
        scores[f'FR@{threshold:g}'] = rate
        scores[f'area@{threshold:g}'] = area
        scores[f'AUC@{threshold:g}'] = area / threshold
    return scores | dict(faces=int(judged.sum()))


def view_groups(faces: Sequence[tuple[str, bytes]]) -> np.ndarray:
    """Return the crops of each face: indices (F, V), F faces with V crops each.

    Args:
        faces: Name and ground truth of each entry, the same for all crops of a face. Faces of
            one name are told apart by their ground truth: not all pipelines pack the ids.

    Raises:
        ValueError: If a face has fewer than two crops, or another number than the first one.

    Example:
        >>> view_groups([('a', b'0'), ('a', b'0'), ('b', b'0'), ('b', b'0')])
        array([[0, 1],
               [2, 3]])
    """
    groups: dict[tuple[str, bytes], list[int]] = {}
    for index, face in enumerate(faces):
        groups.setdefault(face, []).append(index)
    views = len(next(iter(groups.values())))
    for (name, _), members in groups.items():
        if len(members) != views or views < 2:
            raise ValueError(
                'jitter needs a data set that gives the same number of crops of each face, at '
                f'least 2, as MovedCropsDataset does; got {len(members)} of {name}'
            )
    return np.array([*groups.values()])


def list_faces(
    what: str, reasons: Mapping[str, np.ndarray], concerned: np.ndarray, names: Sequence[str]
) -> str:
    """List faces by name, each under its first reason.

    Args:
        what: What happened to them.
        reasons: (N,), bool, for each reason.
        concerned: (N,), bool.
        names: N names.

    Returns:
        Lines of text, empty if no face is concerned.

    Example:
        >>> faces = np.array([True, False])
        >>> print(list_faces('left out', {'too small': faces}, faces, ['a.jpg', 'b.jpg']))
        1 of 2 faces are left out:
        too small: 1: a.jpg
    """
    rest = concerned.copy()
    lines = []
    for reason, faces in reasons.items():
        found = [names[i] for i in np.flatnonzero(rest & faces).tolist()]
        rest &= ~faces
        if found:
            lines.append(f'{reason}: {len(found)}: {listed(found, LISTED)}')
    if not lines:
        return ''
    return '\n'.join([f'{concerned.sum()} of {len(names)} faces are {what}:', *lines])


def _finite(points: np.ndarray) -> np.ndarray:
    """Return which points are finite, (N, K), bool."""
    return np.isfinite(points).all(-1)
