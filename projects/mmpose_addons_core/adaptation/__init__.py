"""Pseudo-labels that agree with themselves: the arithmetic of CC-SSL, without MMPose.

Mu et al., "Learning from Synthetic Animals", CVPR 2020, arXiv 1912.08265.
"""

from .appearance import Appearance
from .curriculum import Curriculum
from .flow import Flow, FlowTracks
from .fusion import fuse_points, maps_of_image, points_of_image
from .labeller import Labeller
from .store import PseudoLabels, StoreError, read_npz
from .streams import set_stream_states, stream_states, streams_kept, streams_seeded
from .tracks import shares_of, tracks_of
from .views import Views, ViewSampler, inverse, move_points, on_maps, swap_sides, warp

__all__ = [
    'Appearance',
    'Curriculum',
    'Flow',
    'FlowTracks',
    'Labeller',
    'PseudoLabels',
    'StoreError',
    'ViewSampler',
    'Views',
    'fuse_points',
    'inverse',
    'maps_of_image',
    'move_points',
    'on_maps',
    'points_of_image',
    'read_npz',
    'set_stream_states',
    'shares_of',
    'stream_states',
    'streams_kept',
    'streams_seeded',
    'swap_sides',
    'tracks_of',
    'warp',
]
