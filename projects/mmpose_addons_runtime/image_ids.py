"""Join frames with the images of a COCO file by their names and folders."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from mmpose_addons_core.datasets.coco_file import read_records
from mmpose_addons_core.datasets.coco_values import are_numbers, is_file_name, is_id
from mmpose_addons_core.datasets.image_files import UNREADABLE, loaded_size
from mmpose_addons_core.message_texts import short, shown

from .frames import InputError
from .sources import Source


def read_image_ids(ann: Path) -> dict[str, int]:
    """Read the image ids of a COCO file by file names.

    Raises:
        CocoFileError: It is no COCO file.
        InputError: A file name occurs twice with different ids, or an id is no whole number.
    """
    ids: dict[str, int] = {}
    for index, image in enumerate(read_records(ann, 'images', ['file_name', 'id'])):
        name, number = image['file_name'], image['id']
        if not is_file_name(name):
            raise InputError(
                f'{ann}: images[{index}]: file_name must be a text, got {short(name)}'
            )
        if not is_id(number):
            raise InputError(
                f'{ann}: images[{index}]: the id of {short(name)} must be a whole '
                f'number, got {short(number)}'
            )
        name = name.replace('\\', '/')
        if ids.setdefault(name, number) != number:
            raise InputError(
                f'{ann}: image {number} has the file_name of image {ids[name]}, {shown(name)!r}'
            )
    return ids


def image_ids_of(sources: Sequence[Source], ids: dict[str, int]) -> list[int]:
    """Return the id of each source's image.

    The folders before a name decide which of several images with this name it is. A name that
    both sides have only once needs no folders.

    Args:
        sources: Images.
        ids: Of :func:`read_image_ids`.

    Raises:
        InputError: A source is no image, is no image of the file, could be several, or two
            sources are the same image.
    """
    by_name: dict[str, list[str]] = defaultdict(list)
    for name in ids:
        by_name[PurePosixPath(name).name].append(name)
    given: dict[str, int] = defaultdict(int)
    for source in sources:
        given[Path(source.location).name] += 1
    found: list[int] = []
    owners: dict[int, Source] = {}
    for source in sources:
        if source.has_frames:
            raise InputError(
                f'{shown(source.location)} has frames, which are no images of the COCO file'
            )
        path = Path(source.location)
        names = by_name.get(path.name, [])
        if not names:
            raise InputError(f'{shown(path)} is no image of the COCO file')
        fitting = [name for name in names if _ends_alike(path.absolute(), name)]
        # of a.jpg and cam/a.jpg, both of which fit .../cam/a.jpg, the longer one is meant
        name = max(fitting, key=len, default='')
        if not name and len(names) == given[path.name] == 1:
            name = names[0]
        if not name:
            some = ', '.join(sorted(names)[:3])
            raise InputError(
                f'{shown(path)} could be each of {len(names)} images of the COCO file '
                f'({some}); give inputs whose folders are those of the file names'
            )
        number = ids[name]
        if number in owners:
            raise InputError(
                f'{shown(path)} and {shown(owners[number].location)} are both image {number} '
                f'({name}) of the COCO file'
            )
        owners[number] = source
        found.append(number)
    return found


def check_sizes(sources: Sequence[Source], ids: Sequence[int], ann: Path) -> None:
    """Compare the sizes of images with those of a COCO file; records without sizes all fit.

    Args:
        sources: Images; those that cannot be read are passed over.
        ids: Those of :func:`image_ids_of`.
        ann: The file.

    Raises:
        InputError: An image has another size than its record.
    """
    sizes = {
        image['id']: (image.get('width'), image.get('height'))
        for image in read_records(ann, 'images', ['id'])
        if are_numbers([image.get('width'), image.get('height')])
    }
    for source, number in zip(sources, ids, strict=True):
        if number not in sizes:
            continue
        try:
            size = loaded_size(Path(source.location))
        except UNREADABLE:
            continue
        if size != sizes[number]:
            width, height = sizes[number]
            raise InputError(
                f'{ann}: image {number} must have the size of {shown(source.location)}, '
                f'{size[0]} x {size[1]} px, got {width} x {height}'
            )


def _ends_alike(path: Path, name: str) -> bool:
    parts = PurePosixPath(name).parts
    return path.parts[-len(parts) :] == parts
