"""The page at the end of ``mmpose-addons adapt`` and ``train --labelled``: one HTML file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mmpose_addons_core.adaptation import PseudoLabels

from .diagnosis_table import Table
from .html_page import html_page
from .prediction_gallery import Picture
from .pseudo_label_gallery import gallery
from .training_curves import SCORES

TEMPLATE = 'training_report.html.jinja'
COLUMNS = 6
METRICS = {**SCORES, 'EPE': 'mean error, px'}
Scores = Mapping[str, Mapping[str, Mapping[str, float]]]


@dataclass(frozen=True)
class ReportContent:
    """What the page shows.

    Attributes:
        title: Heading.
        lines: What went in.
        scores: By part (``'val'``, ``'test'``), network (``'before'``, ``'after'``) and metric.
        commands: What to do next, and the command.
        charts: SVG by title of the training.
        labels: Rounds of pseudo-labels; empty without an adaptation.
        diagnosis: How right they are by estimates.
        images: Folder of the unlabelled images.
        predictions: By title of the part, pictures by title of the row.
    """

    title: str
    lines: Sequence[str]
    scores: Scores
    commands: Sequence[tuple[str, str]] = ()
    charts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    labels: Sequence[PseudoLabels] = ()
    diagnosis: Table | None = None
    images: Path | None = None
    predictions: Mapping[str, Mapping[str, Sequence[Picture]]] = field(default_factory=dict)


def training_report(content: ReportContent) -> str:
    """Return the page, which needs no other file."""
    return html_page(
        TEMPLATE,
        title=content.title,
        lines=content.lines,
        columns=['', *METRICS.values()],
        rows=score_rows(content.scores),
        verdict=verdict(content.scores),
        charts=content.charts,
        joints=_joints(content.labels, content.images) if content.labels else None,
        diagnosis=content.diagnosis,
        predictions=content.predictions,
        commands=content.commands,
    )


def score_rows(scores: Scores) -> list[list[str]]:
    """Return rows of part, network, PCK in percent and error in px.

    >>> score_rows({'val': {'after': {'0.05/PCK': 0.5, '0.1/PCK': 0.75, 'EPE': 3.21}}})
    [['val, after', '50.0 %', '75.0 %', '3.2']]
    """
    rows = []
    for part, networks in scores.items():
        for name, values in networks.items():
            cells = [
                (f'{values[key]:.1f}' if key == 'EPE' else f'{100 * values[key]:.1f} %')
                for key in METRICS
            ]
            rows.append([f'{part}, {name}', *cells])
    return rows


def verdict(scores: Scores) -> str:
    """Say what the adaptation has changed; empty without two networks.

    >>> verdict({'test': {'before': {'0.1/PCK': 0.5}, 'after': {'0.1/PCK': 0.45}}})
    'On the images of --test, PCK@0.1 has fallen by 5.0 points: keep the network before it.'
    """
    both = {part: found for part, found in scores.items() if len(found) == 2}
    if not both:
        return ''
    part = 'test' if 'test' in both else 'val'
    gain = 100 * (both[part]['after']['0.1/PCK'] - both[part]['before']['0.1/PCK'])
    where = (
        'the images of --test' if part == 'test' else 'labelled images of the old kind (val)'
    )
    moved = f'has {"fallen" if gain < 0 else "risen"} by {abs(gain):.1f} points'
    if abs(gain) < 0.05:
        moved = 'is the same as before'
    if part == 'val':
        end = '. Only labelled images of the new kind (--test) say how good it is there.'
    else:
        end = ': keep the network before it.' if gain < 0 else '.'
    return f'On {where}, PCK@0.1 {moved}{end}'


def _joints(rounds: Sequence[PseudoLabels], images: Path | None) -> dict[str, Any]:
    """Count the kept labels of each keypoint in each round."""
    last = rounds[-1]
    median = np.median(last.confidence[last.found], 0)
    found = int(last.found.sum())
    return dict(
        summary=f'{int(last.kept.sum())} of {last.kept.size} joints of {found} frames are '
        f'kept in the last round of {len(rounds)}.',
        epochs=[int(labels.epoch) for labels in rounds],
        rows=[
            (name, *(int(labels.kept[:, k].sum()) for labels in rounds), found, f'{middle:.3f}')
            for k, (name, middle) in enumerate(
                zip(last.names.tolist(), median.tolist(), strict=True)
            )
        ],
        gallery=gallery(last, images, COLUMNS),
    )
