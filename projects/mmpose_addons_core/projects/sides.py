"""Left and right keypoints, found by their names."""

import re
from collections.abc import Sequence

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
    keys = [_key(name) for name in names]
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


def _key(name: str) -> tuple[str, str]:
    """Return side and the name without it; ('', name) for a keypoint in the middle.

    >>> _key('l_fore_foot'), _key('leftear'), _key('wingL'), _key('label')
    (('left', '*_fore_foot'), ('left', '*ear'), ('left', 'wing*'), ('', 'label'))
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
