"""Left and right keypoints: their names, their pairs and their colours."""

import re
from collections.abc import Sequence

SIDE_COLOURS = {'left': (255, 140, 40), 'right': (40, 120, 235), '': (90, 200, 90)}
"""RGB of the left side, the right side, and what lies between."""

_WORDS = {'left': 'right', 'l': 'r', 'lt': 'rt', 'lft': 'rgt'}
_OTHER = {**_WORDS, **{right: left for left, right in _WORDS.items()}}
_TOKENS = re.compile(r'[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^A-Za-z\d]+')
_LEG = re.compile(r'[LRlr][FHMBfhmb]$')  # LF: left front


def mirror_pairs(names: Sequence[str]) -> list[tuple[int, int]]:
    """Return the positions of (left, right) keypoints.

    A side is a word (``left_ear``, ``leftear``, ``earLeft``), a letter that stands alone or
    ends a word (``L_ear``, ``earL``, ``forelegL4``), or the first letter of a leg's code
    (``paw1LH`` and ``paw4RH``; numbers may differ if no name fits otherwise).

    >>> mirror_pairs(['nose', 'leftear', 'rightear', 'earL', 'earR', 'paw1LH', 'paw4RH'])
    [(1, 2), (3, 4), (5, 6)]
    """
    keys = [side_and_rest(name) for name in names]
    pairs: list[tuple[int, int]] = []
    for with_numbers in (True, False):
        taken = {index for pair in pairs for index in pair}
        parts: dict[tuple[str, str], list[int]] = {}
        for index, (side, part) in enumerate(keys):
            if side and index not in taken:
                part = part if with_numbers else re.sub(r'\d+', '', part)
                parts.setdefault((side, part), []).append(index)
        for (side, part), lefts in parts.items():
            rights = parts.get(('right', part), [])
            if side == 'left' and len(lefts) == len(rights) == 1:
                pairs.append((lefts[0], rights[0]))
    return sorted(pairs)


def side_and_rest(name: str) -> tuple[str, str]:
    """Return the side of a name and the name without it; ('', name) for one in the middle.

    >>> [side_and_rest(name) for name in ('l_fore_foot', 'leftear', 'wingL', 'label')]
    [('left', '*_fore_foot'), ('left', '*ear'), ('left', 'wing*'), ('', 'label')]
    """
    tokens = _TOKENS.findall(name)
    found: list[tuple[str, str]] = []
    for index, token in enumerate(tokens):
        lower = token.lower()
        rest = None
        if lower in _OTHER:
            rest = ''
        elif _LEG.match(token):
            lower, rest = lower[0], token[1:]
        else:
            word = re.match(r'(left|right)(?=.)|.+?(left|right)$', lower)
            if word:
                side = word[1] or word[2]
                lower, rest = side, lower.replace(side, '', 1) if word[1] else ''
                if word[2]:
                    rest = token[: -len(side)]
                    found.append((side, _joined(tokens, index, rest.lower() + '*')))
                    continue
        if rest is not None:
            side = 'left' if lower in _WORDS else 'right'
            found.append((side, _joined(tokens, index, '*' + rest.lower())))
    return found[0] if len(found) == 1 else ('', name)


def _joined(tokens: list[str], index: int, middle: str) -> str:
    return ''.join([*tokens[:index], middle, *tokens[index + 1 :]]).lower()


def sides_of(names: Sequence[str], flip_indices: Sequence[int] | None = None) -> list[str]:
    """Return each keypoint's side: ``'left'``, ``'right'``, or ``''`` without a pair.

    The pairs say which keypoints have a side. The names say which of a pair is left; where they
    do not, it is the first one.

    Args:
        names: Of K keypoints.
        flip_indices: For each keypoint its mirror image's index; by default by the names.

    >>> sides_of(['chin', 'r_paw', 'l_paw', 'a', 'b'], [0, 2, 1, 4, 3])
    ['', 'right', 'left', 'left', 'right']
    >>> sides_of(['chin', 'rightear', 'leftear', 'a', 'b'])
    ['', 'right', 'left', '', '']
    """
    if flip_indices is None:
        pairs = mirror_pairs(names)
    else:
        pairs = [(i, j) for i, j in enumerate(flip_indices) if i < j]
    sides = [''] * len(names)
    for first, second in pairs:
        known = side_and_rest(names[first])[0], side_and_rest(names[second])[0]
        swapped = known[0] == 'right' or known[1] == 'left'
        sides[first], sides[second] = ('right', 'left') if swapped else ('left', 'right')
    return sides


def side_colour(*sides: str) -> tuple[int, int, int]:
    """Return the colour (RGB) of a keypoint or a limb by the sides of its ends.

    >>> side_colour('left', '') == SIDE_COLOURS['left']
    True
    >>> side_colour('left', 'right') == SIDE_COLOURS['']
    True
    """
    known = {*sides} - {''}
    return SIDE_COLOURS[known.pop() if len(known) == 1 else '']
