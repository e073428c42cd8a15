"""Boxes of the picked frames: whole frames, those of a file, or those of a detector."""

from collections.abc import Callable, Mapping
from pathlib import Path

from mmpose_addons_core.datasets.converters.unlabelled_frames import read_boxes
from mmpose_addons_core.natural_order import natural_key
from mmpose_addons_core.progress import track
from mmpose_addons_core.training_plan import PlanError
from mmpose_addons_runtime.frames import read_frames

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
        boxes = read_boxes(file)
        picked = {name: box for name, box in boxes.items() if (folder / name).is_file()}
        if boxes and not picked:
            name = next(folder.rglob('*.jpg')).relative_to(folder).as_posix()
            raise PlanError(
                f'{file}: expected boxes by names of frames, such as {name!r}, got none; the '
                f'first name is {next(iter(boxes))!r}'
            )
        return picked

    return found


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
