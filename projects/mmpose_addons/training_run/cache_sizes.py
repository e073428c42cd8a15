"""How large the crop cache of a run becomes."""

from mmengine.config import Config
from mmpose.registry import DATASETS

from mmpose_addons_core.training_plan import PlanError

from ..datasets import CropCacheError
from .options import Options
from .runners import quiet

WITHOUT = '--no-crop-cache trains without it'


def cache_sizes(options: Options) -> tuple[list[str], float]:
    """Return a line for each data set of the run's configs, and the bytes to be written.

    There are none without a cache.

    Raises:
        PlanError: The disk has less room than a data set needs.
    """
    if not options.crop_cache:
        return [], 0.0
    datasets = [Config.fromfile(options.source).train_dataset]
    if options.adapts:
        domains = Config.fromfile(options.adapt).train_dataloader.dataset
        datasets += [domains[name] for name in ('target', 'few') if name in domains]
    try:
        with quiet():
            sizes = [DATASETS.build(dataset).cache_size for dataset in datasets]
    except CropCacheError as error:
        raise PlanError(f'{error}; {WITHOUT}') from None
    return [size.text for size in sizes], sum(size.missing for size in sizes)
