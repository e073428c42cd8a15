"""Which keypoints of a Label Studio task belong to one animal, and its box."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..datasets.coco_values import are_numbers
from .labels import Project

Box = tuple[float, float, float, float]
Point = tuple[float, float]
RECTANGLES = ('rectanglelabels', 'rectangle')
NO_OWNER = 'keypoints that belong to no region, in an image of several animals'
TWICE = 'an animal has two keypoints of one name'


def grouped(
    project: Project,
    image: str,
    regions: Sequence[Mapping[str, Any]],
    keypoints: Sequence[tuple[Mapping[str, Any], str, Point]],
) -> Iterator[tuple[Mapping[str, Any] | None, list[tuple[str, Point]]]]:
    """Yield the rectangle of each animal, if it has one, and its keypoints.

    Keypoints without an owner are one animal if there is at most one rectangle. What cannot be
    assigned is counted.

    Args:
        project: Counts what is left out.
        image: Its name.
        regions: All of the annotation.
        keypoints: Regions, names and places in px.
    """
    points = {region.get('id') for region, *_ in keypoints}
    others = {r['id']: r for r in regions if 'id' in r and r['id'] not in points}
    rectangles = [r for r in others.values() if r.get('type') in RECTANGLES]
    owners = _owners(regions, points, {*others})
    members: dict[Any, list[tuple[str, Point]]] = {}
    for region, label, point in keypoints:
        owner = owners.get(region.get('id'))
        if owner is None and len(rectangles) == 1:
            owner = rectangles[0]['id']
        members.setdefault(owner, []).append((label, point))
    for owner, found in members.items():
        names = Counter(label for label, _ in found)
        if owner is None and (len(rectangles) > 1 or len(members) > 1):
            project.leave_out(NO_OWNER, f'{image}: {", ".join(names)}')
        elif max(names.values()) > 1:
            twice = ', '.join(name for name, count in names.items() if count > 1)
            reason = TWICE if owner is not None else NO_OWNER
            project.leave_out(reason, f'{image}: {twice}')
        else:
            parent = others.get(owner)
            is_box = parent is not None and parent.get('type') in RECTANGLES
            yield (parent if is_box else None), found


def _owners(
    regions: Sequence[Mapping[str, Any]], points: set[Any], others: set[Any]
) -> dict[Any, Any]:
    """Return the region that owns each keypoint: its parent, or the end of a relation."""
    owners = {
        region.get('id'): region['parentID']
        for region in regions
        if region.get('id') in points and region.get('parentID') in others
    }
    for region in regions:
        if region.get('type') == 'relation':
            ends = region.get('from_id'), region.get('to_id')
            for point, owner in (ends, ends[::-1]):
                if point in points and owner in others:
                    owners.setdefault(point, owner)
    return owners


def rotated_box(region: Mapping[str, Any]) -> Box | None:
    """Return x, y, width and height in px of what surrounds a rectangle.

    A rectangle is turned clockwise about its first corner by ``rotation`` degrees.

    Args:
        region: Percentages, and the image's size in px.
    """
    value = region.get('value')
    if not isinstance(value, dict):
        return None
    sides: list[Any] = [region.get('original_width'), region.get('original_height')]
    numbers: list[Any] = [value.get(name) for name in ('x', 'y', 'width', 'height')]
    angle = value.get('rotation') or 0
    if not are_numbers([*sides, *numbers, angle]):
        return None
    x, y, width, height = np.array(numbers, float) * [*sides, *sides] / 100
    if min(width, height) <= 0:
        return None
    turn = math.radians(angle)
    across = np.array([math.cos(turn), math.sin(turn)]) * width
    down = np.array([-math.sin(turn), math.cos(turn)]) * height
    corners = np.array([x, y]) + np.array([0 * across, across, down, across + down])
    low, high = corners.min(0), corners.max(0)
    left, top, wide, tall = map(float, (*low, *(high - low)))
    return left, top, wide, tall
