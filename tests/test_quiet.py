"""The stack's useless lines are left out, and no others."""

import importlib
import subprocess
import sys
import warnings

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.fileio import FileClient
from mmengine.utils.dl_utils import collect_env

from helpers.detectors import detector_config
from helpers.noise import noise
from helpers.poses import pose_config, pose_model
from mmpose_addons.apis import BoxDetector
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons_fallbacks.quiet import LOG_LINES, quiet_logs, quiet_warnings

USER = 'my_project.models'
FOUND = (
    'The metainfo config file "configs/_base_/datasets/{}.py" does not exist. A matched config '
    'file "/env/site-packages/mmpose/.mim/configs/_base_/datasets/{}.py" will be used instead.'
)
CASES = [  # message, category, the stack's module
    ('pkg_resources is deprecated as an API. See ...', UserWarning, 'mim.commands.list'),
    ('pkg_resources is deprecated as an API. See ...', UserWarning, 'importlib'),
    (
        'faster_coco_eval is not installed, metrics',
        UserWarning,
        'mmdet.evaluation.metrics.faster_coco_metric',
    ),
    (FOUND.format('coco', 'coco'), UserWarning, 'mmpose.datasets.datasets.utils'),
    ('torch.meshgrid: in an upcoming release, it will', UserWarning, 'torch.functional'),
    (
        '`torch.cuda.amp.autocast(args...)` is deprecated. Please use',
        FutureWarning,
        'mmpose.models.utils.csp_layer',
    ),
]


def shown(message, category, module):
    """Whether Python shows a warning with the filters of this package and its own default."""
    with warnings.catch_warnings(record=True) as record:
        warnings.resetwarnings()
        quiet_warnings()
        warnings.warn_explicit(message, category, 'file.py', 1, module)
    return len(record) == 1


@pytest.mark.parametrize(('message', 'category', 'module'), CASES)
def test_warnings(message, category, module):
    assert not shown(message, category, module)
    assert shown(message, category, USER)
    assert shown(f'Attention: {message}', category, module)


def test_another_metainfo_file_is_named():
    assert shown(FOUND.format('mine', 'coco'), UserWarning, 'mmpose.datasets.datasets.utils')


def test_filters_of_the_user_win():
    message, category, module = CASES[0]
    with warnings.catch_warnings():
        warnings.resetwarnings()
        warnings.simplefilter('error')
        quiet_warnings()
        with pytest.raises(UserWarning, match='pkg_resources'):
            warnings.warn_explicit(message, category, 'file.py', 1, module)


def test_filters_are_added_once():
    with warnings.catch_warnings():
        quiet_warnings()
        before = list(warnings.filters)
        quiet_warnings()
        assert warnings.filters == before


@pytest.mark.parametrize('line', LOG_LINES)
def test_log_lines(line, capsys):
    quiet_logs()
    logging = importlib.import_module('mmengine.logging')

    def call(module):
        exec('print_log(line)', dict(print_log=logging.print_log, line=line, __name__=module))
        return capsys.readouterr().out

    assert call('mmdet.datasets') == ''
    assert call('mmdetails') == call(USER) == f'{line}\n'
    logging.print_log('epoch 1')
    assert capsys.readouterr().out == 'epoch 1\n'


def test_file_client_of_the_user(monkeypatch):
    """A user's own FileClient is still named as outdated; MMEngine's is not."""
    lines = []
    file_client = importlib.import_module('mmengine.fileio.file_client')
    monkeypatch.setattr(
        file_client, 'print_log', quietened(lambda msg, **_: lines.append(msg[:12]))
    )
    monkeypatch.setattr(FileClient, '_instances', {})
    exec('make()', dict(make=FileClient, __name__='mmengine.hooks.checkpoint_hook'))
    assert lines == []
    monkeypatch.setattr(FileClient, '_instances', {})
    exec('make()', dict(make=FileClient, __name__=USER))
    assert lines == ['"FileClient"', '"HardDiskBac']


def test_missing_compiler(monkeypatch, capfd):
    """MMEngine's log says "n/a", and the shell that looked for it says nothing."""
    monkeypatch.setattr('sysconfig.get_config_var', lambda name: 'no-such-compiler')
    assert collect_env()['GCC'] == 'n/a'
    assert capfd.readouterr().err == ''


def quietened(print_log):
    from mmpose_addons_fallbacks.quiet import _without_lines

    return _without_lines(print_log)


def test_command_prints_none_of_them(repo, tmp_path, rng):
    for name, config, model in (
        ('pose', pose_config(), pose_model()),
        ('det', detector_config(), BoxDetector(detector_config(), None).model),
    ):
        Config(config.to_dict()).dump(tmp_path / f'{name}.py')
        write_checkpoint(tmp_path / f'{name}.pth', model.state_dict(), {})
    image = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    assert cv2.imwrite(str(tmp_path / 'image.png'), image)
    command = [sys.executable, repo / 'tools/infer.py', tmp_path / 'image.png', '--pose']
    command += [tmp_path / 'pose.py', tmp_path / 'pose.pth', '--det']
    command += [tmp_path / 'det.py', tmp_path / 'det.pth', '--out', tmp_path / 'poses']
    done = subprocess.run(list(map(str, command)), cwd=repo, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert noise(done.stdout + done.stderr) == []
    assert 'written to' in done.stdout


def test_the_stack_imported_before_this_package(repo):
    """As by ``mim train mmdet``: Python's start has installed the finder."""
    code = 'import mmpose_addons_fallbacks as f; f.install(); import mmpose.apis, mmdet.apis'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert noise(done.stdout + done.stderr) == []
