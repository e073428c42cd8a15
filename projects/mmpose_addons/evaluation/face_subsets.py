"""Find which subsets, such as WFLW's, a face belongs to.

Shape letters: K landmarks.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mmpose_addons_core.datasets.coco_file import read_records

WFLW_SUBSETS = ('pose', 'expression', 'illumination', 'make-up', 'occlusion', 'blur')


def annotated_subsets(annotation: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of an annotation's subsets.

    Example:
        >>> annotated_subsets(dict(subsets=['dark']))
        ('dark',)
        >>> annotated_subsets(dict(pose=1, blur=0, expression=1))
        ('pose', 'expression')
    """
    flagged = [name for name in WFLW_SUBSETS if annotation.get(name)]
    return tuple(annotation.get('subsets', flagged))


def face_key(keypoints: Any) -> bytes:
    """Identify a face by its landmarks.

    Args:
        keypoints: (1, K, 2), image px, or COCO's list of x, y and visibility.
    """
    points = np.asarray(keypoints, dtype=np.float32)
    return (points.reshape(-1, 3)[:, :2] if points.ndim == 1 else points).tobytes()


def read_subsets(source: str | Mapping[str, str]) -> dict[bytes, list[str]]:
    """Read the names of subsets by :func:`face_key`.

    Args:
        source: A COCO file whose annotations name subsets, or COCO files by subset.

    Raises:
        CocoFileError: A file cannot be read, or has no annotations with keypoints.
    """
    subsets: dict[bytes, list[str]] = {}
    for name, file in {'': source}.items() if isinstance(source, str) else source.items():
        for annotation in read_records(file, 'annotations', ['keypoints']):
            names = [name] if name else annotated_subsets(annotation)
            subsets.setdefault(face_key(annotation['keypoints']), []).extend(names)
    return subsets
