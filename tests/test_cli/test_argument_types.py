"""Options that make no sense are refused before a network or a data set is read."""

import pytest


@pytest.mark.parametrize(
    ('line', 'option'),
    [
        ('adapt-batchnorm a.py a.pth a.json --out b.pth', '--largest'),
        ('adapt-batchnorm a.py a.pth a.json --out b.pth', '--batch-size'),
        ('detect a.py a.pth --ann a.json --images . --out b.json', '--batch-size'),
        ('export a.py a.pth b.onnx', '--calibrate'),
        ('two-stage --pose a.py a.pth --ann a.json --images .', '--batch-size'),
    ],
)
def test_whole_numbers(run_command, line, option):
    status, _, errors = run_command(*line.split(), option, 0)
    assert status == 2
    assert f"{option}: must be a whole number from 1, got '0'" in errors


@pytest.mark.parametrize(
    'line',
    [
        'adapt --labelled a --unlabelled b.mp4',
        'train --labelled a',
        'infer a.jpg --pose a.py a.pth',
        'import a',
        'toy people --images 2',
    ],
)
def test_an_empty_name_is_no_folder(run_command, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _, errors = run_command(*line.split(), '--out', '')
    assert status == 2
    assert "--out: must be a folder, got ''" in errors
    assert not list(tmp_path.iterdir())
