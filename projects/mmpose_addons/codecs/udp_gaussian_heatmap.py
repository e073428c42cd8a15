"""Codec of UDP with Gaussian targets."""

from functools import partial
from typing import Any

from mmpose.registry import KEYPOINT_CODECS

from mmpose_addons_core.heatmaps.decoders import decode_udp

from .gaussian_codec import GaussianCodec


@KEYPOINT_CODECS.register_module()
class UDPGaussianHeatmap(GaussianCodec):
    """Gaussian round the exact centre on the unit-length grid; UDP's Newton step.

    Huang et al. 2020, arXiv 1911.07524. MMPose's UDPHeatmap pads the blur with zeros
    and neither subtracts the blurred map's minimum.

    Args:
        args, kwargs: ``input_size``, ``heatmap_size``, ``sigma``, ``grid`` and
            ``use_udp`` of :class:`GaussianCodec`; set ``use_udp=True`` where the
            pipeline's ``TopdownAffine`` has it.
        blur_kernel_size: Odd, heatmap px.
        paper: Take every Newton step, as the published code does, also one that does
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
        *args: Any,
        blur_kernel_size: int = 7,
        paper: bool = False,
        grid: str = 'unit_length',
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, grid=grid, **kwargs)
        self.blur_kernel_size = blur_kernel_size
        self.paper = paper
        self.decoder = partial(decode_udp, blur_kernel_size=blur_kernel_size, paper=paper)
