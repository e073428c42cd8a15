"""Which categories of a COCO file have the keypoints that are wanted.

K is the number of keypoints of a category.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from ..class_names import number_or_name
from ..message_texts import listed, printable
from .coco_report import DatasetError
from .coco_values import is_category_id, is_id

PERSON = 1
"""COCO's category of people, which MMPose reads."""
Category = int | str
"""An id or, where a user names one, also a name."""


class CategoryError(DatasetError):
    """No category, or more than one, can be the one with the keypoints."""


class Keypoints(NamedTuple):
    """Find K by a category and its annotations.

    Attributes:
        names: number of names in the category.
        found: K of most annotations, 0 if none has keypoints.
        annotations: number of annotations with this K.
        agree: there are several annotations with keypoints, all of this K.
    """

    names: int
    found: int
    annotations: int
    agree: bool

    @property
    def number(self) -> int:
        """K; 0 if neither the category nor an annotation has keypoints.

        MMPose never reads the names. So if all annotations agree on another K, they are right.
        """
        if self.names and not (self.agree and self.found != self.names):
            return self.names
        return self.found


def keypoints_by_category(data: Mapping[str, Any]) -> dict[Category, Keypoints]:
    """Return K of each category of an annotation file whose layout is right."""
    found: defaultdict[Category, Counter[int]] = defaultdict(Counter)
    for ann in data.get('annotations', []):
        keypoints, category_id = ann.get('keypoints'), ann.get('category_id')
        if isinstance(keypoints, list) and keypoints and is_category_id(category_id):
            found[category_id][len(keypoints)] += 1
    result = {}
    for category in data.get('categories', []):
        names = len(category.get('keypoints') or [])
        lengths = found[category['id']]
        triplets = [length for length in lengths if length % 3 == 0]
        length = max(triplets, key=lengths.__getitem__, default=0)
        agree = len(lengths) == 1 and lengths[length] > 1
        result[category['id']] = Keypoints(names, length // 3, lengths[length], agree)
    return result


def choose_categories(
    data: Mapping[str, Any],
    num_keypoints: int | None = None,
    wanted: Category | None = None,
    advice: str = 'choose one by category=... or --category ID',
) -> list[Category]:
    """Choose the ids of the categories whose annotations are used.

    Categories without keypoints are left out if another one has some. Several categories are
    taken together if they have the same K (AP-10K has a category for each species).

    Args:
        data: content of an annotation file whose layout is right.
        num_keypoints: K that is wanted; None if any K will do.
        wanted: id or name of the only category to take.
        advice: what a message says to do where categories differ in K.

    Raises:
        CategoryError: there is no such category, or categories differ in K and neither
            argument decides between them. The message lacks the file's name.
    """
    categories = data.get('categories', [])
    if wanted is not None:
        return [_named(categories, wanted)]
    counts = {key: about.number for key, about in keypoints_by_category(data).items()}
    having = [key for key, count in counts.items() if count]
    fitting = [key for key in having if counts[key] == num_keypoints]
    chosen = fitting or having or [*counts]
    if not num_keypoints and len({counts[key] for key in having}) > 1:
        kinds = [
            f'{category_name(categories, key)} with {counts[key]} keypoints' for key in having
        ]
        raise CategoryError(
            f'several categories have keypoints: {advice}, got {listed(kinds, 8)}'
        )
    return chosen


def category_to_write(
    data: Mapping[str, Any],
    num_keypoints: int | None = None,
    wanted: Category | None = None,
) -> Category:
    """Choose the category of boxes or poses that are found in the images of a file.

    Args:
        data: content of an annotation file whose layout is right.
        num_keypoints: K that is wanted; None if any K will do.
        wanted: id or name of the category, if the file has categories.

    Returns:
        The id of the category with keypoints, else of the only category, else 1.

    Raises:
        CategoryError: there is no such category, or several could be meant. The message lacks
            the file's name.
    """
    categories = data.get('categories', [])
    if not categories:
        named = str(PERSON if wanted is None else wanted)
        return number_or_name(named)
    chosen = choose_categories(data, num_keypoints, wanted)
    having = [key for key, about in keypoints_by_category(data).items() if about.number]
    if len(chosen) > 1 and not having and PERSON in chosen:
        return PERSON
    if len(chosen) > 1:
        names = [category_name(categories, key) for key in chosen]
        raise CategoryError(
            f'name the category to write by --category-id, got {listed(names, 8)}'
        )
    return chosen[0]


def category_name(categories: Sequence[Mapping], category_id: Category) -> str:
    """Name a category for a message.

    >>> category_name([dict(id=1, name='person')], 1)
    'category 1 (person)'
    """
    names = [category.get('name') for category in categories if category['id'] == category_id]
    return f'category {category_id!r}' + ''.join(f' ({printable(str(n))})' for n in names)


def _named(categories: Sequence[Mapping], wanted: Category) -> Category:
    """Find the id of the category with this id or name; a number may be given as a text."""
    ids = [category['id'] for category in categories]
    exact = [key for key in ids if key == wanted or str(key) == str(wanted)]
    named = [category['id'] for category in categories if category.get('name') == wanted]
    found = exact or named
    if len(found) != 1:
        names = listed([category_name(categories, key) for key in ids], 8)
        problem = 'several categories have' if found else 'no category has'
        raise CategoryError(f'{problem} the id or name {wanted!r}, got {names or "none"}')
    return found[0]


def keypoint_difference(found: Sequence[str], expected: Sequence[str]) -> str:
    """Say where names of keypoints first differ; empty if they do not.

    >>> keypoint_difference(['eye', 'ear'], ['eye', 'tail'])
    "the first difference is keypoint 1: expected 'tail', got 'ear'"
    >>> keypoint_difference(['eye'], ['eye', 'tail'])
    "the first difference is keypoint 1: expected 'tail', got none"
    """
    for place, (name, wanted) in enumerate(zip_longest(found, expected)):
        if name != wanted:
            texts = ['none' if text is None else repr(text) for text in (wanted, name)]
            return (
                f'the first difference is keypoint {place}: expected {texts[0]}, got {texts[1]}'
            )
    return ''


def skeleton_links(skeleton: Any, count: int) -> list[tuple[int, int]]:
    """Return pairs of keypoint indices, from 0, of a ``skeleton``, which counts from 1.

    What is no pair of keypoints is left out, as it draws nothing.

    Args:
        skeleton: any value of a JSON file.
        count: K.

    >>> skeleton_links([[1, 2], [2, 9], 'x'], 3)
    [(0, 1)]
    """
    pairs = skeleton if isinstance(skeleton, list) else []
    return [
        (pair[0] - 1, pair[1] - 1)
        for pair in pairs
        if isinstance(pair, list)
        and len(pair) == 2
        and all(is_id(end) and 1 <= end <= count for end in pair)
    ]
