"""What the data sets of a config say about its network."""

from collections.abc import Iterator, Mapping
from typing import Any

from mmengine.config import Config
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.registry import DATASETS


def datasets_in(config: Config) -> Iterator[Mapping[str, Any]]:
    """Yield the configs of data sets: of test, validation and training, and those within them.

    The test comes first; a network that was adapted without labels has none.
    """
    for kind in ('test', 'val', 'train'):
        yield from _within((config.get(f'{kind}_dataloader') or {}).get('dataset'))


def _within(dataset: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(dataset, Mapping):
        return
    yield dataset
    for name in ('target', 'source', 'dataset'):
        yield from _within(dataset.get(name))
    for part in dataset.get('datasets') or ():
        yield from _within(part)


def metainfo_in(config: Config) -> dict[str, Any] | None:
    """Return the keypoints that the first data set with some has, as MMPose has them.

    None if no data set names any, or the file that does is gone.
    """
    for dataset in datasets_in(config):
        kind = dataset.get('type')
        found = dataset.get('metainfo') or getattr(
            DATASETS.get(kind) if isinstance(kind, str) else kind, 'METAINFO', None
        )
        if found:
            try:
                return parse_pose_metainfo(found)
            except (OSError, KeyError):
                continue
    return None
