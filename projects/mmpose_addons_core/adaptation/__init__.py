"""CC-SSL: pseudo-labels from views of an image and frames of a video, without MMPose.

Mu et al., "Learning from Synthetic Animals", CVPR 2020, arXiv 1912.08265.
"""

from .appearance import Appearance
from .curriculum import Curriculum
from .flow import Flow, FlowTracks
from .fusion import fuse_points, maps_of_image, points_of_image
from .labeller import Labeller
from .pseudo_labels import PseudoLabelError, PseudoLabels, read_npz
from .rng_state import get_rng_state, preserved_rng_state, seeded_rng, set_rng_state
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
    'fuse_points',
    'get_rng_state',
    'inverse',
    'maps_of_image',
    'move_points',
    'on_maps',
    'points_of_image',
    'preserved_rng_state',
    'read_npz',
    'seeded_rng',
    'set_rng_state',
    'shares_of',
    'swap_sides',
    'tracks_of',
    'warp',
]
