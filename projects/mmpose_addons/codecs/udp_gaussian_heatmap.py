"""Codec of UDP with Gaussian targets."""

from functools import partial

from mmpose.registry import KEYPOINT_CODECS

from mmpose_addons_core.heatmaps.decoders import decode_udp

from .gaussian_codec import GaussianCodec


@KEYPOINT_CODECS.register_module()
class UDPGaussianHeatmap(GaussianCodec):
    """Gaussian at the exact position on the unit-length grid; UDP's Newton step.

    Huang et al. 2020, arXiv 1911.07524. MMPose's UDPHeatmap pads the blur with zeros
    and neither subtracts the blurred map's minimum.

    Args:
        input_size: (w, h), input px.
        heatmap_size: (W, H), heatmap px.
        sigma: Of the target's Gaussian, heatmap px.
        grid: ``'stride'`` or ``'unit_length'``, see :class:`HeatmapCodec`.
        use_udp: The same flag as that of the pipeline's ``TopdownAffine``.
        blur_kernel_size: Odd, heatmap px.
        accept_any_step: Take every Newton step, as the published code does, also one that does
            not go to a maximum or goes farther than 1.5 px.

    Example:
        >>> import numpy as np
        >>> codec = UDPGaussianHeatmap((192, 256), (48, 64), sigma=2)
        >>> maps = codec.encode(np.array([[[81.0, 121.0]]]))['heatmaps']
        >>> codec.decode(maps)[0].round(1)
        array([[[ 81., 121.]]], dtype=float32)
    """

    unbiased = True

    def __init__(
        self,
        input_size: tuple[int, int],
        heatmap_size: tuple[int, int],
        sigma: float = 2.0,
        grid: str = 'unit_length',
        use_udp: bool = False,
        blur_kernel_size: int = 7,
        accept_any_step: bool = False,
    ) -> None:
        super().__init__(input_size, heatmap_size, sigma, grid, use_udp)
        self.blur_kernel_size = blur_kernel_size
        self.accept_any_step = accept_any_step
        self.decoder = partial(
            decode_udp, blur_kernel_size=blur_kernel_size, accept_any_step=accept_any_step
        )
