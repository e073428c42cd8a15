"""Codec of Simple Baselines and HRNet: Gaussian target, maximum and a quarter pixel."""

from mmpose.registry import KEYPOINT_CODECS

from mmpose_addons_core.heatmaps.decoders import decode_quarter_shift

from .gaussian_codec import GaussianCodec


@KEYPOINT_CODECS.register_module()
class QuarterShiftHeatmap(GaussianCodec):
    """Gaussian at the nearest pixel; maximum + 0.25 px towards the higher neighbour.

    Xiao et al. 2018, arXiv 1804.06208. The arguments are those of
    :class:`GaussianCodec`. MMPose's MSRAHeatmap differs in one rule: it also shifts
    peaks next to a border along that border, the published code does not.

    Example:
        >>> import numpy as np
        >>> codec = QuarterShiftHeatmap((192, 256), (48, 64), sigma=2)
        >>> maps = codec.encode(np.array([[[81.0, 120.0]]]))['heatmaps']
        >>> codec.decode(maps)
        (array([[[ 80., 120.]]], dtype=float32), array([[1.]], dtype=float32))
    """

    decoder = staticmethod(decode_quarter_shift)
