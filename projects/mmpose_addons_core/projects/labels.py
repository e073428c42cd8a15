"""Labels of a project, in one form for all tools.

Shape letters: K keypoints. Coordinates are (x, y) in image px; the centre of the first pixel is
(0, 0).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..datasets.coco_values import is_id
from ..message_texts import listed, shown

NO_LABEL = 'no keypoint is labelled'
NO_LABEL_OF_ONE = 'an animal without a labelled keypoint, beside others'
MISSING_IMAGE = 'the image is missing'
NOT_FINITE = 'a label whose coordinates are not finite'
VISIBILITY = 'a label whose visibility is not 0, 1 or 2'
BAD_BOX = 'a box without a usable size; that of the keypoints is taken'
BAD_LINK = 'a link of the skeleton that joins no two keypoints'
REPEATED = 'an animal that has the labels of another one in the image'
SAME_IMAGE = 'further labels of an image that has some'
PREDICTED = 'predictions of the tool, not labels'


LONGEST = 300
"""Letters of a name, or of another library's error, in a message."""


class ProjectError(ValueError):
    """A project cannot be read or written; names file, record and value."""


@dataclass(frozen=True)
class Instance:
    """One animal or person in one frame.

    Attributes:
        keypoints: (K, 2); NaN where a keypoint has no label.
        hidden: (K,), bool; labelled, but marked as not visible.
        track: Name of the individual or track, or None.
        box: x, y, width, height, where the tool has a box of its own.
    """

    keypoints: np.ndarray
    hidden: np.ndarray
    track: str | None = None
    box: tuple[float, float, float, float] | None = None

    @property
    def labelled(self) -> np.ndarray:
        """(K,), bool."""
        return np.asarray(~np.isnan(self.keypoints).any(axis=1))


@dataclass(frozen=True)
class Frame:
    """One labelled image.

    Attributes:
        video: Name of the video or folder that it belongs to.
        number: Its frame number in the video, or None.
        name: File name for the data set, without folders.
        instances: The labelled ones.
        image: File of the image, or a function that gives it as (H, W, 3), uint8, BGR.
        split: ``'train'`` or ``'val'`` if the tool has split the data, otherwise None.
        size: Width and height to which the coordinates belong, if the tool says so.
    """

    video: str
    number: int | None
    name: str
    instances: list[Instance]
    image: Path | Callable[[], np.ndarray]
    split: str | None = None
    size: tuple[int, int] | None = None


def check_names(where: object, names: Sequence[str]) -> None:
    """Check names of keypoints.

    Args:
        where: Of the message.
        names: Of K keypoints.

    Raises:
        ProjectError: A name is empty or there twice.
    """
    counts = Counter(name.strip() for name in names)
    wrong = [name for name, count in counts.items() if count > 1 or not name]
    if wrong:
        raise ProjectError(
            f'{where}: expected names of keypoints that differ and are not empty, got '
            f'{listed(map(repr, wrong))} twice or empty, of {listed(map(repr, names), 30)}'
        )


def size_of(width: object, height: object) -> tuple[int, int] | None:
    """Return width and height if both are whole numbers of px, otherwise None."""
    if is_id(width) and is_id(height) and min(int(width), int(height)) > 0:
        return int(width), int(height)
    return None


@dataclass
class Project:
    """All labels of a project.

    Attributes:
        kind: Name of the tool.
        keypoints: K names, in the project's own order.
        skeleton: Pairs of positions in ``keypoints``.
        frames: In the project's order.
        left_out: What was not read: the reason, and where each time.
        pairs: Positions of (left, right) keypoints if the tool states them, otherwise None.
    """

    kind: str
    keypoints: list[str]
    skeleton: list[tuple[int, int]]
    frames: list[Frame]
    left_out: dict[str, list[str]] = field(default_factory=dict)
    pairs: list[tuple[int, int]] | None = None
    _images: set[object] = field(default_factory=set, repr=False, compare=False)

    def leave_out(self, reason: str, where: str) -> None:
        """Count something that was not read."""
        self.left_out.setdefault(reason, []).append(where)

    def add(self, frame: Frame, where: str) -> None:
        """Add a frame, or count it if its image is that of an earlier one."""
        image = frame.image if isinstance(frame.image, Path) else (frame.video, frame.number)
        if image in self._images:
            self.leave_out(SAME_IMAGE, where)
        else:
            self._images.add(image)
            self.frames.append(frame)

    def labelled(self, instances: Sequence[Instance], where: str) -> list[Instance]:
        """Return the instances of a frame that have labels of their own, and count the others.

        Without any label it is the frame that has none, which the caller counts.
        """
        having = [instance for instance in instances if instance.labelled.any()]
        kept: list[Instance] = []
        for instance in having:
            points = instance.keypoints
            if any(np.array_equal(points, other.keypoints, equal_nan=True) for other in kept):
                self.leave_out(REPEATED, where)
            else:
                kept.append(instance)
        if kept:
            for _ in range(len(instances) - len(having)):
                self.leave_out(NO_LABEL_OF_ONE, where)
        return kept

    def usable_labels(self, points: np.ndarray, names: Sequence[str], where: str) -> np.ndarray:
        """Return which keypoints are labelled (K,), and count labels that make no sense.

        Args:
            points: (K, 3); x, y and COCO's visibility: 0 for no label, 1 for hidden, 2.
            names: Of the K keypoints, for the report.
            where: For the report.
        """
        known = np.isin(points[:, 2], (0, 1, 2))
        given = known & (points[:, 2] > 0)
        finite = np.isfinite(points[:, :2]).all(axis=1)
        for reason, wrong in ((VISIBILITY, ~known), (NOT_FINITE, given & ~finite)):
            for k in np.flatnonzero(wrong):
                self.leave_out(reason, f'{where}: {names[k]}: {points[k].tolist()}')
        return np.asarray(given & finite)

    def reasons(self) -> str:
        """Return what was left out, for a message that there is nothing else."""
        return reasons_of(self.left_out)


def reasons_of(left_out: Mapping[str, Sequence[str]]) -> str:
    """Return the end of a message: each reason, how often, and where the first time."""
    parts = [
        f'{reason}: {len(where)} ({shown(where[0])[:LONGEST]})'
        for reason, where in left_out.items()
    ]
    return '; left out: ' * bool(parts) + '; '.join(parts)
