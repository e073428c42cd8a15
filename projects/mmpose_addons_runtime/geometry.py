"""Geometry of MMPose's ``TopdownAffine``: from boxes to the network's input and back.

Shape letters: N boxes, K keypoints, h x w the network's input. Boxes are (x1, y1, x2, y2),
coordinates (x, y), both in image px.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mmpose_addons_core.setting_checks import SettingError, check_numbers, check_size


@dataclass(frozen=True)
class CropGeometry:
    """Size and kind of the crops that a network takes.

    Attributes:
        input_size: (w, h), input px.
        padding: The crop's size as a multiple of the box's.
        use_udp: Whether lengths are measured between pixel centres.

    Raises:
        SettingError: The size or the padding is not positive.
    """

    input_size: tuple[int, int]
    padding: float = 1.25
    use_udp: bool = False

    def __post_init__(self) -> None:
        check_size('input_size', self.input_size)
        check_numbers(padding=self.padding)
        if self.padding <= 0:
            raise SettingError(f'padding must be positive, got {self.padding!r}')

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
        centres = (boxes[:, 2:] + boxes[:, :2]) * 0.5
        widths, heights = np.hsplit((boxes[:, 2:] - boxes[:, :2]) * self.padding, 2)
        shape = self.input_size[0] / self.input_size[1]
        too_wide = widths > heights * shape
        sizes = np.where(
            too_wide,
            np.hstack((widths, widths / shape)),
            np.hstack((heights * shape, heights)),
        )
        return centres, sizes

    def warp(
        self, image: np.ndarray, centre: np.ndarray, size: np.ndarray, out: np.ndarray
    ) -> None:
        """Crop a region of an image and scale it to the input's size.

        Args:
            image: (H, W, 3), uint8.
            centre, size: (2,), of :meth:`regions`.
            out: (h, w, 3), uint8, written to.
        """
        matrix = (_udp_matrix if self.use_udp else _matrix)(centre, size, self.input_size)
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


def _matrix(centre: np.ndarray, size: np.ndarray, input_size: tuple[int, int]) -> np.ndarray:
    """Return the affine map (2, 3) from image px to input px, by the width alone."""
    width, height = input_size
    source = np.zeros((3, 2), np.float32)
    target = np.zeros((3, 2), np.float32)
    source[0], target[0] = centre, (width * 0.5, height * 0.5)
    source[1] = centre - (np.float64(size[0]) * 0.5, 0.0)
    target[1] = 0.0, height * 0.5
    for corners in (source, target):  # a quarter turn of the first two around the second
        x, y = corners[0] - corners[1]
        corners[2] = corners[1] + np.array((-y, x))
    return cv2.getAffineTransform(source, target)


def _udp_matrix(
    centre: np.ndarray, size: np.ndarray, input_size: tuple[int, int]
) -> np.ndarray:
    """Return the affine map (2, 3) of UDP (Huang et al., CVPR 2020), between pixel centres."""
    size, centre = size.astype(np.float32), centre.astype(np.float32)
    scale = (np.array(input_size, np.float32) - 1) / size
    matrix = np.zeros((2, 3), np.float32)
    matrix[0, 0], matrix[1, 1] = scale
    matrix[:, 2] = scale * (0.5 * size - centre)
    return matrix


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
