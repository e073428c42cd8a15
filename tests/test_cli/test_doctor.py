"""The command doctor: in this environment, in an empty one, and with made problems."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torchvision

from mmpose_addons_cli import doctor
from mmpose_addons_cli.doctor_checks import Row

PROJECTS = Path(doctor.__file__).parents[1]


@pytest.fixture
def add(tmp_path, monkeypatch):
    """Puts modules and distributions into an environment that has only Python and ours."""
    standard = [
        folder
        for folder in sys.path
        if folder.startswith(sys.base_prefix) and 'site-packages' not in folder
    ]
    monkeypatch.setattr(sys, 'path', [str(tmp_path), str(PROJECTS), *standard])

    def add(modules=(), distributions=()):
        for name, source in dict(modules).items():
            file = tmp_path / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(source)
        for name, version in dict(distributions).items():
            info = tmp_path / f'{name.replace("-", "_")}-{version}.dist-info'
            info.mkdir()
            (info / 'METADATA').write_text(f'Name: {name}\nVersion: {version}\n')
        return tmp_path

    return add


def only_row(check: str) -> Row:
    (row,) = doctor.run_checks([check], 60)
    return row


def test_here_everything_works(run_command):
    status, text, _ = run_command('doctor')
    assert status == 0, text
    table = dict(line.strip('| ').split(' | ') for line in text.splitlines() if ' | ' in line)
    table = {name.strip(): found for name, found in table.items()}
    assert table['torch'].startswith(torch.__version__)
    assert table['torchvision'].startswith(torchvision.__version__)
    assert table['import'] == 'mmpose_addons imports'
    assert 'BROKEN' not in text


def test_an_empty_environment_is_described(tmp_path):
    for name in ('mmpose_addons_cli', 'mmpose_addons_core', 'mmpose_addons_fallbacks'):
        (tmp_path / name).symlink_to(PROJECTS / name)
    script = (
        f'import sys; sys.path.append({str(tmp_path)!r}); from mmpose_addons_cli import main; '
        'sys.exit(main(["doctor"]))'
    )
    done = subprocess.run(
        [sys.executable, '-I', '-S', '-c', script], capture_output=True, text=True
    )
    assert done.stderr == ''
    assert done.returncode == 1
    for command in (
        'pip install numpy',
        'pip install "torch>=2.0,<3" torchvision',
        'pip install opencv-python-headless',
        'pip install av',
        'pip install pycocotools',
        'pip install rich',
        '"onedl-mmengine>=0.8,<1"',
        '"onedl-mmcv>=2.0,<3"',
        '"mmpose>=1.1,<2"',
    ):
        assert command in done.stdout
    assert 'BROKEN: mmpose >=1.1,<2 is missing' in done.stdout
    assert done.stdout.count('  fix: `') == 9  # nothing else is reported


TWO_OPENCV = {'opencv-python': '4.12.0', 'opencv-python-headless': '4.12.0'}
TORCH = {'torch.py': '__version__ = "2.8.0"\n'}
MMCV = {'mmcv/__init__.py': '__version__ = "2.1.0"\n'}


@pytest.mark.parametrize(
    ('check', 'modules', 'distributions', 'problem', 'command'),
    [
        (
            'OpenCV',
            {'cv2.py': 'raise ImportError("libGL.so.1: cannot open shared object file")'},
            {'opencv-python': '4.12.0'},
            'libGL.so.1',
            'pip uninstall -y opencv-python && pip install opencv-python-headless',
        ),
        ('numpy', {'numpy.py': 'import no_such'}, {}, 'no_such', 'pip install no_such'),
        (
            'torch',
            {'torch.py': '__version__ = "1.13.1"'},
            {},
            'torch >=2.0,<3 is needed and 1.13.1 is installed',
            'pip install "torch>=2.0,<3" torchvision',
        ),
        (
            'torchvision',
            {**TORCH, 'torchvision.py': 'raise RuntimeError("operator nms does not exist")'},
            {},
            'operator nms does not exist',
            'pip install --no-deps --force-reinstall "torchvision==0.23.*"',
        ),
        (
            'mmcv',
            MMCV,
            {'mmcv': '2.1.0', 'onedl-mmcv': '2.3.6'},
            'mmcv 2.1.0, onedl-mmcv 2.3.6 overwrite each other',
            'pip uninstall -y mmcv onedl-mmcv && '
            'pip install --no-deps --no-cache-dir "onedl-mmcv>=2.0,<3"',
        ),
        (
            'operators',
            {**TORCH, **MMCV, 'mmcv/ops.py': 'raise ImportError("undefined symbol: _ZN")'},
            {'mmcv': '2.1.0'},
            'undefined symbol: _ZN',
            'pip uninstall -y mmcv && '
            'pip install --no-deps --no-cache-dir "mmcv-lite>=2.0,<2.2"',
        ),
        (
            'mmdet',
            {'mmdet.py': 'assert False, "MMCV==2.2.0 is used but incompatible."'},
            {'mmdet': '3.3.0', 'mmcv': '2.2.0'},
            'MMCV==2.2.0 is used but incompatible',
            'pip uninstall -y mmcv && '
            'pip install --no-deps --no-cache-dir "mmcv-lite>=2.0,<2.2"',
        ),
        (
            'COCO evaluation',
            {
                'xtcocotools/__init__.py': '',
                'xtcocotools/mask.py': 'raise ValueError("numpy.dtype size changed")',
            },
            {},
            'numpy.dtype size changed',
            'pip uninstall -y xtcocotools && pip install pycocotools',
        ),
        ('mim', {}, {'openmim': '0.3.9'}, 'pkg_resources', 'pip install "setuptools<81"'),
    ],
)
def test_what_is_broken_has_its_command(check, modules, distributions, problem, command, add):
    add(modules, distributions)
    row = doctor.run_checks([check], 60)[0]
    assert row.broken
    assert problem in row.problem
    assert row.command == command


@pytest.mark.parametrize(
    ('check', 'modules', 'distributions', 'command'),
    [
        (
            'OpenCV',
            {'cv2.py': '__version__ = "4.12.0"\nprint("{noise}")'},
            TWO_OPENCV,
            f'pip uninstall -y {" ".join(TWO_OPENCV)} && pip install opencv-python-headless',
        ),
        (
            'ONNX',
            {'onnxruntime.py': 'get_available_providers = lambda: ["CPUExecutionProvider"]'},
            {'onnxruntime': '1.2', 'onnxruntime-gpu': '1.2'},
            'pip uninstall -y onnxruntime onnxruntime-gpu && pip install onnxruntime',
        ),
    ],
)
def test_packages_that_overwrite_each_other_are_noted(
    check, modules, distributions, command, add
):
    add(modules, distributions)
    row = only_row(check)
    assert not row.broken
    assert 'overwrite each other' in row.problem
    assert row.command == command


@pytest.mark.parametrize(
    ('name', 'version', 'line'),
    [('mmengine', '0.10.7', 'official'), ('onedl-mmengine', '0.10.12', 'OneDL')],
)
def test_the_line_is_told_by_the_distribution(name, version, line, add):
    add({'mmengine.py': f'__version__ = "{version}"'}, {name: version})
    assert only_row('mmengine') == Row('mmengine', f'{version} ({name} {version}, {line} line)')


def test_a_checkout_that_moved_is_broken(add, repo, tmp_path):
    gone = add(distributions={'mmpose_addons': '0.1.0'}) / 'gone'
    direct = {'url': gone.as_uri(), 'dir_info': {'editable': True}}
    info = gone.parent / 'mmpose_addons-0.1.0.dist-info'
    (info / 'direct_url.json').write_text(json.dumps(direct))
    row = only_row('mmpose_addons')
    assert row.broken
    assert str(gone) in row.problem
    gone.mkdir()
    row = only_row('mmpose_addons')
    assert not row.broken
    assert 'another checkout' in row.problem
    link = tmp_path / 'a link'
    link.symlink_to(repo)
    (info / 'direct_url.json').write_text(json.dumps({**direct, 'url': link.as_uri()}))
    assert only_row('mmpose_addons') == Row('mmpose_addons', '0.1.0, editable')


def test_a_package_that_ends_the_process_does_not_end_the_report(add):
    add({'cv2.py': 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)'})
    rows = doctor.run_checks(['mim', 'OpenCV', 'mmdet'], 60)
    assert [row.name for row in rows] == ['mim', 'OpenCV', 'mmdet']
    assert [row.broken for row in rows] == [False, True, False]
    assert rows[1].problem == 'OpenCV: Python was ended by SIGKILL'


def test_a_package_that_hangs_is_named_and_the_report_ends(add):
    add({'cv2.py': 'import time\ntime.sleep(50)'})
    rows = doctor.run_checks(['OpenCV', 'mmdet'], 2)
    assert [row.name for row in rows] == ['OpenCV', 'mmdet']
    assert 'did not end in time' in rows[0].problem
    assert rows[1].found == 'not tried: no time was left'


def test_the_report_is_a_table_and_a_list():
    rows = [
        Row('a', 'x|y\nz'),
        Row('bcd', '', 'a note', 'pip one'),
        Row('e', 'f', 'a fault', 'pip two', True),
    ]
    assert doctor.report(rows).splitlines() == [
        '| what | found |',
        '|------|-------|',
        '| a    | x/y z |',
        '| bcd  |       |',
        '| e    | f     |',
        '',
        'What is wrong:',
        '- BROKEN: a fault',
        '  fix: `pip two`',
        '- note: a note',
        '  fix: `pip one`',
        'An environment of its own with everything: `tools/install.sh`',
    ]
    assert doctor.report(rows[:1]).endswith('Nothing is wrong.')


@pytest.mark.parametrize(('broken', 'status'), [(True, 1), (False, 0)])
def test_the_exit_status_tells_a_note_from_a_fault(broken, status, monkeypatch, capsys):
    rows = [Row('a', 'b', 'problem', 'command', broken)]
    monkeypatch.setattr(doctor, 'run_checks', lambda names, seconds: rows)
    assert doctor.main([]) == status
    assert 'problem' in capsys.readouterr().out


def test_torchvision_belongs_to_torch_by_its_minor_version():
    """The rule by which the check of torchvision names the one to install."""
    major, minor = map(int, torch.__version__.split('.')[:2])
    assert major == 2
    assert torchvision.__version__.startswith(f'0.{minor + 15}.')
