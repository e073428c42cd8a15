"""Surroundings of boxes, kept on disk so that images need not be decoded again.

A training step needs only the part of an image that its augmentation can reach. Coordinates are
(x, y). Image px are px of the original image, crop px those of the kept part.
"""

from .reach import Cut, Spread, View, cut_for
from .store import CropStore, key_of
from .surroundings import Surroundings, cut_out

__all__ = [
    'CropStore',
    'Cut',
    'Spread',
    'Surroundings',
    'View',
    'cut_for',
    'cut_out',
    'key_of',
]
