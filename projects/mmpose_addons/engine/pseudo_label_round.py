"""Write a round of pseudo-labels to files, the log and scalars."""

from pathlib import Path

from mmengine.runner import Runner

from mmpose_addons_core.adaptation import PseudoLabels
from mmpose_addons_core.adaptation.pseudo_labels import FLOW
from mmpose_addons_core.fileio import atomic_write

from ..datasets.pseudo_label_dataset import PseudoLabelDataset
from ..evaluation.pseudo_label_pck import THRESHOLD, pseudo_label_pck, pseudo_label_sides
from .adaptation_checks import say


def write_round(labels: PseudoLabels, folder: Path) -> None:
    """Write ``<folder>/epoch_<e>.npz`` and ``.json`` (COCO keypoints)."""
    stem = folder / f'epoch_{int(labels.epoch):04d}'
    with atomic_write(stem.with_suffix('.npz')) as unfinished:
        labels.write_npz(unfinished)
    with atomic_write(stem.with_suffix('.json')) as unfinished:
        labels.write_coco(unfinished)


def log_round(runner: Runner, labels: PseudoLabels, target: PseudoLabelDataset) -> None:
    """Log a round, with its accuracy if there are hidden labels."""
    say(describe_round(labels))
    scalars = round_scalars(labels)
    hidden = target.hidden()
    if hidden is not None:
        pck = pseudo_label_pck(labels, *hidden)
        sides = pseudo_label_sides(labels, *hidden)
        scalars.update(pck, **sides)
        say(
            'Diagnosis with hidden labels, not used for anything: '
            f'PCK@{THRESHOLD} of kept joints {pck["pck_kept"]:.4f}, '
            f'of all {pck["pck_all"]:.4f}; of all, '
            + ', '.join(f'{name} {value:.4f}' for name, value in sides.items())
        )
    runner.visualizer.add_scalars(
        {f'pseudo_labels/{name}': value for name, value in scalars.items()},
        step=runner.epoch,
    )


def describe_round(labels: PseudoLabels) -> str:
    """Return a line: how many joints are kept, in total and per keypoint."""
    kept = int(labels.kept.sum())
    flows = int((labels.kept & (labels.origin == FLOW)).sum())
    limits = sorted({round(float(t), 4) for t in labels.threshold})
    text = (
        f'Pseudo-labels before epoch {int(labels.epoch)}: {kept} of {labels.kept.size} joints '
        f'kept, {flows} of them from flow; confidence above '
        f'{" to ".join(map(str, limits[:: max(1, len(limits) - 1)]))}'
    )
    missing = int((~labels.found).sum())
    if missing:
        text += f'; {missing} of {len(labels.found)} images could not be read'
    counts = zip(labels.names, labels.kept.sum(0), strict=True)
    return text + '. Kept: ' + ', '.join(f'{name} {number}' for name, number in counts)


def round_scalars(labels: PseudoLabels) -> dict[str, float]:
    """Return the share of kept joints and the mean threshold."""
    return dict(
        kept_share=int(labels.kept.sum()) / labels.kept.size,
        threshold=float(labels.threshold.mean()),
    )
