"""Pseudo-labels on one HTML page: counts, confidences, rounds and images.

Shape letters: N samples, K keypoints. Coordinates are (x, y) in image px.
"""

from collections.abc import Sequence
from pathlib import Path

import jinja2  # PyTorch depends on it
import numpy as np

from mmpose_addons_core.adaptation import PseudoLabelError, PseudoLabels, read_npz
from mmpose_addons_core.adaptation.pseudo_labels import FLOW
from mmpose_addons_core.datasets.coco_file import CocoFileError, read_records

from ..evaluation.pseudo_label_pck import THRESHOLD, near_truth
from .pseudo_label_charts import Hidden, curves, histogram
from .pseudo_label_gallery import gallery

TEMPLATE = 'pseudo_label_report.html.jinja'


def read_rounds(store: Path) -> list[PseudoLabels]:
    """All rounds of a run, in the order of epochs.

    Args:
        store: One npz, whose neighbours ``epoch_*.npz`` up to it are the earlier rounds; or
            their folder.

    Raises:
        PseudoLabelError: If there is no round, or one cannot be read.
    """
    if store.is_dir():
        files = sorted(store.glob('epoch_*.npz'))
    else:
        files = [f for f in sorted(store.parent.glob('epoch_*.npz')) if f.name < store.name]
        files.append(store)
    if not files:
        raise PseudoLabelError(f'{store} has no epoch_*.npz')
    return [read_npz(file) for file in files]


def hidden_labels(file: Path, labels: PseudoLabels) -> tuple[np.ndarray, np.ndarray]:
    """Labels (N, K, 2) and whether they are given (N, K), of COCO annotations.

    Raises:
        PseudoLabelError: The file is no COCO keypoint file, or shares no annotation with the
            labels.
    """
    try:
        annotations = read_records(file, 'annotations', ['id', 'keypoints'])
        truth = {a['id']: np.reshape(a['keypoints'], (-1, 3)) for a in annotations}
    except CocoFileError as error:
        raise PseudoLabelError(str(error)) from None
    except (ValueError, TypeError) as error:
        raise PseudoLabelError(f'{file} has malformed keypoints: {error}') from None
    nothing = np.zeros((len(labels.names), 3))
    found = np.stack([truth.get(int(number), nothing) for number in labels.sample_id])
    if found.shape[1] != len(labels.names) or not found[..., 2].any():
        raise PseudoLabelError(f'{file} has no labels for the samples of these pseudo-labels')
    return found[..., :2], found[..., 2] > 0


def pseudo_label_report(
    rounds: Sequence[PseudoLabels],
    hidden: Hidden | None = None,
    image_dir: Path | None = None,
    columns: int = 8,
) -> str:
    """A self-contained HTML page.

    Args:
        rounds: Labels of each round, the last one in detail.
        hidden: The target set's own labels, see :func:`hidden_labels`.
        image_dir: Folder of the images, if the store's names are relative to it.
        columns: Number of images in each row of the gallery.
    """
    labels = rounds[-1]
    limits = sorted({f'{limit:.4f}' for limit in labels.threshold})
    table = _joint_table(labels, hidden)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(TEMPLATE).render(
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
    )


def _joint_table(labels: PseudoLabels, hidden: Hidden | None) -> dict[str, Sequence]:
    """Columns by title, one value for each keypoint."""
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
    """Percent of right ones for each keypoint, '-' where there is none to judge."""
    counts = of.sum(0)
    rights = (right & of).sum(0)
    return [f'{100 * r / c:.1f} %' if c else '-' for r, c in zip(rights, counts, strict=True)]
