"""Plots of CED curves, and the command that draws several."""

import functools

import cv2
import numpy as np
import pytest

from mmpose_addons.visualization.ced import draw_ced
from mmpose_addons_core.metrics.ced_file import write_ced


def test_the_better_curve_is_above(tmp_path):
    curve = dict(model=np.full(10, 0.02))
    draw_ced(tmp_path / 'good.png', curve, [0.1])
    draw_ced(tmp_path / 'bad.png', dict(model=np.full(10, np.inf)), [0.1])
    good, bad = (cv2.imread(str(tmp_path / f'{name}.png')) for name in ('good', 'bad'))
    height = good.shape[0]

    def coloured_rows(image):
        blue = (image[..., 0].astype(int) - image[..., 2]) > 60  # matplotlib's first colour
        return blue[: int(0.7 * height)].any()  # above the legend

    assert coloured_rows(good)
    assert not coloured_rows(bad)


def test_names_are_no_formulas(tmp_path):
    """A path may have dollar signs, or begin with what matplotlib takes for no name."""
    curve = np.full(10, 0.02)
    for name in ('model', '_del', 'a$^{$b'):
        draw_ced(tmp_path / f'{len(name)}.png', {name: curve}, [0.1])
    none, *others = (cv2.imread(str(tmp_path / f'{size}.png')) for size in (5, 4, 6))
    legend = np.s_[-150:, -600:]
    assert all(
        (other[legend] < 100).sum() > 0.7 * (none[legend] < 100).sum() for other in others
    )


@pytest.fixture
def plot_ced(run_command, tmp_path, monkeypatch):
    """Runs the command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return functools.partial(run_command, 'plot-ced')


def test_command_line(tmp_path, plot_ced):
    write_ced(tmp_path / 'a.csv', dict(all=np.array([0.05, 0.05]), pose=np.array([0.2])))
    write_ced(tmp_path / 'b.csv', dict(all=np.array([0.02, 0.3])))
    status, output, _ = plot_ced(
        'a.csv', 'b.csv', '--names', 'A', 'B', '--thresholds', '0.1', '--out', 'c.png'
    )
    assert status == 0
    assert output.splitlines() == [
        'A: NME 5.00 %, AUC@0.1 0.500, FR@0.1 0.0 %',
        'B: NME 16.00 %, AUC@0.1 0.400, FR@0.1 50.0 %',
    ]
    assert cv2.imread(str(tmp_path / 'c.png')) is not None


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ('a.csv a.csv --names A', '--names must be different, one for each file'),
        ('a.csv --subset pose', "a.csv: --subset must be one of ['all'], got 'pose'"),
        ('x.csv', 'x.csv cannot be read'),
        ('a.csv --thresholds 0', "--thresholds: must be a positive number, got '0'"),
        ('a.csv --thresholds nan', "--thresholds: must be a positive number, got 'nan'"),
        ('a.csv --thresholds inf', "--thresholds: must be a positive number, got 'inf'"),
        (
            'a.csv --out d.what',
            "plot-ced: d.what: expected a suffix such as .png or .pdf, got '",
        ),
    ],
)
def test_mistakes_on_the_command_line(tmp_path, plot_ced, arguments, message):
    write_ced(tmp_path / 'a.csv', dict(all=np.array([0.05])))
    status, _, errors = plot_ced('--out', 'd.png', *arguments.split())
    assert status == 2
    assert message in errors
    assert [file.name for file in tmp_path.iterdir()] == ['a.csv']
