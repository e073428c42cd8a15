from .animal_pck import AnimalPCK
from .checked_coco_metric import CheckedCocoMetric
from .face_landmark_metric import FaceLandmarkMetric

__all__ = ['AnimalPCK', 'CheckedCocoMetric', 'FaceLandmarkMetric']
