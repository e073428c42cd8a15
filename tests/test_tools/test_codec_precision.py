import csv

import pytest

from helpers.commands import run_command


@pytest.fixture(scope='module')
def tables(repo, tmp_path_factory):
    """Errors by axis, codec and setting of both files, from few points."""
    folder = tmp_path_factory.mktemp('precision')
    tool = repo / 'tools/analysis_tools/codec_precision.py'
    log = folder / 'log.txt'
    status = run_command('python', tool, '--out', folder, '--points', 200, output=log)
    text = log.read_text()
    assert status == 0, text
    for name in 'precision', 'udp':
        assert (folder / f'{name}.png').read_bytes().startswith(b'\x89PNG')
        assert (folder / f'{name}.md').read_text() in text
    errors: dict = {}
    for name in 'precision', 'udp':
        with (folder / f'{name}.csv').open() as stream:
            for row in csv.DictReader(stream):
                axis = errors.setdefault((name, row['axis']), {})
                axis.setdefault(row['codec'], {})[row['setting']] = float(row['error'])
    return errors


@pytest.mark.slow
def test_the_papers_order(tables):
    """DARK gains most at low resolution; its error goes with the noise."""
    size, noise = tables['precision', 'Input'], tables['precision', 'Noise']
    gain = [size['plain, exact targets'][s] - size['DARK'][s] for s in size['DARK']]
    assert gain == sorted(gain, reverse=True)
    for codec in 'DARK', 'UDP Gaussian', 'UDP offset', 'G-RMI Hough':
        assert noise[codec]['0'] < 1e-3
        assert noise[codec]['0.01'] < noise['plain']['0.01'] / 5
        assert noise[codec]['0.08'] > noise[codec]['0.01']


@pytest.mark.slow
def test_the_difference_to_mmposes_udp(tables):
    border = tables['udp', 'Border']
    ours, theirs = border['UDP offset, ours'], border["UDP offset, MMPose's"]
    assert all(ours[distance] < theirs[distance] for distance in ours)
    gaussian = border['UDP Gaussian, ours'], border["UDP Gaussian, MMPose's"]
    assert gaussian[0]['1 to 2'] > 2 * gaussian[1]['1 to 2']  # the paper's own error
