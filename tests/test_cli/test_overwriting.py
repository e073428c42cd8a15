"""No command writes over a file that it reads."""

import pytest

COMMANDS = {
    'sheet': ['in', 'b.json', '--images', '.', '--out', 'in'],
    'convert': ['hrnet', 'in', 'in', '--force'],
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


@pytest.mark.parametrize('command', COMMANDS)
def test_an_input_is_not_overwritten(tmp_path, monkeypatch, run_command, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'in').write_text('[]')
    status, _, errors = run_command(command, *COMMANDS[command])
    assert status == 2
    assert 'in is read by this command and would be overwritten' in errors
    assert (tmp_path / 'in').read_text() == '[]'
