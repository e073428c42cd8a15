"""How large the crop cache of a run becomes."""

from mmengine.config import Config
from mmpose.registry import DATASETS

from mmpose_addons_core.training_plan import PlanError

from ..datasets import CropCacheError
from .options import Options
from .runners import quiet


def cache_sizes(options: Options) -> list[str]:
    """Return a line for each data set of the run's configs; none without a cache.

    Raises:
        PlanError: The disk has less room.
    """
    if not options.crop_cache:
        return []
    datasets = [Config.fromfile(options.source).train_dataset]
    if options.adapts:
        datasets.append(Config.fromfile(options.adapt).train_dataloader.dataset.target)
    try:
        with quiet():
            return [DATASETS.build(dataset).cache_size for dataset in datasets]
    except CropCacheError as error:
        raise PlanError(f'{error}; --no-crop-cache trains without it') from None
