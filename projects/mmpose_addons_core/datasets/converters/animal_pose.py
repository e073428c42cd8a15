"""Animal-Pose (Cao et al., ICCV 2019, arXiv 1908.05806) as a COCO keypoint file.

Shape letter: K = 20 keypoints. Coordinates are (x, y) in image px.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...keypoints.names import coco_category
from ...keypoints.skeleton_mappings import ANIMALPOSE
from ...message_texts import short
from ..coco_file import CocoFileError, read_json
from ..coco_values import are_numbers, is_id
from .coco_json import ConversionError, image_size
from .used_records import check_annotation_ids, used_images

SKELETON = (
    ('L_Eye', 'R_Eye'),
    *((f'{side}_Eye', end) for side in 'LR' for end in (f'{side}_EarBase', 'Nose')),
    *(('Nose', 'Throat'), ('Throat', 'Withers'), ('TailBase', 'Withers')),
    *(
        link
        for side in 'LR'
        for leg, root in (('F', 'Throat'), ('B', 'TailBase'))
        for link in (
            (root, f'{side}_{leg}_Elbow'),
            (f'{side}_{leg}_Elbow', f'{side}_{leg}_Knee'),
            (f'{side}_{leg}_Knee', f'{side}_{leg}_Paw'),
        )
    ),
)


def animal_pose(
    file: Path, images: Path, species: Sequence[str] | None = None
) -> dict[str, Any]:
    """Convert the authors' ``keypoints.json``, or a file in MMPose's layout, to COCO keypoints.

    The authors' file maps ids of images to names, has boxes of corners (x1, y1, x2, y2) and
    keypoints that are visible or not annotated. MMPose's is COCO's already; only the choice of
    species applies to it.

    Args:
        file: Either file.
        images: Folder of the images; the authors' file lacks their sizes.
        species: Names of categories to keep; None: all.

    Returns:
        The content of a COCO file; each annotation has the ``category_id`` of its species.

    Raises:
        ConversionError: A value makes no sense, an image cannot be read, or a species is not
            in the file.
    """
    try:
        data = read_json(file)
    except CocoFileError as error:
        raise ConversionError(str(error)) from None
    if not isinstance(data, dict) or not all(
        isinstance(data.get(name), kinds)
        for name, kinds in (
            ('images', (dict, list)),
            ('annotations', list),
            ('categories', list),
        )
    ):
        raise ConversionError(
            f'{file} must have images, annotations and categories, got {short(data)}'
        )
    kept = chosen_categories(file, data['categories'], species)
    own = isinstance(data['images'], dict)
    annotations = [
        _annotation(f'{file}: annotations[{index}]', record, index + 1, own)
        for index, record in of_categories(file, data, kept)
    ]
    if not annotations:
        raise ConversionError(f'{file} has no animal of the categories {[*kept.values()]}')
    used = {annotation['image_id'] for annotation in annotations}
    found = _own_images(file, data['images'], images, used) if own else data['images']
    found = used_images(file, found, used)
    check_annotation_ids(file, annotations)
    categories = [
        dict(coco_category(name, 'animal', ANIMALPOSE, SKELETON), id=number)
        for number, name in kept.items()
    ]
    return dict(images=found, annotations=annotations, categories=categories)


def chosen_categories(
    file: Path, categories: Sequence[Any], species: Sequence[str] | None
) -> dict[int, str]:
    """Return the names of the wanted categories by id.

    Raises:
        ConversionError: A category lacks id or name, or a species is not in the file.
    """
    names: dict[int, str] = {}
    for index, category in enumerate(categories):
        number = category.get('id') if isinstance(category, dict) else None
        if not is_id(number) or not isinstance(category.get('name'), str):
            raise ConversionError(
                f'{file}: categories[{index}] must have an id and a name, got {short(category)}'
            )
        names[number] = category['name']
    unknown = [name for name in species or () if name not in names.values()]
    if unknown:
        raise ConversionError(
            f'{file}: expected species of the categories {sorted(names.values())}, '
            f'got {unknown[0]!r}'
        )
    return {n: name for n, name in names.items() if species is None or name in species}


def of_categories(
    file: Path, data: Mapping[str, Any], kept: Container[int]
) -> Iterator[tuple[int, dict]]:
    """Yield number and record of the annotations of the wanted categories.

    Raises:
        ConversionError: A record has no category of the file.
    """
    known = {category['id'] for category in data['categories']}
    for index, record in enumerate(data['annotations']):
        number = record.get('category_id') if isinstance(record, dict) else None
        if not is_id(number) or number not in known:
            raise ConversionError(
                f'{file}: annotations[{index}] must have a category_id of {sorted(known)}, '
                f'got {short(record)}'
            )
        if number in kept:
            yield index, record


def _own_images(file: Path, names: dict, folder: Path, used: set[int]) -> list[dict[str, Any]]:
    images = []
    for key, name in names.items():
        if not (key.isdecimal() and isinstance(name, str)):
            raise ConversionError(
                f'{file}: images must map numbers to names, got {short({key: name})}'
            )
        if int(key) in used:
            try:
                width, height = image_size(folder / name)
            except ConversionError as error:
                raise ConversionError(f'{file}: image {key}: {error}') from None
            images.append(dict(id=int(key), file_name=name, width=width, height=height))
    return images


def _annotation(where: str, record: dict, number: int, own: bool) -> dict[str, Any]:
    box, points = record.get('bbox'), record.get('keypoints')
    if not is_id(record.get('image_id')):
        raise ConversionError(f'{where} must have an image_id, got {short(record)}')
    if own and isinstance(points, list) and all(isinstance(joint, list) for joint in points):
        points = [value for joint in points for value in joint]
    if not (isinstance(points, list) and len(points) == 60 and are_numbers(points)):
        raise ConversionError(f'{where} must have 20 keypoints x, y, v, got {short(points)}')
    if not (isinstance(box, list) and len(box) == 4 and are_numbers(box)):
        raise ConversionError(f'{where}: bbox must be 4 numbers, got {short(box)}')
    if own:
        left, top, right, bottom = box
        box = [left, top, right - left, bottom - top]
        points = [
            value
            for x, y, seen in zip(*(points[axis::3] for axis in range(3)), strict=True)
            for value in ((x, y, 2) if seen else (0, 0, 0))
        ]
    area, crowd = record.get('area', box[2] * box[3]), record.get('iscrowd', 0)
    if not are_numbers([area]) or type(crowd) is not int or crowd not in (0, 1):
        value = f'area {short(area)} and iscrowd {short(crowd)}'
        raise ConversionError(f'{where} must have a number and 0 or 1, got {value}')
    if min(box[2:]) <= 0:
        raise ConversionError(
            f'{where}: bbox must have a width and a height, got {short(record["bbox"])}'
        )
    return dict(
        id=number if own else record.get('id', number),
        image_id=record['image_id'],
        category_id=record['category_id'],
        bbox=box,
        area=area,
        iscrowd=crowd,
        num_keypoints=sum(seen > 0 for seen in points[2::3]),
        keypoints=points,
    )
