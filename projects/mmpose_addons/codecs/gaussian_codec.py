"""Base of the codecs with Gaussian targets."""

from mmpose_addons_core.arrays import Array
from mmpose_addons_core.heatmaps import gaussian_heatmaps
from mmpose_addons_core.heatmaps.decoders import Decoder

from .heatmap_codec import HeatmapCodec


class GaussianCodec(HeatmapCodec):
    """Base of the codecs that draw one Gaussian per keypoint.

    Args:
        input_size: (w, h), input px.
        heatmap_size: (W, H), heatmap px.
        sigma: Of the target's Gaussian, heatmap px.
        grid, use_udp: See :class:`HeatmapCodec`.

    Raises:
        ValueError: If sigma is not positive, or as :class:`HeatmapCodec`.
    """

    unbiased = False
    """Centre the Gaussian on the exact position instead of the nearest pixel."""
    truncated = True
    """Draw only within 3 sigma instead of over the whole map."""
    decoder: Decoder
    """Decodes one heatmap per keypoint."""

    def __init__(
        self,
        input_size: tuple[int, int],
        heatmap_size: tuple[int, int],
        sigma: float = 2.0,
        grid: str = 'stride',
        use_udp: bool = False,
    ) -> None:
        super().__init__(input_size, heatmap_size, grid, use_udp)
        if not sigma > 0:
            raise ValueError(f'sigma must be positive (heatmap px), got {sigma}')
        self.sigma = sigma

    def render_targets(self, points: Array, visible: Array) -> tuple[Array, Array]:
        return gaussian_heatmaps(
            points,
            visible,
            self.heatmap_size,
            self.sigma,
            unbiased=self.unbiased,
            truncated=self.truncated,
        )

    def decode_heatmaps(self, heatmaps: Array) -> tuple[Array, Array]:
        return self.decoder(heatmaps)
