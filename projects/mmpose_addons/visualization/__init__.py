from mmpose_addons_runtime.draw_pose import draw_pose

from .face import draw_face, draw_head_axes
from .pose_sheet import pose_sheet

__all__ = ['draw_face', 'draw_head_axes', 'draw_pose', 'pose_sheet']
