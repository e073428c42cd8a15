"""What ``mmpose-addons adapt`` and ``fit`` decide by themselves, before anything runs.

:func:`read_labelled` reads the folder that ``mmpose-addons import`` has made,
:func:`choose_frames` picks frames of a video, and :func:`plan_sizes` chooses input size, batch
and length.
"""

from .frame_choice import choose_frames
from .labelled_folder import LabelledFolder, PlanError, check_same_keypoints, read_labelled
from .sizes import Measured, Sizes, input_side, plan_sizes

__all__ = [
    'LabelledFolder',
    'Measured',
    'PlanError',
    'Sizes',
    'check_same_keypoints',
    'choose_frames',
    'input_side',
    'plan_sizes',
    'read_labelled',
]
