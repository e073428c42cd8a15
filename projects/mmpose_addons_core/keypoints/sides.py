"""Which keypoints lie on the left and on the right, by their pairs."""

import re
from collections.abc import Sequence

LEFT_WORDS, RIGHT_WORDS = {'left', 'l', 'lt'}, {'right', 'r', 'rt'}


def sides_of(names: Sequence[str], flip_indices: Sequence[int]) -> list[str]:
    """Return each keypoint's side: ``'left'``, ``'right'``, or ``''`` without a pair.

    The pairs say which keypoints have a side. The names say which of a pair is left; where they
    do not, it is the first one.

    Args:
        names: Of K keypoints.
        flip_indices: For each keypoint its mirror image's index.

    >>> sides_of(['chin', 'r_paw', 'l_paw', 'a', 'b'], [0, 2, 1, 4, 3])
    ['', 'right', 'left', 'left', 'right']
    """
    sides = [''] * len(names)
    for first, second in enumerate(flip_indices):
        if first < second:
            swapped = _is(names[first], RIGHT_WORDS) or _is(names[second], LEFT_WORDS)
            pair = ('right', 'left') if swapped else ('left', 'right')
            sides[first], sides[second] = pair
    return sides


def _is(name: str, words: set[str]) -> bool:
    """Return whether a word of a name, in any case and between any marks, names a side."""
    spaced = re.sub(r'([a-z])([A-Z])', r'\1 \2', name)
    return bool(words & set(re.split(r'[\W_\d]+', spaced.lower())))
