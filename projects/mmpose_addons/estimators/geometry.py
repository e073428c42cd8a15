"""Geometry of MMPose's ``TopdownAffine``: from boxes to the network's input and back.

Shape letters: N boxes, K keypoints, h x w the network's input. Boxes are (x1, y1, x2, y2),
coordinates (x, y), both in image px.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from mmpose.datasets.transforms import TopdownAffine
from mmpose.structures.bbox import bbox_xyxy2cs, get_udp_warp_matrix, get_warp_matrix


@dataclass(frozen=True)
class CropGeometry:
    """Size and kind of the crops that a network takes.

    Attributes:
        input_size: (w, h), input px.
        padding: The crop's size as a multiple of the box's.
        use_udp: Whether lengths are measured between pixel centres.
    """

    input_size: tuple[int, int]
    padding: float = 1.25
    use_udp: bool = False

    @property
    def codec_stretch(self) -> np.ndarray:
        """Factor of MMPose's codecs to input px, (x, y): w / (w - 1) with ``use_udp``.

        MMPose divides by w where UDP's crop multiplies by w - 1.
        """
        size = np.array(self.input_size, np.float64)
        return size / (size - self.use_udp)

    def padded(self, padding: float | None) -> 'CropGeometry':
        """Return the geometry with another padding, unless that is None."""
        return self if padding is None else replace(self, padding=padding)

    def regions(self, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return centres (N, 2) and sizes (N, 2) of crops in the input's shape, image px.

        Example:
            >>> centre, size = CropGeometry((192, 256)).regions(
            ...     np.array([[10, 20, 50, 100]], np.float32))
            >>> centre, size
            (array([[30., 60.]], dtype=float32), array([[ 75., 100.]], dtype=float32))
        """
        centres, sizes = bbox_xyxy2cs(boxes, padding=self.padding)
        width, height = self.input_size
        return centres, TopdownAffine._fix_aspect_ratio(sizes, width / height)

    def warp(
        self, image: np.ndarray, centre: np.ndarray, size: np.ndarray, out: np.ndarray
    ) -> None:
        """Crop a region of an image and scale it to the input's size.

        Args:
            image: (H, W, 3), uint8.
            centre, size: (2,), of :meth:`regions`.
            out: (h, w, 3), uint8, written to.
        """
        matrix_of = get_udp_warp_matrix if self.use_udp else get_warp_matrix
        matrix = matrix_of(centre, size, 0.0, output_size=self.input_size)
        cv2.warpAffine(image, matrix, self.input_size, out, cv2.INTER_LINEAR)

    def to_image(
        self, points: np.ndarray, centres: np.ndarray, sizes: np.ndarray
    ) -> np.ndarray:
        """Convert points (N, K, 2) from input px to image px.

        Args:
            points: (N, K, 2), input px.
            centres, sizes: (N, 2), of :meth:`regions`.
        """
        return image_points(
            points, centres[:, None], sizes[:, None], self.input_size, self.use_udp
        )


def image_points(
    points: np.ndarray,
    center: np.ndarray,
    scale: np.ndarray,
    input_size: tuple[int, int],
    use_udp: bool,
) -> np.ndarray:
    """Convert input px to image px, the inverse of ``TopdownAffine`` without rotation.

    Args:
        points: (K, 2), input px.
        center: (2,), of the crop, image px.
        scale: (2,), its width and height, image px.
        input_size: (w, h), px.
        use_udp: As in ``TopdownAffine``.
    """
    size = np.asarray(input_size, np.float64) - use_udp
    return points / size * scale + center - 0.5 * np.asarray(scale)
