"""mmpose-addons adapt and fit: from labels and a video to a report."""

import json
import re
from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from helpers.labelled_animals import write_labelled, write_tiny_network, write_video
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons_cli.main import main


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    """``labelled/``, ``new.avi`` and ``tiny.py``."""
    folder = tmp_path_factory.mktemp('data')
    write_labelled(folder / 'labelled')
    write_video(folder / 'new.avi', folder / 'real')
    write_tiny_network(folder / 'tiny.py')
    return folder


def command(data, out, *more):
    options = ['--labelled', data / 'labelled', '--model', data / 'tiny.py', '--out', out]
    return [str(option) for option in (*options, *more)]


def adapt(data, out, *more):
    unlabelled = ['--unlabelled', data / 'new.avi', '--frames', '6', '--minutes', '0.001']
    return main(['adapt', *command(data, out, *unlabelled, *more)])


def scores_of(out):
    return json.loads((out / 'scores.json').read_text())


@pytest.fixture(scope='module')
def run(data, tmp_path_factory):
    """A whole adaptation by CC-SSL."""
    out = tmp_path_factory.mktemp('runs') / 'one'
    assert adapt(data, out) == 0
    return out


def test_a_dry_run_writes_configs_that_build(data, tmp_path, capsys):
    assert adapt(data, tmp_path / 'run', '--dry-run', '--method', 'batchnorm') == 0
    said = capsys.readouterr().out
    assert '12 labelled instances of 18 keypoints' in said
    assert 'left_eye/right_eye' in said
    assert re.search(r'training on labels: 1 epochs of 20 steps of 12 images', said)
    assert not (tmp_path / 'run/network.pth').exists()
    adapted = Config.fromfile(tmp_path / 'run/adapt.py')
    assert adapted.model.type == 'SourceTargetTopdown'
    assert adapted.model.consistency.weight == 0
    assert adapted.model.head.out_channels == 18
    assert adapted.load_from == str(tmp_path / 'run/source.pth')
    frames = json.loads((tmp_path / 'run/target/frames.json').read_text())['images']
    assert 2 <= len(frames) <= 6
    names = [frame['file_name'] for frame in frames]
    assert all((tmp_path / 'run/target/frames' / name).is_file() for name in names)


def test_a_run_ends_with_scores_and_a_page(run):
    scores = scores_of(run)
    assert {part: sorted(networks) for part, networks in scores.items()} == {
        'val': ['after', 'before']
    }
    page = (run / 'report.html').read_text()
    assert 'left_eye' in page
    assert 'data:image/jpeg;base64' in page
    assert 'src="http' not in page
    assert f'{scores["val"]["after"]["EPE"]:.1f}' in page
    assert (run / 'network.pth').is_file()


def test_the_network_serves_infer(run, data, tmp_path):
    pose = [str(run / 'source.py'), str(run / 'network.pth')]
    options = ['--pose', *pose, '--out', str(tmp_path / 'poses'), '--save-as', 'csv']
    video = str(data / 'new.avi')
    assert main(['infer', video, *options, '--no-visualizations', '--device', 'cpu']) == 0
    lines = (tmp_path / 'poses/predictions.csv').read_text().splitlines()
    assert len(lines) == 17


def test_the_same_command_goes_on(run, data, capsys):
    before = {file: file.stat().st_mtime_ns for file in run.glob('*/epoch_*.pth')}
    assert before
    (run / 'report.html').unlink()
    assert adapt(data, run) == 0
    said = capsys.readouterr().out
    assert 'goes on with the configs' in said
    assert 'million parameters' in said
    assert (run / 'report.html').is_file()
    assert {file: file.stat().st_mtime_ns for file in run.glob('*/epoch_*.pth')} == before


def test_other_options_need_another_folder(run, data, capsys):
    assert adapt(data, run, '--method', 'mean-teacher') == 2
    assert "run with another method: expected 'cc-ssl'" in capsys.readouterr().err


def test_the_mean_teacher_adapts_a_given_network(run, data, tmp_path):
    start = run / 'source.pth'
    out = tmp_path / 'run'
    assert adapt(data, out, '--method', 'mean-teacher', '--start', start) == 0
    assert not (out / 'source').exists()
    scores = scores_of(out)['val']
    assert scores['before'] == scores_of(run)['val']['before']
    assert scores['after'] != scores['before']


def test_fit_trains_on_labels(data, tmp_path):
    out = tmp_path / 'run'
    test = ['--test', data / 'labelled/annotations/val.json']
    assert main(['fit', *command(data, out, '--minutes', '0.001', *test)]) == 0
    scores = scores_of(out)
    assert [*scores['val']] == ['after']
    assert scores['val'] == scores['test']
    assert (out / 'network.pth').is_file()
    assert 'mmpose-addons adapt --labelled' in (out / 'report.html').read_text()


def test_other_keypoints_of_the_test_images_are_named(data, tmp_path, capsys):
    content = json.loads((data / 'labelled/annotations/val.json').read_text())
    names = content['categories'][0]['keypoints']
    names[3], names[4] = names[4], names[3]
    (tmp_path / 'other.json').write_text(json.dumps(content))
    assert adapt(data, tmp_path / 'run', '--test', tmp_path / 'other.json') == 2
    assert f'keypoint 3: expected {names[4]!r}, got {names[3]!r}' in capsys.readouterr().err
    assert not (tmp_path / 'run').exists()


@pytest.mark.parametrize(
    ('option', 'value', 'message'),
    [
        ('--unlabelled', 'missing.mp4', 'missing.mp4 is missing'),
        ('--labelled', 'nothing', 'is missing: expected a folder of "mmpose-addons import"'),
        ('--model', 'resnet', 'resnet cannot be read as a config'),
        ('--minutes', '0', '--minutes must be positive, got 0.0'),
    ],
)
def test_mistakes_are_named_before_anything_is_written(
    option, value, message, data, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert adapt(data, Path('run'), option, value) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / 'run').exists()


def test_a_run_that_could_not_begin_can_be_corrected(data, tmp_path, capsys):
    write_checkpoint(tmp_path / 'other.pth', {'fc.weight': torch.ones(2)}, {})
    assert adapt(data, tmp_path / 'run', '--start', tmp_path / 'other.pth') == 2
    assert 'other.pth lacks' in capsys.readouterr().err
    assert not list((tmp_path / 'run').glob('*.py'))
    assert adapt(data, tmp_path / 'run', '--dry-run') == 0
    assert (tmp_path / 'run/adapt.py').is_file()
