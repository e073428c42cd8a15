"""Codec of UDP with classification and offsets."""

from mmpose.registry import KEYPOINT_CODECS

from mmpose_addons_core.arrays import Array
from mmpose_addons_core.heatmaps import udp_offset_points

from .disk_codec import DiskCodec


@KEYPOINT_CODECS.register_module()
class UDPOffsetHeatmap(DiskCodec):
    """Disks and offsets on the unit-length grid; blurred label, blurred offsets.

    Huang et al. 2020, arXiv 1911.07524. MMPose's UDPHeatmap with
    ``heatmap_type='combined'`` blurs only the labels, with zeros outside the map; its
    target offsets continue outside the disk.

    Args:
        input_size: (w, h), input px.
        heatmap_size: (W, H), heatmap px.
        radius: R of the disk, heatmap px; the published code's ``kpd``.
        radius_factor: MMPose's alternative to ``radius``, which it replaces:
            ``factor * max(W, H)``.
        label_kernel_size: Of the blur of the labels, odd, heatmap px; 1 is none.
        offset_kernel_size: Of the blur of the offsets.
        blur_outside_disk: Blur offsets outside the disk too, as the published code does. That
            displaces a keypoint by up to 0.03 px, near the border by more than 1 px.
        grid, use_udp: See :class:`HeatmapCodec`.

    Example:
        >>> import numpy as np
        >>> codec = UDPOffsetHeatmap((192, 256), (48, 64))
        >>> maps = codec.encode(np.array([[[81.0, 121.0]]]))['heatmaps']
        >>> maps.shape
        (3, 64, 48)
        >>> codec.decode(maps)[0].round(1)
        array([[[ 81., 121.]]], dtype=float32)
    """

    def __init__(
        self,
        input_size: tuple[int, int],
        heatmap_size: tuple[int, int],
        radius: float = 4.0,
        radius_factor: float | None = None,
        label_kernel_size: int = 15,
        offset_kernel_size: int = 7,
        blur_outside_disk: bool = False,
        grid: str = 'unit_length',
        use_udp: bool = False,
    ) -> None:
        if radius_factor is not None:
            radius = radius_factor * max(heatmap_size)
        super().__init__(input_size, heatmap_size, radius, grid, use_udp)
        self.label_kernel_size = label_kernel_size
        self.offset_kernel_size = offset_kernel_size
        self.blur_outside_disk = blur_outside_disk

    def decode_disks(self, maps: Array) -> tuple[Array, Array]:
        return udp_offset_points(
            maps,
            self.radius,
            self.label_kernel_size,
            self.offset_kernel_size,
            self.blur_outside_disk,
        )
