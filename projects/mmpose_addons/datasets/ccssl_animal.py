"""Data sets with the 18 keypoints of "Learning from Synthetic Animals"."""

from mmpose.datasets.datasets.base import BaseCocoStyleDataset
from mmpose.registry import DATASETS

from mmpose_addons_core.keypoints.animal18 import METAINFO

from .checked_coco import AnnotationCheck


@DATASETS.register_module()
class CCSSLAnimalDataset(AnnotationCheck, BaseCocoStyleDataset):
    """Animals in COCO's layout, as written by the converters of TigDog and Synthetic Animals.

    It takes the arguments of MMPose's ``BaseCocoStyleDataset`` and of ``AnnotationCheck``.
    Videos keep ``video_id`` and ``frame_id`` in each annotation (``raw_ann_info``).

    Keypoints: :data:`mmpose_addons_core.keypoints.animal18.KEYPOINTS`.
    """

    METAINFO: dict = METAINFO
