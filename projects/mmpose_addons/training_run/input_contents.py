"""What the inputs of a run hold: a run goes on only with the same ones."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.file_digests import contents_digest, file_digest, files_digest
from mmpose_addons_core.training_plan import LabelledFolder
from mmpose_addons_runtime.sources import Source

from .checks import images_of, labelled_images
from .options import Options


def input_contents(
    options: Options, labelled: LabelledFolder, sources: Sequence[Source]
) -> dict[str, str]:
    """Return what identifies the content of each input, by its name.

    It is a SHA-256: of the content of annotations, labelled images, boxes, configs and
    checkpoints; of names, sizes and times of unlabelled images and videos, which may be long.

    Raises:
        OSError: A file is missing.
    """
    folders = {labelled.train: labelled.images}
    if labelled.has_val:
        folders[labelled.val] = labelled.images
    for file, given in (
        (options.few, options.few_images),
        (options.test, options.test_images),
    ):
        if file is not None:
            folders[file] = images_of(file, given)
    named = [Path(name) for name in (options.model, *options.boxes) if Path(name).is_file()]
    start = [options.start] if options.start else []
    files = [*folders, labelled.info, *named, *start]
    contents = {str(file.absolute()): file_digest(file) for file in files}
    for file, folder in folders.items():
        images = labelled_images(file, folder)
        contents[f'an image of {file.absolute()}'] = contents_digest(images)
    unlabelled = defaultdict(list)
    for source in sources:
        unlabelled[options.unlabelled[source.input]].append(source.location)
    for name, locations in unlabelled.items():
        contents[name] = files_digest((file, Path(file)) for file in locations)
    return contents
