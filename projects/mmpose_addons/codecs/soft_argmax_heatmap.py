"""Codec of LPN: Gaussian target, beta-soft-argmax decoding."""

import math
from functools import partial

from mmpose.registry import KEYPOINT_CODECS

from mmpose_addons_core.heatmaps.decoders import decode_soft_argmax

from .gaussian_codec import GaussianCodec


@KEYPOINT_CODECS.register_module()
class SoftArgmaxHeatmap(GaussianCodec):
    """Gaussian heatmaps decoded by beta-soft-argmax (LPN, arXiv 1911.10346).

    The score is the map's value at the pixel nearest to the result.

    Args:
        input_size: (w, h), input px.
        heatmap_size: (W, H), heatmap px.
        sigma: Of the target's Gaussian, heatmap px.
        grid: ``'stride'`` or ``'unit_length'``, see :class:`HeatmapCodec`.
        use_udp: The same flag as that of the pipeline's ``TopdownAffine``.
        unbiased: Centre the Gaussian on the exact position and draw it over the whole map, as
            DARK does, instead of on the nearest pixel and within 3 sigma.
        beta: Inverse temperature of the softmax.
        shift: Move the result by 0.25 px towards the higher neighbour, as the
            published test script does.

    Raises:
        ValueError: If beta is not finite, or as :class:`GaussianCodec`.

    Example:
        >>> import numpy as np
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
        grid: str = 'stride',
        use_udp: bool = False,
        unbiased: bool = False,
        beta: float = 160.0,
        shift: bool = False,
    ) -> None:
        super().__init__(input_size, heatmap_size, sigma, grid, use_udp)
        if not math.isfinite(beta):
            raise ValueError(f'beta must be a finite number, got {beta}')
        self.unbiased = unbiased
        self.truncated = not unbiased
        self.beta = beta
        self.shift = shift
        self.decoder = partial(decode_soft_argmax, beta=beta, shift=shift)
