from .ccssl_animal import CCSSLAnimalDataset
from .checked_coco import AnnotationCheck, CheckedCocoDataset
from .crop_cache import CropCacheDataset, CropCacheError
from .fixed_length_sampler import FixedLengthSampler
from .moved_crops_dataset import MovedCropsDataset
from .pose_balanced_dataset import PoseBalancedDataset
from .pseudo_label_dataset import PseudoLabelDataset
from .source_target_dataset import SourceTargetDataset
from .source_target_sampler import SourceTargetSampler
from .transforms import (
    FourierDomainAdaptation,
    GetImageCenterScale,
    LoadImage,
    PeopleAsAnimals,
    RandomAppearance,
    RandomBackground,
    RandomPhotometry,
    RandomTexture,
)
from .unlabelled_coco import UnlabelledCocoDataset

__all__ = [
    'AnnotationCheck',
    'CCSSLAnimalDataset',
    'CheckedCocoDataset',
    'CropCacheDataset',
    'CropCacheError',
    'FixedLengthSampler',
    'FourierDomainAdaptation',
    'GetImageCenterScale',
    'LoadImage',
    'MovedCropsDataset',
    'PeopleAsAnimals',
    'PoseBalancedDataset',
    'PseudoLabelDataset',
    'RandomAppearance',
    'RandomBackground',
    'RandomPhotometry',
    'RandomTexture',
    'SourceTargetDataset',
    'SourceTargetSampler',
    'UnlabelledCocoDataset',
]
