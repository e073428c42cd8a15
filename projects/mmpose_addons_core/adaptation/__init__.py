"""Pseudo-labels from views of an image, frames of a video and a mean teacher, without MMPose.

CC-SSL: Mu et al., "Learning from Synthetic Animals", CVPR 2020, arXiv 1912.08265. Mean teacher:
:mod:`.teacher_labels`.
"""

from .appearance import Appearance
from .curriculum import Curriculum
from .flow import Flow, FlowTracks
from .fusion import fuse_points, maps_of_image, points_of_image
from .labeller import Labeller
from .pseudo_labels import PseudoLabelError, PseudoLabels, read_npz
from .rng_state import get_rng_state, preserved_rng_state, seeded_rng, set_rng_state
from .teacher_labels import (
    agreeing,
    count_of_small_losses,
    cover,
    from_view_to_view,
    inside_image,
    most_confident,
    ramp_up,
    smallest_losses,
)
from .tracks import shares_of, tracks_of
from .views import Views, ViewSampler, inverse, move_points, on_maps, swap_sides, warp

__all__ = [
    'Appearance',
    'Curriculum',
    'Flow',
    'FlowTracks',
    'Labeller',
    'PseudoLabelError',
    'PseudoLabels',
    'ViewSampler',
    'Views',
    'agreeing',
    'count_of_small_losses',
    'cover',
    'from_view_to_view',
    'fuse_points',
    'get_rng_state',
    'inside_image',
    'inverse',
    'maps_of_image',
    'most_confident',
    'move_points',
    'on_maps',
    'points_of_image',
    'preserved_rng_state',
    'ramp_up',
    'read_npz',
    'seeded_rng',
    'set_rng_state',
    'shares_of',
    'smallest_losses',
    'swap_sides',
    'tracks_of',
    'warp',
]
