"""Find which subsets, such as WFLW's, a face belongs to.

Shape letters: K landmarks.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np

from mmpose_addons_core.datasets.coco_file import CocoFileError, read_records

ALL = 'all'
"""Name of the curve of all faces, which no subset can have."""
WFLW_SUBSETS = ('pose', 'expression', 'illumination', 'make-up', 'occlusion', 'blur')


def annotated_subsets(annotation: Mapping[str, Any], name: str = '') -> tuple[str, ...]:
    """Return the names of an annotation's subsets.

    Args:
        annotation: A record of COCO.
        name: Of the annotation, for the error.

    Raises:
        ValueError: ``subsets`` is no list of names, or one is :data:`ALL`.

    Example:
        >>> annotated_subsets(dict(subsets=['dark']))
        ('dark',)
        >>> annotated_subsets(dict(pose=1, blur=0, expression=1))
        ('pose', 'expression')
    """
    flagged = [flag for flag in WFLW_SUBSETS if annotation.get(flag)]
    names = annotation.get('subsets', flagged)
    _check_names(names, f'{name}: subsets' if name else 'subsets')
    return tuple(names)


def face_key(keypoints: Any) -> bytes:
    """Identify a face by its landmarks.

    Args:
        keypoints: (1, K, 2), image px, or COCO's list of x, y and visibility.

    Raises:
        TypeError, ValueError: They are neither.
    """
    points = np.asarray(keypoints, dtype=np.float32)
    return (points.reshape(-1, 3)[:, :2] if points.ndim == 1 else points).tobytes()


def read_subsets(
    source: str | PathLike | Mapping[str, str | PathLike],
) -> dict[bytes, list[str]]:
    """Read the names of subsets by :func:`face_key`.

    Args:
        source: A COCO file whose annotations name subsets, or COCO files by subset.

    Raises:
        CocoFileError: A file cannot be read, has no annotations with keypoints, or names
            subsets that :func:`annotated_subsets` refuses.
        ValueError: The source is something else, or a subset is named :data:`ALL`.
    """
    if isinstance(source, str | PathLike):
        files: Mapping[Any, Any] = {None: source}
    elif isinstance(source, Mapping) and source:
        _check_names([*source], 'subsets')
        files = source
    else:
        raise ValueError(
            f'subsets must be a COCO file, or a dict of COCO files by subset, got {source!r}'
        )
    subsets: dict[bytes, list[str]] = {}
    for subset, file in files.items():
        if not isinstance(file, str | PathLike):
            raise ValueError(f'subset {subset} must be a COCO file, got {file!r}')
        annotations = read_records(file, 'annotations', ['keypoints'])
        if not annotations:
            raise CocoFileError(file, 'expected annotations with keypoints, got none')
        for index, annotation in enumerate(annotations):
            where = f'annotations[{index}] (id {annotation.get("id")})'
            try:
                names = annotated_subsets(annotation) if subset is None else [subset]
                key = face_key(annotation['keypoints'])
            except (TypeError, ValueError) as error:
                raise CocoFileError(file, f'{where}: {error}') from None
            subsets.setdefault(key, []).extend(names)
    return subsets


def missing_faces(
    wanted: Mapping[bytes, Sequence[str]] | None, found: Sequence[Sequence[str]]
) -> str:
    """Say which subsets of files have faces that were not tested; empty if none has.

    Args:
        wanted: As of :func:`read_subsets`.
        found: The subsets of each tested face.

    Example:
        >>> missing_faces({b'1': ['pose'], b'2': ['pose', 'blur']}, [['pose'], []])
        'faces of subsets that the data set lacks: pose: 1 of 2, blur: 1 of 1'
    """
    files = Counter(name for names in (wanted or {}).values() for name in set(names))
    tested = Counter(name for names in found for name in set(names))
    lacking = [
        f'{name}: {count - tested[name]} of {count}'
        for name, count in sorted(files.items(), key=lambda item: -item[1])
        if tested[name] < count
    ]
    if not lacking:
        return ''
    return f'faces of subsets that the data set lacks: {", ".join(lacking)}'


def _check_names(names: Any, what: str) -> None:
    """Refuse what is no list of names of subsets."""
    if not isinstance(names, list | tuple) or not all(isinstance(n, str) and n for n in names):
        raise ValueError(f'{what} must be a list of names, got {names!r}')
    if ALL in names:
        raise ValueError(
            f'{what} must not contain {ALL!r}, the curve of all faces, got {names}'
        )
