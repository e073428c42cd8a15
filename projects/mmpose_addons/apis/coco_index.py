"""COCO's index of annotations and its evaluation, without what they print."""

import contextlib
import io
from collections.abc import Iterator, Mapping
from typing import Any

from xtcocotools.coco import COCO
from xtcocotools.cocoeval import COCOeval


@contextlib.contextmanager
def quiet_coco() -> Iterator[None]:
    """Keep the messages of COCO's functions from the standard output."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def coco_index(content: Mapping[str, Any]) -> COCO:
    """Return the index of a COCO file's content."""
    index = COCO()
    index.dataset = dict(content)
    with quiet_coco():
        index.createIndex()
    return index


def average_precision(evaluation: COCOeval, recall: int) -> dict[str, float]:
    """Return AP, AP50 and AR of a prepared evaluation; `recall` is AR's place in ``stats``."""
    with quiet_coco():
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    stats = evaluation.stats
    return dict(AP=stats[0], AP50=stats[1], AR=stats[recall])
