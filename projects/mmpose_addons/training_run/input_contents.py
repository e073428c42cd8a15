"""What the inputs of a run hold: a run goes on only with the same ones."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.file_digests import file_digest
from mmpose_addons_core.training_plan import LabelledFolder
from mmpose_addons_runtime.sources import Source

from .options import Options


def input_contents(
    options: Options, labelled: LabelledFolder, sources: Sequence[Source]
) -> dict[str, str]:
    """Return what identifies the content of each input, by its path.

    It is the SHA-256 of annotations, boxes, configs and checkpoints, and number and size of
    unlabelled images and videos, which may be long.

    Raises:
        OSError: A file is missing.
    """
    files = [labelled.train, labelled.info, options.start, options.few, options.test]
    if labelled.has_val:
        files.append(labelled.val)
    files += [Path(name) for name in (options.model, *options.boxes) if Path(name).is_file()]
    contents = {str(file.absolute()): file_digest(file) for file in files if file is not None}
    sizes = defaultdict(list)
    for source in sources:
        name = options.unlabelled[source.input]
        sizes[name].append(Path(source.location).stat().st_size)
    for name, found in sizes.items():
        contents[name] = f'{len(found)} files of {sum(found)} bytes'
    return contents
