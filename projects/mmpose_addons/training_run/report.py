"""Collect what a run has left in its folder, and write its page."""

from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.adaptation import PseudoLabels
from mmpose_addons_core.fileio import write_text
from mmpose_addons_core.keypoints.sides import sides_of

from ..visualization.diagnosis_table import Table, diagnosis_table, read_diagnosis
from ..visualization.prediction_gallery import Picture, Skeleton, best_and_worst
from ..visualization.pseudo_label_report import read_rounds
from ..visualization.training_curves import curves_svg, read_curves
from ..visualization.training_report import (
    COLUMNS,
    ReportContent,
    Scores,
    score_rows,
    training_report,
)
from .checks import metainfo_of
from .options import Options
from .predictions import read_predictions
from .prepare import Plan
from .train_and_test import PREDICTIONS

__all__ = ['score_rows', 'write_report']

TITLES = {'test': 'images of --test', 'val': 'val'}
TRAININGS = {'source': 'Training on labels', 'adapt': 'Adaptation'}
LABELS = ('pseudo_labels', 'teacher_labels')


def write_report(
    name: str,
    options: Options,
    plan: Plan,
    scores: Scores,
    commands: Sequence[tuple[str, str]],
) -> Path:
    """Write ``OUT/report.html``.

    Args:
        name: Of the command.
        options: What the user has asked for.
        plan: Of :func:`prepare`.
        scores: Of :class:`Run`.
        commands: What to do next, and the command.
    """
    out = options.out.absolute()
    content = ReportContent(
        title=f'{name}: {out.name}',
        lines=plan.lines,
        scores=scores,
        commands=commands,
        charts=_charts(out, scores, options),
        labels=_rounds(out / 'adapt') if options.adapts else (),
        diagnosis=_diagnosis(out),
        images=options.target / 'frames',
        predictions=_galleries(out, plan, scores),
    )
    file = out / 'report.html'
    write_text(file, training_report(content))
    return file


def _charts(out: Path, scores: Scores, options: Options) -> dict[str, list[str]]:
    charts = {}
    val = scores.get('val', {})
    for folder, title in TRAININGS.items():
        if not (out / folder).is_dir():
            continue
        first = folder == 'adapt' or options.start is not None
        last = 'before' if folder == 'source' and options.adapts else 'after'
        curves = read_curves(out / folder)
        drawn = curves_svg(curves, val.get('before') if first else None, val.get(last))
        if drawn:
            charts[title] = drawn
    return charts


def _diagnosis(out: Path) -> Table | None:
    """Return how right the labels of an adaptation are by estimates; None without one."""
    file = out / 'adapt' / 'diagnosis.json'
    return diagnosis_table(read_diagnosis(file)) if file.is_file() else None


def _rounds(work_dir: Path) -> list[PseudoLabels]:
    for name in LABELS:
        if any((work_dir / name).glob('epoch_*.npz')):
            return read_rounds(work_dir / name)
    return []


def _galleries(out: Path, plan: Plan, scores: Scores) -> dict[str, dict[str, list[Picture]]]:
    known = metainfo_of(plan.labelled)
    sides = sides_of(plan.labelled.keypoints, known['flip_indices'])
    skeleton = Skeleton(known['skeleton_links'], sides)
    galleries = {}
    for part, title in TITLES.items():
        if part in scores:
            found = read_predictions(out / 'tests' / f'{part}_after' / PREDICTIONS)
            if found:
                galleries[title] = best_and_worst(found, skeleton, COLUMNS)
    return galleries
