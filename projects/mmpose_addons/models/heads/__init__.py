from .lpn_head import LPNHead
from .regression_with_heatmap_head import RegressionWithHeatmapHead

__all__ = ['LPNHead', 'RegressionWithHeatmapHead']
