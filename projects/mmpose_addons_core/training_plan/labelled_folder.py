"""Read and check the folder that ``mmpose-addons import`` has made."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..datasets.coco_categories import keypoint_difference
from ..datasets.coco_check import check_coco_keypoints
from ..datasets.coco_file import read_records
from ..datasets.coco_report import SKIPPED, CocoReport
from ..datasets.skeleton_file import keypoint_category
from ..message_texts import listed


class PlanError(ValueError):
    """A run cannot begin; names file, record and value."""


@dataclass(frozen=True)
class LabelledFolder:
    """A folder with ``images/``, ``annotations/train.json`` and ``dataset_info.py``.

    Attributes:
        folder: Absolute path.
        keypoints: Names, in order.
        boxes: (width, height) of each box of the training part that is used, image px.
        has_val: Whether there is ``annotations/val.json``.
        images_of_boxes: (width, height) of the image of each box, px.
        several: An image of two or more labelled animals, its file and their number; empty
            without one.
        tested: Number of boxes of the validation part that are used.
        left_out: Lines on records that are not used.
    """

    folder: Path
    keypoints: tuple[str, ...]
    boxes: tuple[tuple[float, float], ...]
    has_val: bool
    images_of_boxes: tuple[tuple[float, float], ...] = ()
    several: str = ''
    tested: int = 0
    left_out: tuple[str, ...] = ()

    @property
    def train(self) -> Path:
        return self.folder / 'annotations' / 'train.json'

    @property
    def val(self) -> Path:
        return self.folder / 'annotations' / 'val.json'

    @property
    def images(self) -> Path:
        return self.folder / 'images'

    @property
    def info(self) -> Path:
        return self.folder / 'dataset_info.py'


def read_labelled(folder: Path) -> LabelledFolder:
    """Read a labelled folder, and decode every image of it.

    Raises:
        PlanError: A file is missing, or train and val have other keypoints.
        DatasetError: Annotations or images are broken, or there is no label.
    """
    folder = folder.absolute()
    parts = [folder / 'annotations' / f'{part}.json' for part in ('train', 'val')]
    for path in (parts[0], folder / 'dataset_info.py', folder / 'images'):
        if not path.exists():
            raise PlanError(
                f'{path} is missing: expected a folder of "mmpose-addons import", got {folder}'
            )
    keypoints = _keypoints(parts[0])
    has_val = parts[1].is_file() and bool(read_records(parts[1], 'images', ['id']))
    if has_val:
        check_same_keypoints(parts[1], keypoints, parts[0])
    reports = [
        check_coco_keypoints(
            str(part),
            str(folder / 'images'),
            'decode',
            num_keypoints=len(keypoints),
            evaluation=part is not parts[0],
        )
        for part in parts[: 1 + has_val]
    ]
    for report in reports:
        report.raise_for_errors()
    records = [labelled_records(part) for part in parts[: 1 + has_val]]
    used = [
        [a for a in some if a['id'] not in report.skipped]
        for some, report in zip(records, reports, strict=True)
    ]
    images = {image['id']: image for image in read_records(parts[0], 'images', ['id'])}
    boxes = [(float(a['bbox'][2]), float(a['bbox'][3])) for a in used[0]]
    sizes = [images[a['image_id']] for a in used[0]]
    return LabelledFolder(
        folder,
        keypoints,
        tuple(boxes),
        has_val,
        tuple((float(image['width']), float(image['height'])) for image in sizes),
        next(filter(None, map(several_in, parts, reports)), ''),
        len(used[1]) if has_val else 0,
        tuple(line for report in reports for line in left_out_of(report)),
    )


def left_out_of(report: CocoReport) -> list[str]:
    """Return a line that counts the records of a file that are left out and names the first.

    Nothing if there are none.
    """
    problems = [p for p in report.problems if p.kind in SKIPPED and p.severity == 'warning']
    if not problems:
        return []
    return [
        f'left out of {report.ann_file}: {len(report.skipped)} of {report.records} records: '
        + listed(problems)
    ]


def labelled_records(file: Path) -> list[dict[str, Any]]:
    """Return the annotations of a COCO file that has been checked with a labelled keypoint."""
    records = read_records(file, 'annotations', ['image_id'])
    return [a for a in records if any(flag > 0 for flag in a.get('keypoints', ())[2::3])]


def several_in(file: Path, report: CocoReport) -> str:
    """Return name and number of animals of the first image with more than one; or nothing.

    Args:
        file: COCO file.
        report: Of its check; records that are left out do not count.
    """
    used = (a for a in labelled_records(file) if a['id'] not in report.skipped)
    for image_id, count in Counter(a['image_id'] for a in used).items():
        if count > 1:
            images = read_records(file, 'images', ['id', 'file_name'])
            name = next(image['file_name'] for image in images if image['id'] == image_id)
            return f'{name} of {file} has {count}'
    return ''


def check_same_keypoints(file: Path, keypoints: tuple[str, ...], of: Path) -> None:
    """Refuse a COCO file whose keypoints have other names or another order.

    Raises:
        PlanError: Names the first keypoint that differs.
    """
    refuse_other_keypoints(file, _keypoints(file), keypoints, of)


def refuse_other_keypoints(
    file: Path, found: tuple[str, ...], keypoints: tuple[str, ...], of: Path
) -> None:
    """Refuse the keypoints found in a file if names or order are not as expected.

    Raises:
        PlanError: Names the first keypoint that differs.
    """
    if difference := keypoint_difference(found, keypoints):
        raise PlanError(
            f'{file}: expected the {len(keypoints)} keypoints of {of}, got {len(found)}; '
            f'{difference}'
        )


def _keypoints(file: Path) -> tuple[str, ...]:
    return tuple(keypoint_category(file)['keypoints'])
