"""What ``mmpose-addons adapt`` and ``train --labelled`` decide by themselves.

:func:`read_labelled` reads the folder that ``mmpose-addons import`` has made,
:func:`choose_frames` picks frames of a video, :func:`input_size`, :func:`sizes_by_seconds` and
:func:`sizes_by_steps` choose input, batch and length, and :class:`RunClock` counts the time.
"""

from .clock import RunClock
from .frame_choice import choose_frames
from .labelled_folder import (
    LabelledFolder,
    PlanError,
    check_same_keypoints,
    labelled_records,
    left_out_of,
    read_labelled,
    refuse_other_keypoints,
    several_in,
)
from .run_files import read_run_file
from .sizes import Measured, Sizes, input_size, labelling, sizes_by_seconds, sizes_by_steps

__all__ = [
    'LabelledFolder',
    'Measured',
    'PlanError',
    'RunClock',
    'Sizes',
    'check_same_keypoints',
    'choose_frames',
    'input_size',
    'labelled_records',
    'labelling',
    'left_out_of',
    'read_labelled',
    'read_run_file',
    'refuse_other_keypoints',
    'several_in',
    'sizes_by_seconds',
    'sizes_by_steps',
]
