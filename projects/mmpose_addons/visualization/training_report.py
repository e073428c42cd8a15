"""The page at the end of ``mmpose-addons adapt`` and ``fit``: one self-contained HTML file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from .pseudo_label_gallery import gallery
from .pseudo_label_report import read_rounds

TEMPLATE = 'training_report.html.jinja'
COLUMNS = 6
METRICS = {'0.05/PCK': 'PCK@0.05', '0.1/PCK': 'PCK@0.1', 'EPE': 'mean error, px'}
Scores = Mapping[str, Mapping[str, Mapping[str, float]]]


def training_report(
    title: str,
    lines: Sequence[str],
    scores: Scores,
    labels: Path | None,
    images: Path | None,
    commands: Sequence[str],
) -> str:
    """Return the page of a training as HTML.

    Args:
        title: Heading.
        lines: What went in.
        scores: Of ``training_run.run``.
        labels: Folder of pseudo-labels (``epoch_*.npz``); None without an adaptation.
        images: Folder of the unlabelled images.
        commands: What to do next.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(TEMPLATE).render(
        title=title,
        lines=lines,
        columns=['', *METRICS.values()],
        rows=score_rows(scores),
        joints=None if labels is None else _joints(labels, images),
        commands=commands,
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


def _joints(folder: Path, images: Path | None) -> dict[str, Any]:
    labels = read_rounds(folder)[-1]
    median = np.median(labels.confidence[labels.found], 0)
    found = int(labels.found.sum())
    return dict(
        summary=f'{int(labels.kept.sum())} of {labels.kept.size} joints of {found} images are '
        f'kept in the last round, before epoch {int(labels.epoch)}.',
        rows=[
            (name, int(kept), found, f'{middle:.3f}')
            for name, kept, middle in zip(
                labels.names.tolist(), labels.kept.sum(0), median.tolist(), strict=True
            )
        ],
        gallery=gallery(labels, images, COLUMNS),
    )
