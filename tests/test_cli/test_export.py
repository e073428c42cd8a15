"""``mmpose-addons export`` as it is called."""

import pytest
from mmengine.config import Config

from helpers.poses import pose_config, pose_model
from mmpose_addons.checkpoints import write_checkpoint

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')


@pytest.fixture
def export(run_command, tmp_path, monkeypatch):
    """Runs the script on a small network in a folder of its own: status, output, errors."""
    monkeypatch.chdir(tmp_path)
    config = pose_config()
    Config(dict(config)).dump('pose.py')
    write_checkpoint(tmp_path / 'pose.pth', pose_model(config).state_dict(), {})
    return lambda line: run_command('export', *line.split())


def test_export_and_int8(export, tmp_path):
    line = 'pose.py pose.pth pose.onnx --decode --flip-test --dynamic-batch'
    status, out, _ = export(f'{line} --int8 int8.onnx --calibrate 4')
    assert status == 0
    assert 'pose.onnx and PyTorch: largest difference 0.0' in out
    assert 'int8.onnx and PyTorch: mean difference' in out
    status, _, errors = export(line)
    assert (status, 'pose.onnx exists; --force' in errors) == (2, True)


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('no.py pose.pth a.onnx', 'no.py cannot be read as a config'),
        ('pose.py no.pth a.onnx', 'no.pth is missing'),
        ('empty.py pose.pth a.onnx', 'empty.py has no model'),
        ('unknown.py pose.pth a.onnx', 'unknown.py: NoSuchEstimator is not in the'),
    ],
)
def test_mistakes(export, tmp_path, line, message):
    (tmp_path / 'empty.py').touch()
    (tmp_path / 'unknown.py').write_text(
        "model = dict(type='NoSuchEstimator', backbone=dict())"
    )
    status, _, errors = export(line)
    assert status == 2
    assert message in errors
    assert not (tmp_path / 'a.onnx').exists()
