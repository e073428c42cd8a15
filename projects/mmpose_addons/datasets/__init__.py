from .checked_coco import AnnotationCheck, CheckedCocoDataset

__all__ = ['AnnotationCheck', 'CheckedCocoDataset']
