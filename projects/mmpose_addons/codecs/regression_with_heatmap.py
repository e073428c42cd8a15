"""Codec for coordinates with auxiliary heatmaps, which only training uses."""

import numpy as np
from mmpose.codecs import RegressionLabel
from mmpose.registry import KEYPOINT_CODECS


@KEYPOINT_CODECS.register_module()
class RegressionWithHeatmap(RegressionLabel):
    """MMPose's ``RegressionLabel`` with the heatmaps of another codec.

    It makes the targets of ``RegressionWithHeatmapHead`` and decodes as ``RegressionLabel``.

    Args:
        input_size: (w, h) of the network's input, input px.
        heatmap: The other codec, without its ``input_size``.

    Example:
        >>> codec = RegressionWithHeatmap(
        ...     (128, 128), dict(type='DARKHeatmap', heatmap_size=(16, 16), sigma=1))
        >>> target = codec.encode(np.array([[[64.0, 32.0]]]))
        >>> target['keypoint_labels']
        array([[[0.5 , 0.25]]], dtype=float32)
        >>> target['heatmaps'].shape, float(target['heatmaps'][0, 4, 8])
        ((1, 16, 16), 1.0)
    """

    field_mapping_table = dict(heatmaps='heatmaps')

    def __init__(self, input_size: tuple[int, int], heatmap: dict) -> None:
        super().__init__(input_size)
        self.heatmap = KEYPOINT_CODECS.build(dict(heatmap, input_size=input_size))

    def encode(
        self, keypoints: np.ndarray, keypoints_visible: np.ndarray | None = None
    ) -> dict[str, np.ndarray]:
        """Make labels (1, K, 2), weights (1, K) and heatmaps (C, H, W).

        Args:
            keypoints: (1, K, 2), input px.
            keypoints_visible: (1, K); all 1 if None.
        """
        encoded = super().encode(keypoints, keypoints_visible)
        maps = self.heatmap.encode(keypoints, keypoints_visible)
        return dict(encoded, heatmaps=maps['heatmaps'])
