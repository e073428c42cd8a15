"""Pseudo-labels on one HTML page: counts, confidences, rounds and pictures.

Shape letters: N samples, K keypoints. Coordinates are (x, y) in image px.
"""

import base64
from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from matplotlib.figure import Figure

from mmpose_addons_core.adaptation import PseudoLabelError, PseudoLabels, read_npz
from mmpose_addons_core.adaptation.pseudo_labels import FLOW
from mmpose_addons_core.datasets.coco_file import CocoFileError, read_records

from ..evaluation.pseudo_label_pck import near_truth
from .pose_sheet import brightened, draw_pose

CELL = 330  # px a picture, shown on 220
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 1080px; margin: 2em auto;
       padding: 0 1em; color: #222; }
h2 { margin-top: 1.6em; } figcaption, .note { color: #666; font-size: 13px; }
table { border-collapse: collapse; } td, th { padding: .15em .8em; text-align: right; }
td:first-child, th:first-child { text-align: left; } tr:nth-child(even) { background: #f4f4f4; }
.gallery { display: flex; flex-wrap: wrap; gap: 10px; } figure { margin: 0; width: 220px; }
svg, img { max-width: 100%; height: auto; }
"""


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
        raise PseudoLabelError(f'{file} has no labels for the samples of the store')
    return found[..., :2], found[..., 2] > 0


def pseudo_label_report(
    rounds: Sequence[PseudoLabels],
    hidden: tuple[np.ndarray, np.ndarray] | None = None,
    image_dir: Path | None = None,
    pictures: int = 8,
) -> str:
    """A self-contained HTML page.

    Args:
        rounds: Labels of each round, the last one in detail.
        hidden: The target set's own labels, see :func:`hidden_labels`.
        image_dir: Folder of the images, if the store's names are relative to it.
        pictures: In each row of the gallery.
    """
    labels = rounds[-1]
    kept = int(labels.kept.sum())
    limits = sorted({f'{limit:.4f}' for limit in labels.threshold})
    missing = int((~labels.found).sum())
    parts = [
        f'<h1>Pseudo-labels before epoch {int(labels.epoch)}</h1>',
        f'<p>{kept} of {labels.kept.size} joints of {len(labels.found)} images are kept, '
        f'{int((labels.kept & (labels.origin == FLOW)).sum())} of them made by optical flow. '
        f'A kept joint is surer than {" to ".join(limits[:: max(1, len(limits) - 1)])}.'
        + (f' {missing} images could not be read.' if missing else '')
        + '</p>',
    ]
    if hidden is not None:
        parts.append(
            '<p class="note">Right means: within 0.05 of the longer side of the box of the '
            'hidden label. Nothing in training knows of it.</p>'
        )
    parts += ['<h2>Joints</h2>', _joint_table(labels, hidden)]
    parts += ['<h2>Confidence</h2>', _histogram(labels, hidden)]
    if len(rounds) > 1:
        parts += ['<h2>Rounds</h2>', _curves(rounds, hidden)]
    parts += ['<h2>Pictures</h2>', _gallery(labels, image_dir, pictures)]
    body = '\n'.join(parts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<title>Pseudo-labels</title><style>{STYLE}</style></head>\n<body>{body}</body></html>\n'
    )


def _joint_table(labels: PseudoLabels, hidden: tuple | None) -> str:
    head = ['joint', 'kept', 'of', 'from flow', 'threshold', 'median confidence']
    there = labels.found[:, None]
    flow = labels.kept & (labels.origin == FLOW)
    columns = [
        labels.kept.sum(0),
        np.full(len(labels.names), labels.found.sum()),
        flow.sum(0),
        labels.threshold.round(3),
        np.median(labels.confidence[labels.found], 0).round(3),
    ]
    if hidden is not None:
        truth, given = hidden
        near = near_truth(labels, truth)
        head += ['kept ones right', 'all right']
        columns += [_shares(near, given & labels.kept), _shares(near, given & there)]
    rows = zip(labels.names, *columns, strict=True)
    lines = ''.join(
        '<tr>' + ''.join(f'<td>{escape(str(cell))}</td>' for cell in row) + '</tr>'
        for row in rows
    )
    titles = ''.join(f'<th>{title}</th>' for title in head)
    return f'<table><tr>{titles}</tr>{lines}</table>'


def _shares(right: np.ndarray, of: np.ndarray) -> list[str]:
    """Percent of right ones for each keypoint, '-' where there is none to judge."""
    counts = of.sum(0)
    rights = (right & of).sum(0)
    return [f'{100 * r / c:.1f} %' if c else '-' for r, c in zip(rights, counts, strict=True)]


def _histogram(labels: PseudoLabels, hidden: tuple | None) -> str:
    confidence = labels.confidence[labels.found]
    figure = Figure((9, 3.2), layout='constrained')
    axes = figure.subplots()
    bins = np.linspace(0, max(float(confidence.max()), 1e-6), 41)
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
    return _svg(figure)


def _curves(rounds: Sequence[PseudoLabels], hidden: tuple | None) -> str:
    epochs = [int(labels.epoch) for labels in rounds]
    figure = Figure((9, 3.2), layout='constrained')
    left, right = figure.subplots(1, 2)
    left.plot(epochs, [labels.kept.mean() for labels in rounds], 'o-', label='kept')
    flow = [(labels.kept & (labels.origin == FLOW)).mean() for labels in rounds]
    left.plot(epochs, flow, 's-', label='kept, from flow')
    if hidden is not None:
        truth, given = hidden
        for name in ('kept', 'all'):
            shares = []
            for labels in rounds:
                of = given & (labels.kept if name == 'kept' else labels.found[:, None])
                near = near_truth(labels, truth)
                shares.append(near[of].mean() if of.any() else np.nan)
            left.plot(epochs, shares, '^--', label=f'right ({name})')
    left.set(xlabel='epoch', ylabel='share of joints', ylim=(0, 1.3))
    left.legend(ncols=2, loc='upper center')
    right.plot(epochs, [labels.threshold.mean() for labels in rounds], 'o-', label='threshold')
    right.plot(
        epochs, [np.median(labels.confidence) for labels in rounds], 's-', label='median'
    )
    right.set(xlabel='epoch', ylabel='confidence', ylim=(0, None))
    right.legend()
    return _svg(figure)


def _svg(figure: Figure) -> str:
    stream = BytesIO()
    with matplotlib.rc_context({'svg.hashsalt': 'report'}):  # the same page every time
        figure.savefig(stream, format='svg', metadata={'Date': None})
    text = stream.getvalue().decode()
    return text[text.index('<svg') :]


def _gallery(labels: PseudoLabels, image_dir: Path | None, count: int) -> str:
    there = np.flatnonzero(labels.found)
    sure = labels.confidence.mean(1)
    ranked = there[np.argsort(-sure[there], kind='stable')]
    many_flows = (labels.origin == FLOW).sum(1)
    flows = there[np.argsort(-many_flows[there], kind='stable')]
    flows = flows[many_flows[flows] > 0]
    some = labels.kept.any(1)
    rows = {
        'Most certain': ranked,
        'Least certain': ranked[::-1],
        'Least certain with a kept joint': [i for i in ranked[::-1] if some[i]],
        'Most certain without a kept joint': [i for i in ranked if not some[i]],
        'Most joints from flow': flows,
    }
    parts = [
        '<p class="note">Filled: kept. Small grey: dropped. Square: made by flow. Orange is '
        "the animal's left, blue its right.</p>"
    ]
    for title, samples in rows.items():
        chosen = list(samples)[:count]
        if chosen:
            cells = ''.join(_picture(labels, i, image_dir) for i in chosen)
            parts.append(f'<h3>{title}</h3><div class="gallery">{cells}</div>')
    return '\n'.join(parts)


def _picture(labels: PseudoLabels, index: int, image_dir: Path | None) -> str:
    name = str(labels.file_name[index])
    file = image_dir / name if image_dir else Path(name)
    image = cv2.imread(str(file))
    caption = (
        f'{escape(Path(name).name)}: mean confidence {labels.confidence[index].mean():.2f}, '
        f'{int(labels.kept[index].sum())} kept'
    )
    if image is None:
        return f'<figure>(image not found)<figcaption>{caption}</figcaption></figure>'
    picture, points = _crop(brightened(image), labels.bbox[index], labels.keypoints[index])
    names = [str(n) for n in labels.names]
    kept = labels.kept[index]
    for k in np.flatnonzero(~kept):
        centre = np.round(points[k]).astype(int).tolist()
        cv2.circle(picture, centre, 3, (150, 150, 150), -1, cv2.LINE_AA)
    picture = draw_pose(picture, points, kept, names, labels.skeleton.tolist())
    for k in np.flatnonzero(labels.origin[index] == FLOW):
        corner = np.round(points[k]).astype(int)
        cv2.rectangle(picture, (corner - 5).tolist(), (corner + 5).tolist(), (255, 255, 255), 1)
    _, jpeg = cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
    data = base64.b64encode(jpeg.tobytes()).decode()
    return (
        f'<figure><img alt="" src="data:image/jpeg;base64,{data}">'
        f'<figcaption>{caption}</figcaption></figure>'
    )


def _crop(image: np.ndarray, box: np.ndarray, points: np.ndarray) -> tuple:
    """A square of 1.5 times the box, ``CELL`` px, and the points on it."""
    x, y, width, height = box
    side = 1.5 * max(width, height, 1)
    corner = np.array([x + width / 2, y + height / 2]) - side / 2
    scale = CELL / side
    matrix = np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]])
    picture = cv2.warpAffine(image, matrix, (CELL, CELL), flags=cv2.INTER_AREA)
    return picture, (points - corner) * scale
