"""Draw charts of pseudo-labels as SVG.

Shape letters: N samples, K keypoints.
"""

from collections.abc import Sequence
from io import BytesIO

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from mmpose_addons_core.adaptation import PseudoLabels
from mmpose_addons_core.adaptation.hidden_labels import HiddenLabels
from mmpose_addons_core.adaptation.pseudo_labels import FLOW

from ..evaluation.pseudo_label_pck import near_truth, pseudo_label_pck


def histogram(labels: PseudoLabels, hidden: HiddenLabels | None) -> str:
    """Draw a histogram of confidences, split by correctness if hidden labels are given."""
    confidence = labels.confidence[labels.found]
    figure = Figure((9, 3.2), layout='constrained')
    axes = figure.subplots()
    bins = np.linspace(0, max(float(confidence.max()), 1e-6), 41).tolist()
    if hidden is None:
        axes.hist(confidence.ravel(), bins, color='#4878a8')
    else:
        truth, given = hidden
        near, given = near_truth(labels, truth)[labels.found], given[labels.found]
        groups = dict(right=near & given, wrong=~near & given, unknown=~given)
        colours = dict(right='#4a9a5b', wrong='#c44e52', unknown='#bbbbbb')
        used = [name for name in groups if groups[name].any()]
        axes.hist(
            [confidence[groups[name]] for name in used],
            bins,
            stacked=True,
            label=used,
            color=[colours[name] for name in used],
        )
        axes.legend(title='label')
    for limit in np.unique(labels.threshold):
        axes.axvline(limit, color='black', linewidth=1, linestyle='--')
    axes.set(xlabel='confidence (dashed: threshold)', ylabel='joints')
    return figure_svg(figure)


def curves(rounds: Sequence[PseudoLabels], hidden: HiddenLabels | None) -> str:
    """Draw shares of kept and correct joints, thresholds and confidences over rounds."""
    epochs = [int(labels.epoch) for labels in rounds]
    figure = Figure((9, 3.2), layout='constrained')
    left, right = figure.subplots(1, 2)
    left.plot(epochs, [labels.kept.mean() for labels in rounds], 'o-', label='kept')
    flow = [(labels.kept & (labels.origin == FLOW)).mean() for labels in rounds]
    left.plot(epochs, flow, 's-', label='kept, from flow')
    if hidden is not None:
        scores = [pseudo_label_pck(labels, *hidden) for labels in rounds]
        for name in ('kept', 'all'):
            shares = [score[f'pck_{name}'] for score in scores]
            left.plot(epochs, shares, '^--', label=f'right ({name})')
    left.set(xlabel='epoch', ylabel='share of joints', ylim=(0, 1.3))
    left.legend(ncols=2, loc='upper center')
    right.plot(epochs, [labels.threshold.mean() for labels in rounds], 'o-', label='threshold')
    right.plot(
        epochs, [np.median(labels.confidence) for labels in rounds], 's-', label='median'
    )
    right.set(xlabel='epoch', ylabel='confidence', ylim=(0, None))
    right.legend()
    return figure_svg(figure)


def figure_svg(figure: Figure) -> str:
    """Return an ``<svg>`` element, the same for the same figure."""
    stream = BytesIO()
    with matplotlib.rc_context({'svg.hashsalt': 'report'}):
        figure.savefig(stream, format='svg', metadata={'Date': None})
    text = stream.getvalue().decode()
    return text[text.index('<svg') :]
