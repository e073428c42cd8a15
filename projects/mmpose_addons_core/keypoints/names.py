"""Sides in the names of keypoints, and COCO's category of a set of keypoints."""

from collections.abc import Sequence
from typing import Any


def side_and_part(name: str) -> tuple[str, str]:
    """Split the name of a keypoint; the side is ``''`` for one in the middle.

    >>> side_and_part('left_front_hoof'), side_and_part('tail_start')
    (('left', 'front_hoof'), ('', 'tail_start'))
    """
    side, _, part = name.partition('_')
    return (side, part) if side in ('left', 'right') else ('', name)


def mirrored(name: str) -> str:
    """Return the keypoint of the other side, or ``''`` for one in the middle.

    >>> mirrored('left_eye'), mirrored('chin')
    ('right_eye', '')
    """
    side, part = side_and_part(name)
    return {'left': 'right_', 'right': 'left_'}[side] + part if side else ''


def coco_category(
    name: str,
    supercategory: str,
    keypoints: Sequence[str],
    skeleton: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    """Return an entry of ``categories`` in a COCO keypoint file, with the id 1.

    Args:
        name: Of the category.
        supercategory: Of the category.
        keypoints: Names, in the order of the annotations.
        skeleton: Pairs of names; the entry has their numbers, which count from 1.

    >>> coco_category('horse', 'animal', ['chin', 'tail'], [('tail', 'chin')])['skeleton']
    [[2, 1]]
    """
    return dict(
        id=1,
        name=name,
        supercategory=supercategory,
        keypoints=[*keypoints],
        skeleton=[[keypoints.index(end) + 1 for end in link] for link in skeleton],
    )
