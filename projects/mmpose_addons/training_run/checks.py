"""Check everything that can be checked before the first step."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmpose.datasets.datasets.utils import parse_pose_metainfo

from mmpose_addons_core.datasets.coco_check import check_coco_keypoints
from mmpose_addons_core.datasets.coco_file import read_records
from mmpose_addons_core.datasets.coco_report import CocoReport
from mmpose_addons_core.keypoints.sides import mirror_pairs
from mmpose_addons_core.training_plan import (
    LabelledFolder,
    PlanError,
    check_same_keypoints,
    labelled_records,
    left_out_of,
    read_labelled,
    refuse_other_keypoints,
    several_in,
)
from mmpose_addons_runtime.sources import Source, find_sources

from ..estimators.loading import load_pose_model
from .cache_sizes import WITHOUT
from .options import Options
from .same_images import same_images
from .target_boxes import read_target_boxes

COPIES = 18
"""Weights in memory or on disk: 3 of Adam in each of 3 checkpoints of 2 trainings."""
FRAME_BYTES = 1_000_000
"""More than a JPEG file of a frame of 1920 x 1080 px usually takes."""


def checked_labels(options: Options) -> LabelledFolder:
    """Check the labelled folder, other labelled images and names of keypoints; the labels.

    Of several animals in an image, those of ``--test`` and ``--few`` are noted, too.

    Raises:
        PlanError, DatasetError: Something is missing or broken, names differ, or an image, or
            a copy of it, is both learned and tested.
    """
    labelled = read_labelled(options.labelled)
    known = metainfo_of(labelled)
    names = tuple(known['keypoint_id2name'][i] for i in range(known['num_keypoints']))
    if names != labelled.keypoints:
        raise PlanError(
            f'{labelled.info}: expected the keypoints {list(labelled.keypoints)}, got '
            f'{list(names)}'
        )
    found: dict[str, set[Path]] = {}
    for option, file, given in (
        ('--test', options.test, options.test_images),
        ('--few', options.few, options.few_images),
    ):
        if file is not None:
            folder = images_of(file, given)
            report = _checked_images(option, file, folder, labelled)
            found[option] = labelled_images(file, folder)
            labelled = replace(labelled, several=labelled.several or several_in(file, report))
        elif given is not None:
            raise PlanError(f'{option}-images is the folder of {option}, got no {option}')
    few, test = found.get('--few', set()), found.get('--test', set())
    _check_different('--few', few, '--test', test)
    if labelled.has_val:
        val = labelled_images(labelled.val, labelled.images)
        _check_different('--few', few, 'the val part of --labelled', val)
    # the folder's own parts were made with different images
    own = {labelled.val.resolve(), labelled.val.with_name('test.json').resolve()}
    if options.test is not None and options.test.resolve() not in own:
        train = labelled_images(labelled.train, labelled.images)
        _check_different('the training part of --labelled', train, '--test', test)
    return labelled


def _checked_images(
    option: str, file: Path, folder: Path, labelled: LabelledFolder
) -> CocoReport:
    """Check a COCO file and its images."""
    if not file.is_file():
        raise PlanError(f'{option} must be a COCO file, got {file}, not a file')
    check_same_keypoints(file, labelled.keypoints, labelled.train)
    report = check_coco_keypoints(
        str(file),
        str(folder),
        'decode',
        num_keypoints=len(labelled.keypoints),
        evaluation=option == '--test',
    )
    report.raise_for_errors()
    return report


def labelled_images(file: Path, folder: Path) -> set[Path]:
    """Return the images of a COCO file that show a labelled animal."""
    used = {annotation['image_id'] for annotation in labelled_records(file)}
    records = read_records(file, 'images', ['id', 'file_name'])
    return {folder / record['file_name'] for record in records if record['id'] in used}


def _check_different(learned: str, first: set[Path], tested: str, second: set[Path]) -> None:
    """Refuse images that are both learned and tested."""
    if both := same_images(first, second):
        file, copy = both[0]
        raise PlanError(
            f'{learned} and {tested} must have different images, got {len(both)} of both, '
            f'such as {file}' + (f' and its copy {copy}' if copy != file else '')
        )


def metainfo_of(labelled: LabelledFolder) -> dict[str, Any]:
    """Return what ``dataset_info.py`` says, as MMPose has it.

    Raises:
        PlanError: It cannot be read, or names a keypoint that it does not have.
    """
    try:
        found: dict[str, Any] = parse_pose_metainfo(dict(from_file=str(labelled.info)))
    except KeyError as error:
        raise PlanError(
            f'{labelled.info}: swap and link: expected names of keypoints, got {error}'
        ) from None
    except Exception as error:  # it is Python
        raise PlanError(f'{labelled.info} cannot be read: {error}') from None
    return found


def count_labelled(file: Path | None) -> int:
    """Count the labelled animals of a COCO file; 0 without one."""
    return 0 if file is None else len(labelled_records(file))


def usable(file: Path, keypoints: int) -> tuple[int, list[str]]:
    """Count the animals of a COCO file that a training uses.

    Args:
        file: That has been checked.
        keypoints: Their number.

    Returns:
        The number, and lines on what is left out.
    """
    report = check_coco_keypoints(str(file), num_keypoints=keypoints)
    return report.summary['annotations_used'], left_out_of(report)


def images_of(file: Path, given: Path | None) -> Path:
    """Return the folder of a COCO file's images: as given, or that of ``import``."""
    if given is not None:
        return given
    folder = file.absolute().parent
    beside = folder.parent / 'images'
    return beside if folder.name == 'annotations' and beside.is_dir() else folder


def check_boxes(options: Options) -> None:
    """Refuse ``--boxes`` whose files are missing, and a file without boxes.

    Raises:
        PlanError, ConversionError: Names the file, or says what was expected.
    """
    if options.boxes in ((), ('frame',), ('labels',)):
        return
    expected = 'expected frame, a JSON file, or CONFIG CHECKPOINT of an MMDet detector'
    if len(options.boxes) > 2:
        raise PlanError(f'--boxes: {expected}, got {len(options.boxes)} values')
    for name in options.boxes:
        if not Path(name).is_file():
            raise PlanError(f'--boxes: {expected}, got {name!r}, which is no file')
    if options.boxes_file is not None:
        read_target_boxes(options.boxes_file)


def check_pairs(labelled: LabelledFolder) -> list[str]:
    """Say what is to be known of left and right.

    Raises:
        PlanError: One keypoint of ``dataset_info.py`` names another as its other side, and that
            one does not name it.
    """
    flip = metainfo_of(labelled)['flip_indices']
    names = labelled.keypoints
    for i, j in enumerate(flip):
        if flip[j] != i:
            raise PlanError(
                f'{labelled.info}: swap: expected that {names[j]!r} names {names[i]!r}, which '
                f'names {names[j]!r} as its other side, got {names[flip[j]]!r}'
            )
    pairs = mirrored_pairs(labelled)
    lines = [f'left/right pairs: {", ".join("/".join(pair) for pair in pairs) or "none"}']
    paired = {frozenset(pair) for pair in pairs}
    for i, j in mirror_pairs(names):
        if frozenset((names[i], names[j])) not in paired:
            lines.append(
                f'warning: {names[i]} and {names[j]} look like left and right, but '
                f'{labelled.info} does not pair them; mirrored images would be wrong'
            )
    return lines


def mirrored_pairs(labelled: LabelledFolder) -> list[tuple[str, str]]:
    """Return names of (one side, other side), as ``dataset_info.py`` has them."""
    flip = metainfo_of(labelled)['flip_indices']
    names = labelled.keypoints
    return [(names[i], names[j]) for i, j in enumerate(flip) if i < j]


def checked_target(options: Options) -> tuple[list[Source], list[Path]]:
    """Check the unlabelled inputs.

    Returns:
        Images and videos, and the videos and folders within folders, which are not read.

    Raises:
        InputError: One is missing.
        PlanError: One cannot be read, or its length is not known.
    """
    sources, not_read = find_sources(options.unlabelled)
    for source in sources:
        if source.problem or source.count is None:
            raise PlanError(
                f'--unlabelled: expected images and videos that can be read, got '
                f'{source.problem or source.location}'
            )
    return sources, not_read


def check_start(options: Options, config: Path, labelled: LabelledFolder) -> None:
    """Refuse a start checkpoint whose weights do not fit the network, or of other keypoints.

    Raises:
        ModelError: Names the weights that are missing.
        PlanError: Names the first keypoint that differs. A checkpoint without names fits.
    """
    if options.start is None:
        return
    meta = load_pose_model(config, options.start, 'cpu').dataset_meta
    if names := meta.get('keypoint_id2name'):
        found = tuple(names[index] for index in sorted(names))
        refuse_other_keypoints(options.start, found, labelled.keypoints, labelled.train)


def check_disk(out: Path, parameters: int, frames: int = 0, crops: float = 0.0) -> float:
    """Refuse a disk without enough space; return the bytes that are needed.

    Args:
        out: Folder of the run.
        parameters: Of the network.
        frames: That are still to be written.
        crops: Bytes of the crop cache that are still to be written.

    Raises:
        PlanError: The disk has less.
    """
    needed = COPIES * 4 * parameters + FRAME_BYTES * frames + crops
    free = shutil.disk_usage(out).free
    if free < needed:
        of_crops = f', {crops / 1e9:.1f} GB of it for the crop cache' if crops else ''
        without = f'; {WITHOUT}' if crops else ''
        raise PlanError(
            f'{out}: the run needs about {needed / 1e9:.1f} GB of disk{of_crops}, got '
            f'{free / 1e9:.1f} GB that are free{without}'
        )
    return needed
