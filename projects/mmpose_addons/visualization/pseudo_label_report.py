"""Report pseudo-labels on one HTML page: counts, confidences, rounds and images.

Shape letters: N samples, K keypoints. Coordinates are (x, y) in image px.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmpose_addons_core.adaptation import PseudoLabelError, PseudoLabels, read_npz
from mmpose_addons_core.adaptation.hidden_labels import HiddenLabels
from mmpose_addons_core.adaptation.pseudo_labels import FLOW
from mmpose_addons_core.natural_order import natural_key

from ..evaluation.pseudo_label_pck import THRESHOLD, near_truth, pseudo_label_sides
from .diagnosis_table import diagnosis_table
from .html_page import html_page
from .pseudo_label_charts import curves, histogram
from .pseudo_label_gallery import gallery

TEMPLATE = 'pseudo_label_report.html.jinja'


def read_rounds(store: Path) -> list[PseudoLabels]:
    """Read all rounds of a run, in the order of epochs.

    Args:
        store: File ``epoch_*.npz`` of a round, which is read with the earlier rounds beside it;
            or the folder of all rounds.

    Raises:
        PseudoLabelError: If there is no round, or one cannot be read.
    """
    if store.is_dir():
        files = sorted(store.glob('epoch_*.npz'), key=natural_key)
    else:
        files = sorted(store.parent.glob('epoch_*.npz'), key=natural_key)
        files = [file for file in files if natural_key(file) < natural_key(store)] + [store]
    if not files:
        raise PseudoLabelError(f'{store} has no epoch_*.npz')
    return [read_npz(file) for file in files]


def pseudo_label_report(
    rounds: Sequence[PseudoLabels],
    hidden: HiddenLabels | None = None,
    image_dir: Path | None = None,
    columns: int = 8,
    diagnosis: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Return a self-contained HTML page.

    Args:
        rounds: Labels of each round, the last one in detail.
        hidden: The target set's own labels, see ``hidden_labels``.
        image_dir: Folder of the images, if the names in the labels are relative to it.
        columns: Number of images in each row of the gallery.
        diagnosis: Records of ``DiagnosisHook``, see :func:`.diagnosis_table.read_diagnosis`.
    """
    labels = rounds[-1]
    limits = sorted({f'{limit:.4f}' for limit in labels.threshold})
    table = _joint_table(labels, hidden)
    return html_page(
        TEMPLATE,
        epoch=int(labels.epoch),
        kept=int(labels.kept.sum()),
        joints=labels.kept.size,
        images=len(labels.found),
        from_flow=int((labels.kept & (labels.origin == FLOW)).sum()),
        thresholds=limits[:: max(1, len(limits) - 1)],
        missing=int((~labels.found).sum()),
        judged=hidden is not None,
        near=THRESHOLD,
        columns=list(table),
        rows=list(zip(*table.values(), strict=True)),
        histogram=histogram(labels, hidden),
        curves=curves(rounds, hidden) if len(rounds) > 1 else None,
        gallery=gallery(labels, image_dir, columns),
        sides=_percent(pseudo_label_sides(labels, *hidden)) if hidden else {},
        diagnosis=diagnosis_table(diagnosis) if diagnosis else None,
    )


def _joint_table(labels: PseudoLabels, hidden: HiddenLabels | None) -> dict[str, Sequence]:
    """Return columns by title, with one value for each keypoint."""
    flow = labels.kept & (labels.origin == FLOW)
    table: dict[str, Sequence] = {
        'joint': labels.names.tolist(),
        'kept': labels.kept.sum(0).tolist(),
        'of': [int(labels.found.sum())] * len(labels.names),
        'from flow': flow.sum(0).tolist(),
        'threshold': list(labels.threshold.round(3)),
        'median confidence': list(np.median(labels.confidence[labels.found], 0).round(3)),
    }
    if hidden is not None:
        truth, given = hidden
        near = near_truth(labels, truth)
        table['kept ones right'] = _shares(near, given & labels.kept)
        table['all right'] = _shares(near, given & labels.found[:, None])
    return table


def _shares(right: np.ndarray, of: np.ndarray) -> list[str]:
    """Return the percentage of correct labels per keypoint, '-' without hidden labels."""
    counts = of.sum(0)
    rights = (right & of).sum(0)
    return [f'{100 * r / c:.1f} %' if c else '-' for r, c in zip(rights, counts, strict=True)]


def _percent(values: Mapping[str, float]) -> dict[str, str]:
    """Return shares as text, under titles for readers."""
    titles = dict(
        pck_without_sides='right without sides',
        pck_better_heading='right with the better heading',
        swaps='paired joints at the place of the other side',
        reversals='animals turned round',
    )
    return {titles[name]: f'{value:.1%}' for name, value in values.items()}
