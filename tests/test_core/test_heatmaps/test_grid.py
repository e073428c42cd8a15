"""Coordinate grids and what they do to a mirrored map."""

import numpy as np
import pytest

from mmpose_addons_core.heatmaps import stride_grid, unit_length_grid


def test_reference_scales():
    np.testing.assert_allclose(stride_grid((192, 256), (48, 64)), [4, 4])
    np.testing.assert_allclose(unit_length_grid((192, 256), (48, 64)), [191 / 47, 255 / 63])


@pytest.mark.parametrize(('width', 'columns'), [(192, 48), (96, 12), (257, 33)])
def test_mirrored_map_is_off_by_what_the_papers_say(width, columns):
    """UDP, section 3.2: (s - 1) / s on the stride grid, nothing on the unit length's."""
    x = 70.25
    for grid, offset in (
        (stride_grid, (width / columns - 1) / (width / columns)),
        (unit_length_grid, 0),
    ):
        scale = grid((width, 256), (columns, 64))[0]
        of_mirrored_input = (width - 1 - x) / scale
        mirrored_back = columns - 1 - of_mirrored_input
        assert x / scale - mirrored_back == pytest.approx(offset, abs=1e-12)
