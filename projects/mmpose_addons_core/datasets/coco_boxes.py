"""Whether boxes lie in their image, and are (x, y, width, height), not (x1, y1, x2, y2).

All in image px.
"""

from collections.abc import Iterable, Sequence

LEAST_BOXES = 3
"""Fewer boxes beyond an image may be an accident."""
EDGE = 1.0
"""A box may exceed its image by this much, image px."""


def lies_outside(box: Sequence[float], size: tuple[float, float]) -> bool:
    """Return whether a box has no part in its image, as MMPose cuts boxes.

    Args:
        box: x, y, width, height.
        size: width and height of the image.

    >>> lies_outside([99, 5, 9, 9], (100, 50)), lies_outside([-9, 5, 10, 9], (100, 50))
    (True, False)
    """
    x, y, width, height = box
    # MMPose cuts boxes at the centres of the last pixels
    return x >= size[0] - 1 or y >= size[1] - 1 or x + width <= 0 or y + height <= 0


def corners_problem(
    boxes: Iterable[tuple[Sequence[float], tuple[float, float]]],
) -> str:
    """Return why boxes look like corners; empty if they do not.

    They do if most leave their image, and all of those fit into it as (x1, y1, x2, y2).

    Args:
        boxes: each with its image's width and height.

    >>> corners_problem([([50, 50, 90, 95], (100, 100))] * 4)
    '4 of 4 boxes [x, y, width, height] leave their image, and fit as [x1, y1, x2, y2]'
    >>> corners_problem([([50, 50, 40, 45], (100, 100))] * 4)
    ''
    """
    count = beyond = fitting = 0
    for (x, y, third, fourth), (width, height) in boxes:
        count += 1
        if x + third > width + EDGE or y + fourth > height + EDGE:
            beyond += 1
            fitting += x < third <= width + EDGE and y < fourth <= height + EDGE
    if beyond < LEAST_BOXES or 2 * beyond <= count or fitting < beyond:
        return ''
    return (
        f'{beyond} of {count} boxes [x, y, width, height] leave their image, '
        'and fit as [x1, y1, x2, y2]'
    )
