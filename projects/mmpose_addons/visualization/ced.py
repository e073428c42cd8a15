"""Plots of CED curves (see :mod:`mmpose_addons_core.metrics.ced`).

Errors are shares of a length, such as the distance between the eyes; the error of a
lost face is infinite.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.image_writing import ImageWriteError
from mmpose_addons_core.metrics import ced_area, ced_curve, failure_rate


def draw_ced(file: Path, curves: Mapping[str, np.ndarray], thresholds: Sequence[float]) -> None:
    """Draw curves up to the largest threshold, with their metrics as legend.

    Args:
        file: PNG, or any format that matplotlib writes; written atomically.
        curves: Errors (N,) by name.
        thresholds: Marked in the plot; the legend is for the largest.

    Raises:
        ImageWriteError: matplotlib cannot write files of this suffix.
    """
    limit = max(thresholds)
    figure = Figure(figsize=(8, 5), layout='constrained')
    if file.suffix[1:].lower() not in figure.canvas.get_supported_filetypes():
        raise ImageWriteError(
            f'{file}: expected a suffix such as .png or .pdf, got {file.suffix!r}'
        )
    axes = figure.add_subplot()
    for number, errors in enumerate(curves.values()):
        nme, share = ced_curve(errors)
        steps, heights = [0, *nme[nme <= limit], limit], [0, *share[nme <= limit]]
        axes.step(
            np.multiply(steps, 100),
            np.multiply([*heights, heights[-1]], 100),
            where='post',
            label=str(number),
        )
    for threshold in thresholds:
        axes.axvline(threshold * 100, color='0.7', linewidth=0.8, linestyle='--', zorder=0)
    axes.set(
        xlim=(0, limit * 100),
        ylim=(0, 101),
        xlabel='normalised mean error (%)',
        ylabel='faces with a smaller error (%)',
    )
    axes.grid(color='0.9')
    labels = [f'{name}: {legend(errors, limit)}' for name, errors in curves.items()]
    for text, label in zip(axes.legend(loc='lower right').get_texts(), labels, strict=True):
        text.set_parse_math(False)  # a name is no formula, whatever signs it has
        text.set_text(label)
    with atomic_write(file) as unfinished:
        figure.savefig(unfinished, dpi=120)


def legend(errors: np.ndarray, threshold: float) -> str:
    """Return the metrics of a curve as text.

    >>> legend(np.array([0.02, 0.05, np.inf]), 0.1)
    'NME 3.50 %, AUC@0.1 0.433, FR@0.1 33.3 %'
    """
    found = errors[np.isfinite(errors)]
    nme = f'{100 * found.mean():.2f} %' if len(found) else 'none'
    return (
        f'NME {nme}, AUC@{threshold:g} {ced_area(errors, threshold) / threshold:.3f}, '
        f'FR@{threshold:g} {100 * failure_rate(errors, threshold):.1f} %'
    )
