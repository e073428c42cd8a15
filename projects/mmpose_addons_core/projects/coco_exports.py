"""COCO keypoints as CVAT, Roboflow, Label Studio and COCO-annotator export them.

Oddities that are read: a byte-order mark, categories without keypoints, ids of any kind,
images in a folder beside the file or below ``images``, one file a split, ``keypoints`` missing
or null, zero boxes, Windows paths.
"""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..datasets.coco_categories import keypoint_difference, skeleton_links
from ..datasets.coco_file import CocoFileError, read_json
from ..datasets.coco_layout import layout_problem
from ..datasets.coco_values import are_numbers
from ..message_texts import listed, short
from .find_files import FileFinder
from .labels import (
    BAD_BOX,
    BAD_LINK,
    LONGEST,
    MISSING_IMAGE,
    NO_LABEL,
    Frame,
    Instance,
    Project,
    ProjectError,
    check_names,
    size_of,
)

CROWD = 'a group instead of one animal (iscrowd)'
NO_CROWD = '0', '0.0', 'false', 'no'
NO_BOX: tuple[Any, ...] = None, [], [0, 0, 0, 0]
OTHER_CATEGORY = 'the category is not the one that is read'
FOREIGN = re.compile(r'[A-Za-z]:[\\/]|[\\/]|\.\.|\w+://')
"""Beginnings of a path or address of another machine."""
SPLITS = {'train': 'train', 'valid': 'val', 'val': 'val', 'validation': 'val', 'test': 'val'}


def is_coco(file: Path) -> bool:
    """Return whether a JSON file has COCO's three lists, and keypoints in a category."""
    try:
        content = read_json(file)
    except CocoFileError:
        return False
    if not isinstance(content, dict) or not {'images', 'annotations'} <= content.keys():
        return False
    categories = content.get('categories')
    return isinstance(categories, list) and any(map(_names, categories))


def read_coco(
    files: list[Path], finder: FileFinder, category_name: str | None = None
) -> Project:
    """Read one or several COCO files of the same keypoints.

    Args:
        files: Of a project.
        finder: Finds the images.
        category_name: The only category to read; by default all that have the same keypoints.

    Raises:
        ProjectError: A record is broken; two categories have different keypoints.
    """
    project: Project | None = None
    for file in files:
        content = _content(file)
        category, chosen = _categories(file, content, category_name)
        names = _names(category)
        if project is None:
            links = skeleton_links(category.get('skeleton'), len(names))
            project = Project('coco', names, links, [])
            for link in _bad_links(category.get('skeleton'), len(names)):
                project.leave_out(BAD_LINK, f'{file.name}: {short(link)}')
        if project.keypoints != names:
            raise ProjectError(
                f'{file}: keypoints differ from those of {files[0]}: '
                f'{keypoint_difference(names, project.keypoints)[:LONGEST]}'
            )
        _add(project, file, content, chosen, finder)
    if project is None or not project.frames:
        reasons = '' if project is None else project.reasons()
        raise ProjectError(f'{listed(files)}: no labelled image that is there{reasons}')
    return project


def read_category(
    file: Path, wanted: str | None = None
) -> tuple[str, list[str], list[tuple[int, int]]]:
    """Name, keypoints and skeleton (pairs of positions) of a COCO file's category.

    Args:
        file: COCO file.
        wanted: Name of the category, if several have keypoints.

    Raises:
        ProjectError: The file cannot be read, or has not one such category.
    """
    category, _ = _categories(file, _content(file), wanted)
    names = _names(category)
    check_names(file, names)
    links = skeleton_links(category.get('skeleton'), len(names))
    return str(category.get('name') or 'animal'), names, links


def _content(file: Path) -> dict[str, Any]:
    try:
        content = read_json(file)
    except CocoFileError as error:
        raise ProjectError(f'{file}: {error.reason}') from None
    if wrong := layout_problem(content, ('images', 'annotations', 'categories')):
        raise ProjectError(f'{file} is not a COCO file: {wrong}')
    return content


def _names(category: Any) -> list[str]:
    names = category.get('keypoints') if isinstance(category, dict) else None
    return [str(name) for name in names] if isinstance(names, list) else []


def _categories(
    file: Path, content: Mapping[str, Any], wanted: str | None = None
) -> tuple[dict[str, Any], set[str]]:
    """Return a category with keypoints, and the ids, as texts, of all that have the same ones.

    Categories without annotations do not count where others have some.
    """
    found = [category for category in content['categories'] if _names(category)]
    used = {str(ann.get('category_id')) for ann in content['annotations']}
    found = [category for category in found if str(category['id']) in used] or found
    names = [short(category.get('name')) for category in found]
    if wanted is not None:
        found = [category for category in found if category.get('name') == wanted]
        if not found:
            raise ProjectError(
                f'{file}: expected a category with keypoints of {listed(names, 8)}, got '
                f'{short(wanted)}'
            )
    if len({tuple(_names(category)) for category in found}) != 1:
        raise ProjectError(
            f'{file}: expected categories with the same keypoints, or --category NAME, got '
            f'{listed(names, 8)}'
        )
    return found[0], {str(category['id']) for category in found}


def _add(
    project: Project,
    file: Path,
    content: Mapping[str, Any],
    categories: set[str],
    finder: FileFinder,
) -> None:
    annotations: dict[str, list[dict]] = {}
    for ann in content['annotations']:
        if str(ann.get('category_id')) in categories:
            annotations.setdefault(str(ann.get('image_id')), []).append(ann)
        elif ann.get('keypoints'):
            where = f'{file.name}: annotation {ann.get("id")}: {short(ann.get("category_id"))}'
            project.leave_out(OTHER_CATEGORY, where)
    first: dict[str, int] = {}
    base_names = Counter(
        re.split(r'[\\/]+', str(image.get('file_name')))[-1] for image in content['images']
    )
    for index, image in enumerate(content['images']):
        name, key = image.get('file_name'), str(image.get('id'))
        if not isinstance(name, str) or not name.strip('/\\'):
            raise ProjectError(
                f'{file}: images[{index}]: file_name must be a text, got {short(name)}'
            )
        if first.setdefault(key, index) != index:
            raise ProjectError(
                f'{file}: images[{index}] has the id {short(key)} of images[{first[key]}]'
            )
        parts = [part for part in re.split(r'[\\/]+', name) if part]
        where = f'{file.name}: {name}'
        of_image = annotations.pop(key, [])
        single = []
        for ann in of_image:
            if str(ann.get('iscrowd') or 0).lower() in NO_CROWD:
                single.append(_instance(project, file, ann))
            else:
                project.leave_out(CROWD, f'{where}: annotation {short(ann.get("id"))}')
        instances = project.labelled(single, where)
        # of a path of another machine only the name counts, if no other image has it
        alone = bool(FOREIGN.match(name)) and base_names[parts[-1]] == 1
        path = finder.find(
            [*file.relative_to(finder.root).parent.parts, *parts],
            least=1 if alone else len(parts),
        )
        if not instances:
            project.leave_out(NO_LABEL, where)
        elif path is None:
            project.leave_out(MISSING_IMAGE, where)
        else:
            folder = path.parent.name  # of a file that --moved names
            if path.is_relative_to(finder.root):
                folder = path.parent.relative_to(finder.root).as_posix()
            split = SPLITS.get(file.parent.name) or SPLITS.get(folder.split('/')[-1])
            size = size_of(image.get('width'), image.get('height'))
            frame = Frame(folder, None, path.name, instances, path, split, size)
            project.add(frame, where)
    for image_id, lost in annotations.items():
        for ann in lost:
            project.leave_out(
                'the annotation has no image', f'{file.name}: {ann.get("id")} of {image_id}'
            )


def _bad_links(skeleton: Any, count: int) -> list[Any]:
    links = skeleton if isinstance(skeleton, list) else [skeleton] * (skeleton is not None)
    return [link for link in links if not skeleton_links([link], count)]


def _instance(project: Project, file: Path, ann: Mapping[str, Any]) -> Instance:
    count = len(project.keypoints)
    values = ann.get('keypoints') or [0] * (3 * count)
    record = f'{file}: annotation {short(ann.get("id"))}'
    try:
        points = np.array(values, float).reshape(count, 3)
    except (ValueError, TypeError, OverflowError):
        raise ProjectError(
            f'{record}: expected {3 * count} numbers as keypoints, got {short(values)}'
        ) from None
    if np.isinf(points).any():
        raise ProjectError(f'{record}: expected finite keypoints, got {short(values)}')
    where = f'{file.name}: annotation {short(ann.get("id"))}'
    labelled = project.usable_labels(points, project.keypoints, where)
    box = _box(ann.get('bbox'))
    if box is None and ann.get('bbox') not in NO_BOX:
        project.leave_out(BAD_BOX, f'{where}: {short(ann["bbox"])}')
    return Instance(
        keypoints=np.where(labelled[:, None], points[:, :2], np.nan),
        hidden=labelled & (points[:, 2] == 1),
        track=_track(ann),
        box=box,
    )


def _track(ann: Mapping[str, Any]) -> str | None:
    """Return the track, which CVAT writes among the attributes."""
    attributes = ann.get('attributes')
    for fields in (ann, attributes if isinstance(attributes, dict) else {}):
        if fields.get('track_id') is not None:
            return str(fields['track_id'])
    return None


def _box(box: Any) -> tuple[float, float, float, float] | None:
    if not isinstance(box, list) or len(box) != 4 or not are_numbers(box):
        return None
    x, y, width, height = map(float, box)
    return (x, y, width, height) if min(width, height) > 0 else None
