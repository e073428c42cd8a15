"""Tables, CED curves and images of what is done.

Shape letters: N faces, K landmarks. Coordinates are (x, y) in image px.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from mmpose_addons.visualization.ced import draw_ced
from mmpose_addons.visualization.face_sheet import face_image, selected_faces, sheet
from mmpose_addons_core.fileio import write_text
from mmpose_addons_core.image_writing import write_image

from .arms import RATES, Arm
from .faces import Faces
from .probe import EDGES
from .schedule import best_rate, tuned
from .scores import THRESHOLDS, errors_of
from .store import Store, Task, slug

COLUMNS: dict[str, Sequence[str]] = {
    'Test faces': (
        'nme',
        'median',
        'p90',
        'turned',
        'two_stages',
        'nme_box',
        *(f'fr@{threshold:g}' for threshold in THRESHOLDS),
        *(f'auc@{threshold:g}' for threshold in THRESHOLDS),
    ),
    'Test faces by region': ('contour', 'brows', 'nose', 'eyes', 'mouth'),
    'Test faces by region, medians': tuple(
        f'{region}_median' for region in ('contour', 'brows', 'nose', 'eyes', 'mouth')
    ),
    'Jitter': ('jitter', 'jitter_one_euro', 'jitter_worst', 'jitter_worst_one_euro'),
}
CURVES = 8
"""Most curves of one image."""
SHEET = 20
"""Faces of a sheet."""

Results = dict[str, list[dict]]


def results(
    arms: Mapping[str, Arm], store: Store, seeds: Sequence[int], rates: Sequence[float] = RATES
) -> Results:
    """Return the tests that are done, by arm, each of one learning rate.

    It is the tuned one; while that is not known, that of the first test.
    """
    found: Results = {}
    for name, arm in arms.items():
        rate = best_rate(arm.rate_from, store.read, rates) or store.tested_rate(name, seeds)
        tests = [store.read(Task(name, rate or 0, seed, test=True)) for seed in seeds]
        if any(tests):
            found[name] = [test for test in tests if test]
    return found


def figures(test: dict) -> dict[str, float]:
    """Return all numbers of a test by name; ``two_stages`` is the NME of the second pass."""
    again = test.get('two_stages')
    return test['test'] | test['jitter'] | (dict(two_stages=again['nme']) if again else {})


def spread(values: Sequence[float]) -> str:
    """Format mean and standard deviation, per cent.

    >>> spread([0.05, 0.06, 0.07])
    '6.00 ± 1.00'
    >>> spread([0.05])
    '5.00'
    """
    cells = 100 * np.array(values)
    text = f'{cells.mean():.2f}'
    return f'{text} ± {cells.std(ddof=1):.2f}' if len(cells) > 1 else text


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Format a table as Markdown."""
    lines = ['| ' + ' | '.join(header) + ' |', '|---' * len(header) + '|']
    return lines + ['| ' + ' | '.join(row) + ' |' for row in rows]


def report(
    arms: Mapping[str, Arm], store: Store, seeds: Sequence[int], rates: Sequence[float] = RATES
) -> str:
    """Format all tables as Markdown."""
    found = results(arms, store, seeds, rates)
    lines: list[str] = []
    for title, columns in COLUMNS.items():
        rows = []
        for name, tests in found.items():
            cells = [figures(test) for test in tests]
            values = [[cell[column] for cell in cells if column in cell] for column in columns]
            first = [name, f'{tests[0]["rate"]:g}', str(len(tests))]
            rows.append(first + [spread(value) if value else '' for value in values])
        header = ['arm', 'rate', 'seeds', *columns]
        lines += [f'## {title}, %', '', *table(header, rows), '']
    lines += _rates(arms, store, rates) + _probes(arms, store, rates)
    return '\n'.join(lines)


def _rates(arms: Mapping[str, Arm], store: Store, rates: Sequence[float]) -> list[str]:
    """Return the validation error by learning rate."""
    rows = {
        name: tuned(name, store.read, rates)[0]
        for name, arm in arms.items()
        if arm.rate_from == name
    }
    header = sorted({rate for row in rows.values() for rate in row})
    cells = [
        [name] + [f'{100 * row[rate]:.2f}' if rate in row else '' for rate in header]
        for name, row in rows.items()
        if row
    ]
    title = '## Validation faces: NME by learning rate, seed 0, %'
    return [title, '', *table(['arm', *(f'{rate:g}' for rate in header)], cells), '']


def _probes(arms: Mapping[str, Arm], store: Store, rates: Sequence[float]) -> list[str]:
    """Return errors and gradient by size of the error at start, middle and end."""
    ends = [*map(str, EDGES[1:]), '...']
    header = ['arm', 'step', 'median px', 'p90 px']
    header += [f'{low}-{high} px' for low, high in zip(EDGES, ends, strict=True)]
    rows = []
    for name, arm in arms.items():
        rate = best_rate(arm.rate_from, store.read, rates)
        run = store.read(Task(name, rate or 0, 0))
        if not run or not run['probes']:
            continue
        steps = sorted(run['probes'], key=int)
        for step in (steps[0], steps[len(steps) // 2], steps[-1]):
            probe = run['probes'][step]
            bins = [
                f'{100 * count:.0f} / {100 * pull:.0f}'
                for count, pull in zip(probe['coordinates'], probe['gradient'], strict=True)
            ]
            rows.append([name, step, f'{probe["median"]:.2f}', f'{probe["p90"]:.2f}', *bins])
    title = '## Share of coordinates / share of the gradient by size of the error, seed 0, %'
    return [title, '', *table(header, rows), '']


def write(
    arms: Mapping[str, Arm],
    store: Store,
    seeds: Sequence[int],
    faces: Faces,
    rates: Sequence[float] = RATES,
) -> Path:
    """Write ``report.md``, CED curves and sheets of the best arm; the path of the tables.

    Raises:
        ComparisonError: A file of a result is broken or of other faces.
    """
    text = report(arms, store, seeds, rates)
    file = store.folder / 'report.md'
    write_text(file, text)
    found = results(arms, store, seeds, rates)
    if found:
        truth = faces.landmarks.double().cpu().numpy()
        main = {name: tests for name, tests in found.items() if arms[name].group == 'main'}
        for network in dict.fromkeys(arms[name].network for name in main):
            curves = {
                name.removeprefix(f'{network}, '): np.concatenate(
                    [errors_of(_landmarks(store, test, truth), truth) for test in tests]
                )
                for name, tests in main.items()
                if arms[name].network == network
            }
            draw_ced(
                store.folder / f'ced_{slug(network)}.png',
                dict(list(curves.items())[:CURVES]),
                THRESHOLDS,
            )
        if main:
            _sheets(main, store, faces, truth)
    return file


def _landmarks(store: Store, test: dict, truth: np.ndarray) -> np.ndarray:
    task = Task(test['arm'], test['rate'], test['seed'], test=True)
    return store.landmarks(task, truth.shape)


def _sheets(found: Results, store: Store, faces: Faces, truth: np.ndarray) -> None:
    """Write the best and the worst faces of the arm with the least validation error."""

    def validation(name: str) -> float:
        task = Task(name, found[name][0]['rate'], found[name][0]['seed'])
        run = store.read(task)
        return run['validation']['nme'] if run else np.inf

    best = min(found, key=validation)
    predicted = _landmarks(store, found[best][0], truth)
    errors = errors_of(predicted, truth)
    for name in ('best', 'worst'):
        chosen = selected_faces(errors, SHEET, name)
        images = [
            face_image(
                cv2.imread(str(faces.files[index])),
                truth[index],
                np.ones(truth.shape[1], bool),
                predicted[index],
                f'{faces.files[index].name} NME {100 * errors[index]:.2f} %',
            )
            for index in chosen
        ]
        write_image(store.folder / f'faces_{name}.png', sheet(images, 5))
