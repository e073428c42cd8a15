"""Losses, registered into MMPose's ``MODELS``."""

from .grmi_loss import GRMILoss
from .pixel_wing_loss import PixelWingLoss
from .udp_offset_loss import UDPOffsetLoss

__all__ = ['GRMILoss', 'PixelWingLoss', 'UDPOffsetLoss']
