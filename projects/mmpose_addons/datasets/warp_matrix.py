"""The matrix of MMPose's ``TopdownAffine``."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from mmpose.structures.bbox import get_udp_warp_matrix, get_warp_matrix


def warp_matrix(results: Mapping[str, Any], use_udp: bool) -> np.ndarray:
    """Return the matrix (2, 3) by which ``TopdownAffine`` has cut a crop.

    Args:
        results: Those after ``TopdownAffine``.
        use_udp: That of ``TopdownAffine``.

    Returns:
        float64, from px of the image, perhaps mirrored, to input px.
    """
    rotation = float(results['bbox_rotation'][0]) if 'bbox_rotation' in results else 0.0
    matrix_of = get_udp_warp_matrix if use_udp else get_warp_matrix
    matrix: np.ndarray = matrix_of(
        results['input_center'],
        results['input_scale'],
        rotation,
        output_size=results['input_size'],
    )
    return matrix.astype(np.float64)
