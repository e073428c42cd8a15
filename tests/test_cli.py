"""The console script as a whole: every command is there and has help, at once."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mmpose_addons.converters import CONVERTERS
from mmpose_addons.datasets.coco_report import TOLERABLE
from mmpose_addons.datasets.image_files import MODES
from mmpose_addons.export import METHODS, SUBJECTS
from mmpose_addons_cli import SCRIPTS, TOOLS, main


def test_console_script_is_installed():
    script = Path(sys.executable).with_name('mmpose-addons')
    done = subprocess.run([script, '--help'], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert set(SCRIPTS) <= set(re.findall(r'^ {4}(\S+)', done.stdout, re.M))


@pytest.mark.parametrize('command', SCRIPTS)
def test_help(command, capsys):
    assert main([command, '--help']) == 0
    assert f'mmpose-addons {command}' in capsys.readouterr().out


def test_help_loads_neither_torch_nor_mmpose():
    script = (
        'import sys\n'
        'from mmpose_addons_cli import SCRIPTS, main\n'
        "sys.modules.update(dict.fromkeys(('torch', 'mmengine', 'mmpose', 'mmdet')))\n"
        "print([main([command, '--help']) for command in SCRIPTS])"
    )
    done = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True)
    assert done.stdout.endswith(f'{[0] * len(SCRIPTS)}\n'), done.stdout
    assert done.stderr == ''


@pytest.mark.parametrize(
    ('command', 'known'),
    [
        ('convert', CONVERTERS),
        ('export', METHODS),
        ('export', SUBJECTS),
        ('check-data', MODES),
        ('check-data', sorted(TOLERABLE)),
    ],
)
def test_choices_in_the_help_are_those_of_the_package(command, known, capsys):
    main([command, '--help'])
    text = ''.join(capsys.readouterr().out.split())
    lists = f'{{{",".join(known)}}}', f':{",".join(known)}-'
    assert any(choices in text for choices in lists)


def test_scripts_are_shipped():
    for script, _ in SCRIPTS.values():
        assert (TOOLS / script).is_file()


def test_a_script_gets_its_arguments_and_gives_its_status(tmp_path, capsys):
    (tmp_path / 'a.json').write_text('no JSON')
    assert main(['check-data', str(tmp_path / 'a.json')]) == 2
    line = ['toy', 'people', '--out', str(tmp_path / 'toy'), '--images', '2', '--workers', '1']
    assert main([*line, '--size', '64']) == 0
    assert (tmp_path / 'toy/annotations/people_train.json').is_file()
    assert main(['toy']) == 2
