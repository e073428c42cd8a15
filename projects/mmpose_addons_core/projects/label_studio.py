"""Label Studio's own JSON: a list of tasks, each an image with regions.

Coordinates of the file are percentages of the image's width and height.
Shape letters: K keypoints.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np

from ..datasets.coco_values import are_numbers
from ..media.kinds import IMAGE_SUFFIXES
from ..message_texts import short
from .find_files import FileFinder
from .label_studio_regions import grouped, rotated_box
from .labels import (
    BAD_BOX,
    MISSING_IMAGE,
    NO_LABEL,
    NOT_FINITE,
    PREDICTED,
    Frame,
    Instance,
    Project,
    ProjectError,
    size_of,
)

SKIPPED = 'annotations that were skipped in the tool'
FURTHER = 'further annotations of an image that has one'
NOT_ONE_NAME = 'a keypoint that has not exactly one name'
KEYPOINTS = 'keypointlabels', 'keypoint'
TURNED = 'the image was turned in the tool'
UPLOADED = re.compile(r'^[0-9a-f]{6,12}-')
"""What Label Studio puts before the names of uploaded files."""


def read_label_studio(file: Path, tasks: list[dict[str, Any]], finder: FileFinder) -> Project:
    """Read the export "JSON" of Label Studio.

    Of several annotations of an image the ground truth is taken, else the first one. Keypoints
    belong to the region that is their parent or has a relation to them.

    Args:
        file: For messages and for the folder of the images.
        tasks: Content of the file.
        finder: Finds the images.

    Raises:
        ProjectError: A value makes no sense, or no image has a label.
    """
    project = Project('label-studio', keypoint_names(file, tasks), [], [])
    images = Counter(_parts(image)[-1] for image in {_image_name(task) or '' for task in tasks})
    for number, task in enumerate(tasks):
        _add(project, f'{file}: task {task.get("id", number)}', task, finder, images)
    if not project.frames:
        raise ProjectError(f'{file}: no labelled image that is there{project.reasons()}')
    return project


def keypoint_names(file: Path, tasks: list[dict[str, Any]]) -> list[str]:
    """Return the names of all keypoints of a file in the order of their first labels.

    Raises:
        ProjectError: A task has no annotations with results.
    """
    names: dict[str, None] = {}
    for number, task in enumerate(tasks):
        for annotation in _annotations(f'{file}: task {task.get("id", number)}', task):
            names.update((name, None) for _, name in _keypoints(annotation['result']))
    return [*names]


def _add(
    project: Project,
    where: str,
    task: Mapping[str, Any],
    finder: FileFinder,
    images: Mapping[str, int],
) -> None:
    name = _image_name(task)
    if name is None:
        raise ProjectError(f'{where}: expected an image in data, got {short(task.get("data"))}')
    there = _annotations(where, task)
    usable = [annotation for annotation in there if not annotation.get('was_cancelled')]
    usable.sort(key=lambda annotation: not annotation.get('ground_truth'))
    for reason, many in (
        (SKIPPED, len(usable) < len(there)),
        (FURTHER, len(usable) > 1),
        (PREDICTED, not usable and bool(task.get('predictions'))),
    ):
        if many:
            project.leave_out(reason, name)
    regions = usable[0]['result'] if usable else []
    if any(region.get('image_rotation') for region in regions):
        project.leave_out(TURNED, name)
        return
    instances = project.labelled([*_instances(project, where, name, regions)], name)
    path = _found(finder, task, name, 1 if images[_parts(name)[-1]] == 1 else 2)
    if not instances:
        project.leave_out(NO_LABEL, name)
    elif path is None:
        project.leave_out(MISSING_IMAGE, name)
    else:
        sizes = (
            size_of(region.get('original_width'), region.get('original_height'))
            for region in regions
        )
        size = next(filter(None, sizes), None)
        frame = Frame(path.parent.name, None, path.name, instances, path, size=size)
        project.add(frame, where)


def _annotations(where: str, task: Mapping[str, Any]) -> list[dict[str, Any]]:
    there = task['annotations']
    if not isinstance(there, list) or not all(
        isinstance(one, dict)
        and isinstance(one.get('result'), list)
        and all(isinstance(region, dict) for region in one['result'])
        for one in there
    ):
        raise ProjectError(f'{where}: expected annotations with results, got {short(there)}')
    return there


def _keypoints(regions: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the regions that are keypoints, with their names."""
    labels = {  # of a <Labels> tag: a second region of the same id
        region.get('id'): region['value'].get('labels')
        for region in regions
        if region.get('type') == 'labels' and isinstance(region.get('value'), dict)
    }
    for region in regions:
        value = region.get('value')
        if region.get('type') in KEYPOINTS and isinstance(value, dict):
            given = value.get('keypointlabels') or labels.get(region.get('id'))
            if isinstance(given, list) and len(given) == 1:
                yield region, str(given[0])


def _instances(
    project: Project, where: str, name: str, regions: list[dict[str, Any]]
) -> Iterator[Instance]:
    named = [*_keypoints(regions)]
    given = [region for region in regions if region.get('type') in KEYPOINTS]
    for _ in range(len(given) - len(named)):
        project.leave_out(NOT_ONE_NAME, name)
    placed = []
    for region, label in named:
        point = _point(where, region)
        if point is None:
            project.leave_out(NOT_FINITE, f'{name}: {label}')
        else:
            placed.append((region, label, point))
    for parent, members in grouped(project, name, regions, placed):
        points = np.full((len(project.keypoints), 2), np.nan)
        for label, point in members:
            points[project.keypoints.index(label)] = point
        box = None if parent is None else rotated_box(parent)
        if parent is not None and box is None:
            project.leave_out(BAD_BOX, f'{name}: {short(parent.get("id"))}')
        yield Instance(points, np.zeros(len(points), bool), None, box)


def _point(where: str, region: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return a keypoint in px; None if it is NaN, as in files of other programs."""
    value = region['value']
    numbers = [
        *(value.get('x'), value.get('y')),
        *(region.get('original_width'), region.get('original_height')),
    ]
    if any(number != number for number in numbers):
        return None
    if not are_numbers(numbers) or min(numbers[2:]) <= 0:
        raise ProjectError(
            f'{where}: expected x, y, original_width and original_height of a keypoint, got '
            f'{short(numbers)}'
        )
    x, y, width, height = map(float, numbers)
    return x * width / 100, y * height / 100


def _image_name(task: Mapping[str, Any]) -> str | None:
    """Return the path or address of a task's image, as the file has it."""
    data = task.get('data')
    texts = [v for v in data.values() if isinstance(v, str)] if isinstance(data, dict) else []
    for text in [*texts, task.get('file_upload')]:
        if isinstance(text, str) and Path(_parts(text)[-1]).suffix.lower() in IMAGE_SUFFIXES:
            return text
    return None


def _parts(name: str) -> list[str]:
    """Return the folders and the name of a path, an address, or ``/data/local-files/?d=``."""
    address = urlsplit(name) if name.startswith(('/data/', 'http')) or '://' in name else None
    if address is not None:
        name = (parse_qs(address.query).get('d') or [unquote(address.path)])[0]
    return [part for part in re.split(r'[\\/]+', name) if part not in ('', '.', '..')] or ['']


def _found(finder: FileFinder, task: Mapping[str, Any], name: str, least: int) -> Path | None:
    """Return the file of an image, which the tool may have renamed.

    Args:
        least: See :meth:`.find_files.FileFinder.find`.
    """
    uploaded = task.get('file_upload')
    for given in dict.fromkeys([name, uploaded if isinstance(uploaded, str) else name]):
        parts = _parts(given)
        for last in dict.fromkeys([parts[-1], UPLOADED.sub('', parts[-1])]):
            file = finder.find([*parts[:-1], last], least)
            if file is not None:
                return file
    return None
