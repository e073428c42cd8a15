"""Write CED curves of an evaluation as a file of values and as a plot."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from mmengine.logging import MMLogger

from mmpose_addons_core.metrics.ced_file import write_ced


class CEDWriter:
    """Write ``ced.csv`` and ``ced.png``.

    Args:
        out_dir: Folder; by default that of the current run's log.
        prefix: Of a metric; it becomes part of the names, ``ced_test_face.csv`` for
            ``'test/face'``.

    Raises:
        ValueError: `out_dir` is a file.
    """

    def __init__(self, out_dir: str | None = None, prefix: str | None = None) -> None:
        if out_dir is not None and Path(out_dir).is_file():
            raise ValueError(f'out_dir must be a folder, got the file {out_dir}')
        self.out_dir = out_dir
        self.prefix = prefix

    def write(self, curves: Mapping[str, np.ndarray], thresholds: Sequence[float]) -> None:
        """Write curves, or log that there is no folder or no curve.

        Args:
            curves: Errors (N,) by name of a subset.
            thresholds: Marked in the plot.
        """
        folder = Path(self.out_dir) if self.out_dir else _log_folder()
        if not folder or not curves:
            MMLogger.get_current_instance().info(
                'FaceLandmarkMetric draws no curve: no folder or no face to judge'
            )
            return
        stem = folder / '_'.join(('ced', *(self.prefix or '').split('/'))).rstrip('_')
        from ..visualization.ced import draw_ced  # matplotlib

        write_ced(stem.with_suffix('.csv'), curves)
        draw_ced(stem.with_suffix('.png'), curves, thresholds)


def _log_folder() -> Path | None:
    """Return the folder of the current logger's file."""
    handlers = MMLogger.get_current_instance().handlers
    files = [h.baseFilename for h in handlers if hasattr(h, 'baseFilename')]
    return Path(files[0]).parent if files else None
