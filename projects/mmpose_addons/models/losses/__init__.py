"""Losses, registered into MMPose's ``MODELS``."""

from .domain_discrimination_loss import DomainDiscriminationLoss
from .grmi_loss import GRMILoss
from .pixel_wing_loss import PixelWingLoss
from .side_agnostic_loss import SideAgnosticLoss
from .udp_offset_loss import UDPOffsetLoss

__all__ = [
    'DomainDiscriminationLoss',
    'GRMILoss',
    'PixelWingLoss',
    'SideAgnosticLoss',
    'UDPOffsetLoss',
]
