"""Find images that two sets have in common: the same file, or a copy of it."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from mmpose_addons_core.file_digests import file_digest


def same_images(first: Iterable[Path], second: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Return each image of the first set that the second has, too, and its file there.

    Copies are found by their content. Only files of the same size are read.

    Raises:
        OSError: A file is missing.
    """
    others = sorted({file.resolve() for file in second})
    of_size = defaultdict(list)
    for file in others:
        of_size[file.stat().st_size].append(file)
    digest = cache(file_digest)
    known = {*others}
    pairs = []
    for file in sorted({file.resolve() for file in first}):
        if file in known:
            pairs.append((file, file))
            continue
        for other in of_size.get(file.stat().st_size, ()):
            if digest(other) == digest(file):
                pairs.append((file, other))
                break
    return pairs
