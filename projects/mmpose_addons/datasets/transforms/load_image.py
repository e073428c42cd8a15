"""Images of 10 to 16 bits as inference reads them."""

from typing import Any

import numpy as np
from mmpose.datasets.transforms import LoadImage as MMPoseLoadImage
from mmpose.registry import TRANSFORMS

from mmpose_addons_core.media.decoding import FLAGS
from mmpose_addons_core.media.images import of_8_bits


@TRANSFORMS.register_module(force=True)
class LoadImage(MMPoseLoadImage):
    """MMPose's step, but files of 16 bits that leave their upper bits empty are not dark.

    It has the same name, so that all configs take it. Training, tests and inference then see
    the same pixels; those of files of 8 bits are MMPose's. Another ``color_type`` or
    ``imdecode_backend`` loads images as in MMPose.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        deep = dict(kwargs, color_type=FLAGS, to_float32=False)
        self._load_deep = MMPoseLoadImage(**deep)

    def transform(self, results: dict[str, Any]) -> dict[str, Any] | None:
        """Add ``img``, ``img_shape`` and ``ori_shape``."""
        decoder = self.color_type, self.imdecode_backend
        if 'img' in results or decoder != ('color', 'cv2'):
            return super().transform(results)
        loaded = self._load_deep.transform(results)
        if loaded is not None:
            image = of_8_bits(loaded['img_path'], loaded['img'])
            loaded['img'] = image.astype(np.float32) if self.to_float32 else image
        return loaded
