"""Losses on heatmaps, offsets and coordinates, as functions."""

from .offset_losses import grmi_loss, udp_offset_loss
from .wing import mean_over_visible, wing

__all__ = [
    'grmi_loss',
    'mean_over_visible',
    'udp_offset_loss',
    'wing',
]
