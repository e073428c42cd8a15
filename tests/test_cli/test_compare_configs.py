import functools
import json

import numpy as np
import pytest


@pytest.fixture
def run(run_command, tmp_path):
    (tmp_path / 'small.py').write_text('train_cfg = dict()\n')

    line = ['compare-configs', tmp_path / 'small.py', '--work-dir', tmp_path / 'work']
    return functools.partial(run_command, *line)


def done(tmp_path, seed, **metrics):
    folder = tmp_path / 'work' / 'small' / str(seed)
    folder.mkdir(parents=True)
    (folder / 'metrics.json').write_text(json.dumps(metrics))


def test_finished_runs_are_read_and_averaged(run, tmp_path):
    for seed, nme in ((0, 0.05), (3, 0.07)):
        done(tmp_path, seed, NME=nme, jitter=0.5)
    code, out, _ = run('--seeds', '0', '3', '--metrics', 'NME', 'jitter')
    assert code == 0
    spread = np.std([0.05, 0.07], ddof=1)
    assert out.splitlines()[-1] == f'| small | 0.06000 ± {spread:.5f} | 0.50000 ± 0.00000 |'
    assert (tmp_path / 'work' / 'table.md').read_text() == out


def test_mistakes_are_named(run, tmp_path):
    done(tmp_path, 0, NME=0.1)
    code, _, error = run('--seeds', '0', '--metrics', 'AP')
    assert (code, error) == (2, "'AP' is not among the metrics of every run\n")
    (tmp_path / 'small.py').unlink()
    code, _, error = run('--seeds', '0')
    assert code == 2
    assert 'small.py' in error
