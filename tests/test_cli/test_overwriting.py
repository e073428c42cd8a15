"""No command writes over a file that it reads, or unasked over results that exist."""

import json

import pytest

COMMANDS = {
    'sheet': ['in', 'b.json', '--images', '.', '--out', 'in'],
    'convert': ['hrnet', 'in', 'in', '--force'],
    'edit-checkpoint': ['in', '--out', 'in', '--force'],
    'detect': ['a.py', 'a.pth', '--ann', 'in', '--images', '.', '--out', 'in', '--force'],
    'export': ['a.py', 'in', 'in', '--force'],
    'export-detector': ['a.py', 'in', 'in', '--force'],
    'unlabelled-frames': ['.', '--boxes', 'in', '--out', 'in'],
    'animal-pose': ['in', '.', '--out', 'in'],
    'animal-boxes': ['in', '--out', 'in'],
    'plot-ced': ['in', '--out', './in'],
    'check-data': ['in', '--json', 'in'],
    'adapt-batchnorm': ['a.py', 'in', 'b.json', '--out', 'in', '--force'],
    'face-sheet': ['a.py', 'in', '--out', 'in'],
}

ASK = {
    'convert': ['hrnet', 'in', 'out.csv'],
    'detect': ['a.py', 'a.pth', '--ann', 'in', '--images', '.', '--out', 'out.csv'],
    'edit-checkpoint': ['in', '--out', 'out.csv'],
    'export': ['a.py', 'in', 'a.onnx', '--int8', 'out.csv'],
    'export-detector': ['a.py', 'in', 'out.csv'],
    'unlabelled-frames': ['.', '--out', 'out.csv'],
    'frames-to-label': ['in', '--images', '.', '--like', 'in', '--out', 'out.csv'],
    'animal-pose': ['in', '.', '--out', 'out.csv'],
    'animal-boxes': ['in', '--out', 'out.csv'],
    'adapt-batchnorm': ['a.py', 'in', 'b.json', '--out', 'out.csv'],
    'bench': ['in', '--out', 'out.csv'],
    'sheet': ['in', 'in', '--images', '.', '--out', 'out.csv'],
    'face-sheet': ['a.py', 'in', '--out', 'out.csv'],
    'plot-ced': ['in', '--out', 'out.csv'],
    'check-data': ['in', '--json', 'out.csv'],
    'report': ['in', '--out', 'out.html'],
}


@pytest.mark.parametrize('command', COMMANDS)
def test_an_input_is_not_overwritten(tmp_path, monkeypatch, run_command, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'in').write_text('[]')
    status, _, errors = run_command(command, *COMMANDS[command])
    assert status == 2
    assert 'in is read by this command and would be overwritten' in errors
    assert (tmp_path / 'in').read_text() == '[]'


def test_a_merged_checkpoint_is_not_overwritten(tmp_path, monkeypatch, run_command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'b.pth').write_text('weights')
    line = ['a.pth', '--merge', 'b.pth', '--out', './b.pth', '--force']
    status, _, errors = run_command('edit-checkpoint', *line)
    assert (status, 'b.pth is read by this command' in errors) == (2, True)


def test_a_sheet_replaces_none_of_its_images(tmp_path, monkeypatch, run_command):
    monkeypatch.chdir(tmp_path)
    person = dict(image_id=1, category_id=1, keypoints=[1, 1, 2], area=1)
    content = dict(
        images=[dict(id=1, file_name='a.png')],
        annotations=[person],
        categories=[dict(id=1, name='dot', keypoints=['dot'])],
    )
    (tmp_path / 'ann.json').write_text(json.dumps(content))
    (tmp_path / 'a.png').write_text('image')
    line = ['ann.json', 'results.json', '--images', '.', '--out', 'a.png', '--force']
    status, _, errors = run_command('sheet', *line)
    assert (status, 'a.png is read by this command' in errors) == (2, True), errors


@pytest.mark.parametrize('out', [['a.png'], ['a.onnx', '--int8', 'a.png']])
def test_a_detector_file_replaces_no_image(tmp_path, monkeypatch, run_command, out):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'a.png').write_text('image')
    line = ['det.py', 'det.pth', *out, '--images', '.', '--force']
    status, _, errors = run_command('export-detector', *line)
    assert (status, 'a.png is read by this command' in errors) == (2, True), errors


@pytest.mark.parametrize('command', ASK)
def test_results_that_exist_are_not_overwritten(tmp_path, monkeypatch, run_command, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'in').write_text('[]')
    out = tmp_path / ASK[command][-1]
    out.write_text('by hand')
    status, _, errors = run_command(command, *ASK[command])
    assert (status, f'{out.name} exists; --force overwrites it' in errors) == (2, True), errors
    assert out.read_text() == 'by hand'
    assert '--force' in run_command(command, '--help')[1]
    out.unlink()
    out.mkdir()
    status, _, errors = run_command(command, *ASK[command], '--force')
    assert (status, errors) == (2, f'{command}: {out.name} is a folder, not a file to write\n')


@pytest.mark.parametrize('command', ['export', 'export-detector'])
def test_an_int8_copy_replaces_no_input(tmp_path, monkeypatch, run_command, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'in').write_text('[]')
    status, _, errors = run_command(command, 'a.py', 'in', 'b', '--int8', 'in', '--force')
    assert (status, 'in is read by this command' in errors) == (2, True), errors
