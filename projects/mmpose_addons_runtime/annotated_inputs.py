"""Join the images of a run with a COCO file: ids, boxes and categories of its results."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmpose_addons_core.datasets.coco_categories import (
    Category,
    CategoryError,
    category_to_write,
    choose_categories,
)
from mmpose_addons_core.datasets.coco_file import CocoFileError, read_json
from mmpose_addons_core.datasets.coco_layout import layout_problem

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
    """

    image_ids: list[int]
    category: Category = 1
    boxes: list[AnnotatedBoxes] | None = None

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
    of_image = read_boxes(ann) if with_boxes else None
    boxes = None if of_image is None else [of_image.get(key, NO_BOXES) for key in ids]
    return AnnotatedInputs(ids, boxes=boxes)


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
            return AnnotatedInputs(inputs.image_ids, category)
        chosen = choose_categories(data, num_keypoints, wanted)
    except CategoryError as error:
        raise InputError(f'{ann}: {error}') from None
    boxes = inputs.boxes
    if data.get('categories'):
        boxes = [of_image.of(chosen) for of_image in boxes]
    return AnnotatedInputs(inputs.image_ids, boxes=boxes)
