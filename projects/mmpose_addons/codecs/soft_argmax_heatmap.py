"""Codec of LPN: Gaussian target, beta-soft-argmax decoding."""

import numpy as np
from mmpose.registry import KEYPOINT_CODECS
from torch import Tensor

from ..functional import gaussian_heatmaps, quarter_shift, soft_argmax
from .heatmap_codec import HeatmapCodec


@KEYPOINT_CODECS.register_module()
class SoftArgmaxHeatmap(HeatmapCodec):
    """Gaussian heatmaps read by beta-soft-argmax (LPN, arXiv 1911.10346).

    The score is the map's value at the pixel nearest to the result.

    Args:
        input_size: (w, h), input px.
        heatmap_size: (W, H), heatmap px.
        sigma: Of the target's Gaussian, heatmap px.
        unbiased: Draw round the exact centre and over the whole map, as DARK does,
            rather than round the nearest pixel and up to 3 sigma.
        beta: Inverse temperature of the softmax.
        shift: Move the result by 0.25 px towards the higher neighbour, as the
            published test script does.
        use_udp: See :class:`HeatmapCodec`.

    Example:
        >>> codec = SoftArgmaxHeatmap((192, 256), (48, 64), sigma=2)
        >>> maps = codec.encode(np.array([[[80.0, 120.0]]]))['heatmaps']
        >>> codec.decode(maps)
        (array([[[ 80., 120.]]], dtype=float32), array([[1.]], dtype=float32))
    """

    def __init__(
        self,
        input_size: tuple[int, int],
        heatmap_size: tuple[int, int],
        sigma: float = 2.0,
        unbiased: bool = False,
        beta: float = 160.0,
        shift: bool = False,
        use_udp: bool = False,
    ) -> None:
        super().__init__(input_size, heatmap_size, use_udp=use_udp)
        self.sigma = sigma
        self.unbiased = unbiased
        self.beta = beta
        self.shift = shift

    def draw(self, points: np.ndarray, visible: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return gaussian_heatmaps(
            points,
            visible,
            self.heatmap_size,
            self.sigma,
            unbiased=self.unbiased,
            truncated=not self.unbiased,
        )

    def read(self, heatmaps: Tensor) -> tuple[Tensor, Tensor]:
        points, scores = soft_argmax(heatmaps, self.beta)
        if self.shift:
            points = quarter_shift(heatmaps, points)
        return points, scores
