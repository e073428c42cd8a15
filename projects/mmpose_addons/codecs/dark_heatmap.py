"""Codec of DARK: exact Gaussian target, Newton step on the blurred map's logarithm."""

from functools import partial

from mmpose.registry import KEYPOINT_CODECS

from mmpose_addons_core.heatmaps import kernel_size_for
from mmpose_addons_core.heatmaps.decoders import decode_dark

from .gaussian_codec import GaussianCodec


@KEYPOINT_CODECS.register_module()
class DARKHeatmap(GaussianCodec):
    """Gaussian targets at exact positions, and DARK's decoding (arXiv 1910.06278).

    DARK's published code measures crops and maps by w - 1, as UDP does; its results are
    those of ``grid='unit_length'`` and ``use_udp=True`` here and in ``TopdownAffine``.

    Args:
        input_size: (w, h), input px.
        heatmap_size: (W, H), heatmap px.
        sigma: Of the target's Gaussian, heatmap px.
        grid: ``'stride'`` or ``'unit_length'``, see :class:`HeatmapCodec`.
        use_udp: The same flag as that of the pipeline's ``TopdownAffine``.
        blur_kernel_size: Odd, heatmap px; by default OpenCV's kernel size for sigma,
            11 for 2 and 17 for 3.
        accept_any_step: Take every Newton step, as the published code does, also one that does
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
        input_size: tuple[int, int],
        heatmap_size: tuple[int, int],
        sigma: float = 2.0,
        grid: str = 'stride',
        use_udp: bool = False,
        blur_kernel_size: int | None = None,
        accept_any_step: bool = False,
    ) -> None:
        super().__init__(input_size, heatmap_size, sigma, grid, use_udp)
        self.blur_kernel_size = blur_kernel_size or kernel_size_for(self.sigma)
        self.accept_any_step = accept_any_step
        self.decoder = partial(
            decode_dark, blur_kernel_size=self.blur_kernel_size, accept_any_step=accept_any_step
        )
