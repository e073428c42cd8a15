"""The console script as a whole: every command is there and has help."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mmpose_addons.cli import main
from mmpose_addons.cli.main import SCRIPTS, TOOLS


def test_console_script_is_installed():
    script = Path(sys.executable).with_name('mmpose-addons')
    done = subprocess.run([script, '--help'], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert set(SCRIPTS) | {'infer'} <= set(re.findall(r'^ {4}(\S+)', done.stdout, re.M))


@pytest.mark.parametrize('command', ['infer', *SCRIPTS])
def test_help(command, capsys):
    try:
        status = main([command, '--help'])
    except SystemExit as end:  # argparse's own, of infer
        status = end.code
    assert status == 0
    assert f'mmpose-addons {command}' in capsys.readouterr().out


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
