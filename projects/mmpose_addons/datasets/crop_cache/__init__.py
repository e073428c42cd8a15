from .cache import CropCache
from .crop_cache_dataset import CropCacheDataset
from .routes import CropCacheError

__all__ = ['CropCache', 'CropCacheDataset', 'CropCacheError']
