"""Codec of DARK: exact Gaussian target, Newton step on the blurred map's logarithm."""

from functools import partial
from typing import Any

from mmpose.registry import KEYPOINT_CODECS

from mmpose_addons_core.heatmaps import kernel_size_for
from mmpose_addons_core.heatmaps.decoders import decode_dark

from .gaussian_codec import GaussianCodec


@KEYPOINT_CODECS.register_module()
class DARKHeatmap(GaussianCodec):
    """Gaussian round the exact centre; DARK's decoding (arXiv 1910.06278).

    DARK's published code measures crops and maps by w - 1, as UDP does; its results are
    those of ``grid='unit_length'`` and ``use_udp=True`` here and in ``TopdownAffine``.

    Args:
        args, kwargs: ``input_size``, ``heatmap_size``, ``sigma``, ``grid`` and
            ``use_udp`` of :class:`GaussianCodec`.
        blur_kernel_size: Odd, heatmap px; by default that of OpenCV's rule for sigma,
            11 for 2 and 17 for 3.
        paper: Take every Newton step, as the published code does, also one that does
            not go to a maximum or goes farther than 1.5 px.

    Example:
        >>> import numpy as np
        >>> codec = DARKHeatmap((192, 256), (48, 64), sigma=2)
        >>> maps = codec.encode(np.array([[[81.0, 121.0]]]))['heatmaps']
        >>> codec.decode(maps)[0].round(1)
        array([[[ 81., 121.]]], dtype=float32)
    """

    unbiased = True
    truncated = False

    def __init__(
        self,
        *args: Any,
        blur_kernel_size: int | None = None,
        paper: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.blur_kernel_size = blur_kernel_size or kernel_size_for(self.sigma)
        self.paper = paper
        self.decoder = partial(decode_dark, blur_kernel_size=self.blur_kernel_size, paper=paper)
