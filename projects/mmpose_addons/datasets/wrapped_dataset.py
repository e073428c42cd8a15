"""The data set inside a wrapper."""

from collections.abc import Mapping
from typing import Any

from mmengine.dataset import BaseDataset
from mmpose.registry import DATASETS

NEEDED = ('metainfo', 'full_init', 'get_data_info')


def wrapped_dataset(dataset: Any, wrapper: str, *needed: str) -> BaseDataset:
    """Build a data set, or take it as it is.

    Args:
        dataset: A config, or a data set.
        wrapper: Name of the class that wraps it, for the error.
        needed: What the data set must have beside :data:`NEEDED`, such as a pipeline.

    Raises:
        ValueError: The data set is none, or lacks something.
    """
    built: Any = DATASETS.build(dataset) if isinstance(dataset, Mapping) else dataset
    lacking = [name for name in (*NEEDED, *needed) if not hasattr(built, name)]
    if lacking:
        raise ValueError(
            f'{wrapper} needs a data set with {", ".join(lacking)}; wrap the data sets inside '
            f'of another wrapper one by one, got {type(built).__name__}'
        )
    return built
