"""Numbers that make no sense are refused before a network or a data set is read."""

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
