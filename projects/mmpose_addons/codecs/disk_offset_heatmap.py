"""Codec of G-RMI: disks and offsets, decoded by Hough voting."""

from mmpose.registry import KEYPOINT_CODECS

from mmpose_addons_core.arrays import Array
from mmpose_addons_core.heatmaps import disk_offset_points, hough_points

from .disk_codec import DiskCodec


@KEYPOINT_CODECS.register_module()
class DiskOffsetHeatmap(DiskCodec):
    """Disks of radius R and offsets to the keypoint (G-RMI, arXiv 1701.01779).

    GRMILoss trains it, so predicted labels are logits; scores are votes or
    probabilities. The defaults are the paper's R = 25 px on its 257 x 353 input with
    maps of 33 x 45, whose unit-length grid has a stride of exactly 8.

    Differences from the paper:

    - Maps stay at the network's stride instead of being enlarged to the input's size;
      the position between pixels comes from the votes' centroid.
    - Offsets are in units of R.

    Args:
        input_size: (w, h), input px.
        heatmap_size: (W, H), heatmap px.
        radius: R of the disk, heatmap px.
        hough: Decode by the votes of all pixels, as in the paper; otherwise by the most
            probable pixel alone, which is faster.
        grid, use_udp: See :class:`HeatmapCodec`.

    Example:
        >>> import numpy as np
        >>> codec = DiskOffsetHeatmap((257, 353), (33, 45))
        >>> maps = codec.encode(np.array([[[81.0, 121.0]]]))['heatmaps']
        >>> codec.decode(maps)[0].round(1)
        array([[[ 81., 121.]]], dtype=float32)
    """

    def __init__(
        self,
        input_size: tuple[int, int],
        heatmap_size: tuple[int, int],
        radius: float = 25 / 8,
        hough: bool = True,
        grid: str = 'unit_length',
        use_udp: bool = False,
    ) -> None:
        super().__init__(input_size, heatmap_size, radius, grid, use_udp)
        self.hough = hough

    def decode_disks(self, maps: Array) -> tuple[Array, Array]:
        points = hough_points if self.hough else disk_offset_points
        return points(maps, self.radius)
