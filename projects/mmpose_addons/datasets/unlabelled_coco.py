"""Images with boxes and without keypoints."""

from typing import Any

from mmpose.datasets.datasets.base import BaseCocoStyleDataset
from mmpose.registry import DATASETS

from .checked_coco import AnnotationCheck


@DATASETS.register_module()
class UnlabelledCocoDataset(AnnotationCheck, BaseCocoStyleDataset):
    """A COCO file whose annotations need no keypoints; existing keypoints are ignored.

    The target set of an adaptation, inside a ``PseudoLabelDataset``.
    ``mmpose-addons unlabelled-frames`` writes such files. Takes the arguments of
    MMPose's ``BaseCocoStyleDataset`` and of ``AnnotationCheck``; ``metainfo`` is the source's.
    Images are not checked unless ``check_images`` says so: an adaptation passes over those
    that it cannot read, and names them.
    """

    boxes_only = True

    def load_data_list(self) -> list[dict]:
        """Load the records.

        Raises:
            ValueError: If ``metainfo`` names no keypoints.
        """
        if 'num_keypoints' not in self._metainfo:
            raise ValueError(
                'UnlabelledCocoDataset needs the metainfo of the source, such as '
                f"dict(from_file='dataset_info.py'), got {self._metainfo}"
            )
        return super().load_data_list()

    def __init__(self, *args: Any, check_images: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, check_images=check_images, **kwargs)

    def parse_data_info(self, raw_data_info: dict) -> dict | None:
        """Return a sample without keypoints."""
        keypoints = [0] * (3 * self._metainfo['num_keypoints'])
        annotation = {
            **raw_data_info['raw_ann_info'],
            **dict(keypoints=keypoints, num_keypoints=0),
        }
        return super().parse_data_info({**raw_data_info, 'raw_ann_info': annotation})

    @staticmethod
    def _is_valid_instance(data_info: dict) -> bool:
        left, top, right, bottom = data_info['bbox'][0]
        return not data_info['iscrowd'] and right > left and bottom > top
