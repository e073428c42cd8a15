"""``mmpose-addons export-detector`` as it is called."""

import re

import cv2
import pytest
from mmengine.config import Config

from helpers.detectors import detector_config, yolox_config
from helpers.poses import pose_config
from helpers.spread_detector import blots, spread
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons.estimators.detector_network import DetectorNetwork

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')


@pytest.fixture
def export(run_command, tmp_path, monkeypatch, rng):
    """Runs the command on small detectors in a folder of its own: status, output, errors."""
    monkeypatch.chdir(tmp_path)
    for name, config in (('rtmdet', detector_config()), ('yolox', yolox_config())):
        network = DetectorNetwork(config, None)
        spread(network, (64, 64), rng)
        Config(config.to_dict()).dump(f'{name}.py')
        write_checkpoint(tmp_path / f'{name}.pth', network.model.state_dict(), {})
    Config(dict(pose_config())).dump('pose.py')
    (tmp_path / 'photos').mkdir()
    for number, size in enumerate([(200, 300), (77, 41), (64, 64)]):
        cv2.imwrite(f'photos/{number}.png', blots(rng, *size))
    return lambda line: run_command('export-detector', *line.split())


def test_toys_and_int8(export, tmp_path):
    line = 'rtmdet.py rtmdet.pth a.onnx --dynamic-batch'
    status, out, _ = export(f'{line} --int8 int8.onnx --calibrate 3')
    assert status == 0
    assert re.search(
        r'a.onnx and MMDetection: \d+ boxes of both, largest difference 0\.\d', out
    )
    assert '(40 images, scores from 0.0)' in out
    assert 'int8.onnx and MMDetection: ' in out
    assert '(scores from 0.3)' in out
    status, _, errors = export(line)
    assert (status, 'a.onnx exists; --force overwrites it' in errors) == (2, True)


def test_given_images_and_threshold(export):
    line = 'yolox.py yolox.pth a.onnx --images photos --score-threshold'
    status, out, _ = export(f'{line} 0.05')
    assert status == 0
    assert '0 of only one (3 images, scores from 0.05)' in out
    status, out, _ = export(f'{line} 0.05 --force --half')
    assert status == 0
    assert '(3 images, scores from 0.3)' in out
    status, _, errors = export(f'{line} 0.9999 --force')
    assert status == 1
    assert 'no box has a score above 0.9999, so nothing was compared' in errors


def test_a_file_that_differs(export, monkeypatch):
    """As if the scaling had been wrong by a pixel."""
    import mmpose_addons.export.detector_file as module

    run = module.run_detector

    def shifted(file, images):
        return [found._replace(boxes=found.boxes + 1) for found in run(file, images)]

    monkeypatch.setattr(module, 'run_detector', shifted)
    status, out, errors = export('yolox.py yolox.pth a.onnx --images photos')
    assert status == 1
    assert 'largest difference 1.0' in out
    assert errors.endswith('px, or other boxes: do not use a.onnx\n')


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('no.py rtmdet.pth a.onnx', 'no.py cannot be read as a config'),
        ('rtmdet.py no.pth a.onnx', 'no.pth is missing'),
        ('rtmdet.py yolox.pth a.onnx', 'yolox.pth: '),
        ('pose.py rtmdet.pth a.onnx', 'expected a detector of MMDet, got TopdownPoseEstimator'),
        ('rtmdet.py rtmdet.pth a.onnx --images .', 'contains no image'),
        ('rtmdet.py rtmdet.pth rtmdet.pth --force', 'would be overwritten'),
        (
            'rtmdet.py rtmdet.pth a.onnx --calibrate 0',
            "--calibrate: must be a whole number from 1, got '0'",
        ),
        ('rtmdet.py rtmdet.pth a.onnx --score-threshold 1', 'from 0 to 1, got 1.0'),
    ],
)
def test_mistakes(export, tmp_path, line, message):
    status, _, errors = export(line)
    assert status == 2
    assert message in errors
    assert not (tmp_path / 'a.onnx').exists()


def test_what_cannot_be_exported_is_refused(export):
    config = detector_config()
    config.model.test_cfg.nms.class_agnostic = True
    Config(config.to_dict()).dump('agnostic.py')
    status, _, errors = export('agnostic.py rtmdet.pth a.onnx')
    assert status == 2
    assert errors.startswith('export-detector: test_cfg.nms must have type nms')
