"""``mmpose-addons import`` and ``dataset-info``."""

import json

import pytest

from helpers import label_projects


def test_import_says_what_it_did(run_command, tmp_path):
    points = {name: label_projects.labels(2) for name in 'ab'}
    root = label_projects.deeplabcut(tmp_path / 'project', points)
    code, out, err = run_command('import', root, '--out', tmp_path / 'out')
    assert (code, err) == (0, '')
    assert 'train: 2 images, 2 instances of 1 videos' in out
    assert 'left/right keypoints by their names: left_ear/right_ear' in out


def test_what_is_left_out_gives_exit_code_3(run_command, tmp_path):
    root = label_projects.deeplabcut(tmp_path / 'project', {'a': label_projects.labels(2)})
    (root / 'labeled-data/a/img001.png').unlink()
    code, out, _ = run_command('import', root, '--out', tmp_path / 'out')
    assert code == 3
    assert 'left out: the image is missing: 1 (labeled-data/a/img001.png' in out
    report = json.loads((tmp_path / 'out/report.json').read_text())
    assert report['left_out'] == {'the image is missing': ['labeled-data/a/img001.png']}


def test_errors_are_one_line(run_command, tmp_path):
    code, _, err = run_command('import', tmp_path, '--out', tmp_path / 'out')
    assert code == 2
    assert err.startswith(f'import: {tmp_path}: no project of')
    assert err.count('\n') == 1
    code, _, err = run_command(
        'import', tmp_path, '--out', tmp_path / 'out', '--moved', 'a.mp4=gone.mp4'
    )
    line = "import: --moved: expected NAME=PATH of a file, got 'a.mp4=gone.mp4'\n"
    assert (code, err) == (2, line)


@pytest.mark.parametrize(
    ('option', 'value', 'message'),
    [
        ('--margin', -1, 'margin >= 0 and sigma > 0, got keypoints, -1.0 and 0.05'),
        ('--val-share', 2, 'a share in (0, 1), got video, 2.0'),
    ],
)
def test_numbers_that_make_no_sense(run_command, tmp_path, option, value, message):
    root = label_projects.roboflow(tmp_path / 'project')
    line = root, '--out', tmp_path / 'out', option, value
    code, _, err = run_command('import', *line)
    assert code == 2
    assert err.startswith('import: expected ')
    assert err.endswith(f'{message}\n')
    assert not (tmp_path / 'out').exists()


def test_dataset_info_of_a_coco_file(run_command, tmp_path):
    root = label_projects.roboflow(tmp_path)
    file = root / 'train/_annotations.coco.json'
    code, out, _ = run_command('dataset-info', file, '--out', tmp_path / 'info.py')
    assert code == 0
    assert '3 keypoints; left/right by their names: left_ear/right_ear' in out
    values = {}
    exec((tmp_path / 'info.py').read_text(), values)
    info = values['dataset_info']
    assert info['dataset_name'] == 'mouse'
    assert info['keypoint_info'][1]['swap'] == 'right_ear'
    code, _, err = run_command('dataset-info', file, '--out', tmp_path / 'info.py')
    line = f'dataset-info: {tmp_path / "info.py"} exists; name another file with --out\n'
    assert (code, err) == (2, line)


@pytest.mark.parametrize('sigma', ['nan', 'inf', '0', '-1'])
@pytest.mark.parametrize('command', ['import', 'dataset-info'])
def test_sigma_is_positive_and_finite(command, sigma, run_command, tmp_path):
    out = tmp_path / 'out'
    code, _, err = run_command(command, tmp_path, '--out', out, f'--sigma={sigma}')
    assert code == 2
    assert f'argument --sigma: must be a positive number, got {sigma!r}' in err
    assert not out.exists()


def test_keypoints_of_several_views_are_noticed(run_command, tmp_path, monkeypatch):
    names = [f'{part}_{view}' for view in ('top', 'bot') for part in ('nose', 'paw', 'tail')]
    monkeypatch.setattr(label_projects, 'BODY_PARTS', names)
    root = label_projects.deeplabcut(tmp_path / 'project', {'a': label_projects.labels(2)})
    config = root / 'config.yaml'
    config.write_text(config.read_text().partition('skeleton')[0])
    _, out, _ = run_command('import', root, '--out', tmp_path / 'out')
    assert 'several views in a frame? --views _top _bot' in out
    words = ('import', root, '--views', '_top', '_bot', '--out', tmp_path / 'views')
    code, out, _ = run_command(*words)
    assert code == 0
    assert 'train: 2 images, 4 instances' in out
    assert 'several views' not in out
