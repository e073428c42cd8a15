"""What the errors of a face are divided by, as a user names it.

Shape letters: K landmarks.
"""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

from mmpose.evaluation.metrics import NME

from mmpose_addons_core.faces import face_layout

NORMS = ('interocular', 'interpupil', 'box', 'predicted_extent')

Norm = str | Sequence[int | str]


def check_norm(norm: Any) -> None:
    """Refuse what is neither one of :data:`NORMS` nor two landmarks.

    Raises:
        ValueError: It names the value.

    Example:
        >>> check_norm((36, 36))
        Traceback (most recent call last):
        ValueError: norm must be two different landmarks, got (36, 36)
    """
    if isinstance(norm, str):
        fits = norm in NORMS
    else:
        fits = isinstance(norm, Sequence) and len(norm) == 2 and all(map(_landmark, norm))
    if not fits:
        raise ValueError(
            f'norm must be one of {NORMS} or two landmarks, each a number or a name, got '
            f'{norm!r}'
        )
    if norm[0] == norm[1]:
        raise ValueError(f'norm must be two different landmarks, got {norm!r}')


def norm_ends(
    norm: Norm, count: int, meta: Mapping[str, Any]
) -> tuple[Sequence[int], Sequence[int]] | None:
    """Return the groups of landmarks between whose means the length is measured.

    Args:
        norm: As :func:`check_norm` accepts it.
        count: K.
        meta: Of the data set: ``num_keypoints``, ``dataset_name``, ``keypoint_name2id``.

    Returns:
        Two groups of indices; None where the length is that of a box.

    Raises:
        ValueError: The data set has another number of landmarks, or the norm does not fit them.

    Example:
        >>> norm_ends(('chin', 1), 2, dict(keypoint_name2id=dict(chin=0)))
        ([0], [1])
    """
    if norm in ('box', 'predicted_extent'):
        return None
    if (expected := meta.get('num_keypoints', count)) != count:
        raise ValueError(
            f'the data set {meta.get("dataset_name")} has {expected} landmarks, got {count}'
        )
    if norm == 'interocular':
        corners = NME.DEFAULT_KEYPOINT_INDICES.get(meta.get('dataset_name'))
        if corners is None:
            return face_layout(count).outer_eye_corners
        return corners[:1], corners[1:]
    if norm == 'interpupil':
        return face_layout(count).pupils
    numbers = meta.get('keypoint_name2id', {})
    ends = [numbers.get(landmark, landmark) for landmark in norm]
    known = all(_landmark(end) and not isinstance(end, str) and end < count for end in ends)
    if not known or ends[0] == ends[1]:
        raise ValueError(
            f'norm must name two of the {count} landmarks ({[*numbers] or "numbers"}), '
            f'got {norm!r}'
        )
    return ends[:1], ends[1:]


def _landmark(value: Any) -> bool:
    """Return whether a value can name a landmark."""
    number = isinstance(value, Integral) and not isinstance(value, bool)
    return isinstance(value, str) or (number and value >= 0)
