"""Join the images of a run with a COCO file: ids, boxes and categories of its results."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mmpose_addons_core.datasets.coco_categories import (
    Category,
    CategoryError,
    category_name,
    category_to_write,
    choose_categories,
    keypoints_by_category,
)
from mmpose_addons_core.datasets.coco_file import CocoFileError, read_json
from mmpose_addons_core.datasets.coco_layout import layout_problem
from mmpose_addons_core.datasets.coco_report import SKIPPED

from .frames import Frame, InputError
from .given_boxes import NO_BOXES, AnnotatedBoxes, read_boxes
from .image_ids import check_sizes, image_ids_of, read_image_ids
from .sources import Source


@dataclass(frozen=True)
class AnnotatedInputs:
    """The sources of a run, which are images of a COCO file.

    Attributes:
        image_ids: Id of each source.
        category: To write in results; of the box where boxes are given.
        boxes: Of each source; None where a detector finds them.
        notes: What is left out of the file, and how often.
    """

    image_ids: list[int]
    category: Category = 1
    boxes: list[AnnotatedBoxes] | None = None
    notes: list[str] = field(default_factory=list)

    def part(self, sources: range) -> 'AnnotatedInputs':
        """Return those of some sources, by their numbers."""
        chosen = slice(sources.start, sources.stop)
        boxes = None if self.boxes is None else self.boxes[chosen]
        return AnnotatedInputs(self.image_ids[chosen], self.category, boxes)

    @property
    def given_boxes(self) -> Callable[[Frame], np.ndarray] | None:
        """A function to the boxes (N, 4), x1, y1, x2, y2 in image px; None to detect them."""
        boxes = self.boxes
        return None if boxes is None else lambda frame: boxes[frame.source].boxes

    def category_of(self, frame: Frame, box: int) -> Category:
        """Return the category of the pose in a box of a frame, by the number of the box."""
        return self.boxes[frame.source].categories[box] if self.boxes else self.category


def join_annotations(
    sources: Sequence[Source], ann: Path, with_boxes: bool = False
) -> AnnotatedInputs:
    """Find the sources' images in a COCO file, by name and folder.

    Args:
        sources: Images.
        ann: COCO file.
        with_boxes: Take boxes from its annotations; those of crowds are left out.

    Raises:
        CocoFileError: It is no COCO file.
        InputError: A source is no image of the file, or could be several; an image has
            another size than its record; a box is not usable.
    """
    known = read_image_ids(ann)
    try:
        ids = image_ids_of(sources, known)
    except InputError as error:
        raise InputError(f'{ann}: {error}') from None
    check_sizes(sources, ids, ann)
    if not with_boxes:
        return AnnotatedInputs(ids)
    of_image, left_out = read_boxes(ann)
    boxes = [of_image.get(key, NO_BOXES) for key in ids]
    notes = [
        f'{ann}: {count} annotations are left out: {why}' for why, count in left_out.items()
    ]
    return AnnotatedInputs(ids, boxes=boxes, notes=notes)


def with_category(
    inputs: AnnotatedInputs, ann: Path, num_keypoints: int, wanted: Category | None = None
) -> AnnotatedInputs:
    """Choose the category of the results; boxes of other categories are left out.

    Args:
        inputs: Of :func:`join_annotations`.
        ann: The same COCO file.
        num_keypoints: Of the network.
        wanted: Id or name of the category; by default the one with as many keypoints.

    Raises:
        CocoFileError: The layout of the file is not COCO's.
        InputError: There is no such category, or several could be meant.
    """
    data = read_json(ann)
    if problem := layout_problem(data, ('images',)):
        raise CocoFileError(ann, problem)
    try:
        if inputs.boxes is None:
            category = category_to_write(data, num_keypoints, wanted)
            notes = _other_keypoints(data, ann, [category], num_keypoints)
            return AnnotatedInputs(inputs.image_ids, category, notes=notes)
        chosen = choose_categories(data, num_keypoints, wanted)
    except CategoryError as error:
        raise InputError(f'{ann}: {error}') from None
    if not data.get('categories'):
        return inputs
    boxes = [of_image.of(chosen) for of_image in inputs.boxes]
    less = sum(len(of_image.boxes) for of_image in inputs.boxes)
    less -= sum(len(of_image.boxes) for of_image in boxes)
    notes = [f'{ann}: {less} boxes are left out: {SKIPPED["other_category"]}'] if less else []
    notes += _other_keypoints(data, ann, chosen, num_keypoints)
    return AnnotatedInputs(inputs.image_ids, boxes=boxes, notes=inputs.notes + notes)


def _other_keypoints(
    data: dict[str, Any], ann: Path, chosen: list[Category], num_keypoints: int
) -> list[str]:
    """Say which of the chosen categories have other keypoints than the network."""
    counts = {key: about.number for key, about in keypoints_by_category(data).items()}
    return [
        f'{ann}: {category_name(data["categories"], key)} has {counts[key]} keypoints and the '
        f'network {num_keypoints}, so the annotations cannot evaluate the results'
        for key in chosen
        if counts.get(key, 0) not in (0, num_keypoints)
    ]
