"""Keypoints of people as those of an animal's skeleton."""

from mmpose.datasets.transforms import KeypointConverter
from mmpose.registry import TRANSFORMS

from mmpose_addons_core.keypoints.skeleton_mappings import SKELETONS, partners


@TRANSFORMS.register_module()
class PeopleAsAnimals(KeypointConverter):
    """MMPose's ``KeypointConverter`` with a ready table from COCO's 17 joints.

    Joints of the animal without a partner have the weight 0 in training. It goes into the
    pipeline of a data set inside a ``CombinedDataset`` whose ``metainfo`` is the animal's, so
    that later steps see one skeleton.

    Args:
        skeleton: ``'animalpose'``, ``'ap10k'`` or ``'animal18'``.
        reading: ``'order'``: joints of a limb are counted from the trunk; ``'anatomy'``: the
            same joints of the skeleton.

    Raises:
        ValueError: If there is no such table.
    """

    def __init__(self, skeleton: str, reading: str = 'order') -> None:
        mapping = partners(skeleton, reading)
        super().__init__(len(SKELETONS[skeleton]), mapping)
