from .pixel_wing_loss import PixelWingLoss

__all__ = ['PixelWingLoss']
