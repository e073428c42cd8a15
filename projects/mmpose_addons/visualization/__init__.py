from .pose_sheet import draw_pose, pose_sheet

__all__ = ['draw_pose', 'pose_sheet']
