"""Curves of a training, read from MMEngine's log files, as SVG."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from .pseudo_label_charts import figure_svg

SCORES = {'0.05/PCK': 'PCK@0.05', '0.1/PCK': 'PCK@0.1'}
"""Titles by the name of the metric in the log, shares from 0 to 1."""


@dataclass
class Curves:
    """Of one training.

    Attributes:
        loss: (step, loss).
        scores: By name of the metric, (step, value).
    """

    loss: list[tuple[int, float]] = field(default_factory=list)
    scores: dict[str, list[tuple[int, float]]] = field(default_factory=dict)


def read_scalars(work_dir: Path) -> Iterator[list[dict[str, Any]]]:
    """Yield what MMEngine logged, the records of one start of a training at a time.

    A line that was cut off by a kill is left out.
    """
    for file in sorted(work_dir.glob('*/vis_data/scalars.json')):
        records = []
        for line in file.read_text(encoding='utf-8').splitlines():
            with suppress(ValueError):
                records.append(json.loads(line))
        yield records


def read_curves(work_dir: Path) -> Curves:
    """Read the scalars of a work dir, also of a training that was stopped and resumed."""
    curves = Curves()
    for records in read_scalars(work_dir):
        step = None
        for record in records:
            if 'loss' in record and 'iter' in record:
                if step is None:
                    _forget(curves, int(record['iter']))
                step = int(record['iter'])
                curves.loss.append((step, float(record['loss'])))
            for name in SCORES:
                if name in record and step is not None:
                    curves.scores.setdefault(name, []).append((step, float(record[name])))
    return curves


def _forget(curves: Curves, step: int) -> None:
    """Drop what a resumed training repeats."""
    curves.loss = [point for point in curves.loss if point[0] < step]
    for name, points in curves.scores.items():
        curves.scores[name] = [point for point in points if point[0] < step]


def curves_svg(
    curves: Curves, first: Mapping[str, float] | None, last: Mapping[str, float] | None
) -> list[str]:
    """Draw charts of the loss and, if there are scores, of the scores.

    Args:
        curves: Of one training.
        first, last: Scores of the network before and after it, on the same labels.
    """
    charts = []
    if curves.loss:
        figure = Figure((4.6, 3), layout='constrained')
        axes = figure.subplots()
        axes.plot(*zip(*curves.loss, strict=True), '.-', color='#4878a8')
        axes.set(xlabel='training step', ylabel='loss', ylim=(0, None))
        axes.grid(alpha=0.3)
        charts.append(figure_svg(figure))
    end = curves.loss[-1][0] if curves.loss else 1
    lines = {}
    for name, title in SCORES.items():
        points = [(0, first[name])] if first else []
        points += curves.scores.get(name, [])
        points += [(end, last[name])] if last else []
        if len(points) > 1:
            lines[title] = points
    if lines:
        figure = Figure((4.6, 3), layout='constrained')
        axes = figure.subplots()
        for title, points in lines.items():
            steps, values = zip(*points, strict=True)
            axes.plot(steps, [100 * value for value in values], 'o-', label=title)
        axes.set(xlabel='training step', ylabel='% of keypoints', ylim=(0, 100))
        axes.grid(alpha=0.3)
        axes.legend()
        charts.append(figure_svg(figure))
    return charts
