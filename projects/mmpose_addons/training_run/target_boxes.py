"""Boxes of the picked frames: whole frames, those of a file, or those of a detector."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mmpose_addons_core.datasets.coco_values import are_numbers
from mmpose_addons_core.datasets.converters.unlabelled_frames import read_boxes
from mmpose_addons_core.message_texts import short
from mmpose_addons_core.natural_order import natural_key
from mmpose_addons_core.progress import track
from mmpose_addons_core.training_plan import PlanError
from mmpose_addons_runtime.collected_predictions import CollectedPredictions
from mmpose_addons_runtime.frames import read_frames
from mmpose_addons_runtime.sources import Source

from ..apis.detector import BoxDetector

BoxesOf = Callable[[Path], Mapping[str, list] | None]
"""From a folder of frames to [x, y, width, height] by name, or lists of them; None: whole."""


def whole_frames(folder: Path) -> None:
    """Return None: the box of each frame is the whole frame."""


def of_file(file: Path) -> BoxesOf:
    """Return boxes of a JSON file, by names such as ``clip/000120.jpg``.

    The file may have boxes of more frames than were picked.
    """

    def found(folder: Path) -> Mapping[str, list]:
        boxes = read_target_boxes(file)
        picked = {name: box for name, box in boxes.items() if (folder / name).is_file()}
        if not picked:
            name = next(folder.rglob('*.jpg')).relative_to(folder).as_posix()
            raise _no_boxes(file, name, boxes)
        return picked

    return found


def read_target_boxes(file: Path) -> dict[str, list]:
    """Read and check a JSON file of boxes; frames with an empty list of boxes are left out.

    Raises:
        ConversionError: The file is no JSON object.
        PlanError: Something in it is no box.
    """
    boxes = read_boxes(file)
    for name, value in boxes.items():
        several = isinstance(value, list) and all(isinstance(box, list) for box in value)
        for box in value if several else [value]:
            numbers = isinstance(box, list) and len(box) == 4 and are_numbers(box)
            if not numbers or min(box[2:]) <= 0:
                raise PlanError(
                    f'{file}: the box of {name!r} must be [x, y, width, height], width and '
                    f'height above 0 px, got {short(box)}'
                )
    return {name: value for name, value in boxes.items() if value}


def check_names(file: Path, sources: Sequence[Source]) -> None:
    """Refuse a file of boxes without a box for a frame of these videos and images.

    Raises:
        PlanError: Says what a name must be.
    """
    boxes = read_target_boxes(file)
    clips = [clip.name for clip in CollectedPredictions(sources).clips]
    for name in boxes:
        clip, _, frame = name.rpartition('/')
        if clip in clips and frame.endswith('.jpg') and frame[:-4].isdecimal():
            return
    raise _no_boxes(file, f'{clips[0]}/{0:06}.jpg', boxes)


def _no_boxes(file: Path, example: str, boxes: Mapping[str, list]) -> PlanError:
    first = f'; the first name is {next(iter(boxes))!r}' if boxes else ''
    return PlanError(
        f'{file}: expected boxes by names of frames, such as {example!r}, got none{first}'
    )


def of_detector(detector: BoxDetector, several: bool) -> BoxesOf:
    """Find boxes by a detector.

    Args:
        detector: Of the animals.
        several: Whether a frame may have more than one; otherwise the surest box is taken.
    """

    def found(folder: Path) -> Mapping[str, list]:
        files = sorted(folder.rglob('*.jpg'), key=natural_key)
        boxes: dict[str, list] = {}
        for file in track(files, 'Boxes'):
            for frame in read_frames(file):
                corners = detector([frame.image])[0].boxes[: None if several else 1]
                if len(corners):
                    boxes[file.relative_to(folder).as_posix()] = [
                        [x1, y1, x2 - x1, y2 - y1] for x1, y1, x2, y2 in corners.tolist()
                    ]
        return boxes

    return found
