from .metrics import AnimalPCK, CheckedCocoMetric, FaceLandmarkMetric

__all__ = ['AnimalPCK', 'CheckedCocoMetric', 'FaceLandmarkMetric']
