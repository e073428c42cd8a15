import functools
import json

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner

from mmpose_addons_cli.compare_configs import jitter
from mmpose_addons_toys import make_toy_faces

TOY = (
    'configs/face_2d_keypoint/wing/toy/'
    'td-reg_res18-quarter_pixelwing-1xb16-8e_toy-faces-64x64.py'
)


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
    assert (code, error) == (2, "compare-configs: 'AP' is not among the metrics of every run\n")
    (tmp_path / 'small.py').unlink()
    code, _, error = run('--seeds', '0')
    assert code == 2
    assert 'small.py' in error


def test_jitter_is_that_of_the_metric(repo, tmp_path):
    """The same crops through compare-configs and through MMPose's test loop."""
    make_toy_faces(tmp_path / 'faces', images=6, workers=1, val_fraction=0.5)
    config = Config.fromfile(repo / TOY)
    config.work_dir = str(tmp_path / 'work')
    for loader in (config.train_dataloader, config.val_dataloader, config.test_dataloader):
        loader.dataset.data_root = str(tmp_path / 'faces')
    single = config.test_dataloader.dataset
    torch.manual_seed(0)
    found = jitter(Runner.from_cfg(config), crops=3)
    assert 0 < found['jitter'] < found['jitter_worst']

    config.test_dataloader.dataset = dict(type='MovedCropsDataset', crops=3, dataset=single)
    config.test_evaluator = dict(type='FaceLandmarkMetric', jitter=True)
    config.experiment_name = 'metric'
    torch.manual_seed(0)
    metrics = Runner.from_cfg(config).test()
    assert metrics['faces'] == metrics['jitter_faces'] == 3
    assert metrics['jitter'] == pytest.approx(found['jitter'], rel=1e-5)
    assert metrics['jitter_worst'] == pytest.approx(found['jitter_worst'], rel=1e-5)
