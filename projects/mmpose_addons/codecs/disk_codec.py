"""Base of the codecs with disks and offsets."""

from abc import abstractmethod

from mmpose_addons_core.arrays import Array
from mmpose_addons_core.heatmaps import disk_offset_maps

from .heatmap_codec import HeatmapCodec


class DiskCodec(HeatmapCodec):
    """Base of the codecs that draw a disk and two offset maps per keypoint.

    Channels are (label, dx / R, dy / R) of the first keypoint, of the second, ...: what
    MMPose's ``flip_mode='udp_combined'`` expects. A head needs ``out_channels=3 * K``
    and ``train_cfg=dict(compute_acc=False)``.

    Args:
        input_size: (w, h), input px.
        heatmap_size: (W, H), heatmap px.
        radius: R of the disk, heatmap px.
        grid, use_udp: See :class:`HeatmapCodec`.

    Raises:
        ValueError: If the radius is not positive, or as :class:`HeatmapCodec`.
    """

    channels_per_keypoint = 3

    def __init__(
        self,
        input_size: tuple[int, int],
        heatmap_size: tuple[int, int],
        radius: float,
        grid: str = 'unit_length',
        use_udp: bool = False,
    ) -> None:
        super().__init__(input_size, heatmap_size, grid, use_udp)
        if not radius > 0:
            raise ValueError(f'radius must be positive (heatmap px), got {radius}')
        self.radius = radius

    def render_targets(self, points: Array, visible: Array) -> tuple[Array, Array]:
        return disk_offset_maps(points, visible, self.heatmap_size, self.radius)

    def decode_heatmaps(self, heatmaps: Array) -> tuple[Array, Array]:
        *lead, channels, height, width = heatmaps.shape
        return self.decode_disks(heatmaps.reshape(*lead, channels // 3, 3, height, width))

    @abstractmethod
    def decode_disks(self, maps: Array) -> tuple[Array, Array]:
        """Decode maps (..., 3, H, W) to points (..., 2) in heatmap px and scores (...)."""
