"""The console script as a whole: every command is there and has help, at once."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from mmpose_addons_cli.main import COMMANDS, load_command, main

OURS = [command for command in COMMANDS if command not in ('train', 'test')]  # MMPose's scripts


def test_console_script_is_installed():
    script = Path(sys.executable).with_name('mmpose-addons')
    done = subprocess.run([script, '--help'], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert set(COMMANDS) <= set(re.findall(r'^ {4}(\S+)', done.stdout, re.M))


@pytest.mark.parametrize('command', OURS)
def test_help(command, run_command):
    status, text, _ = run_command(command, '--help')
    assert status == 0
    assert text.startswith(f'usage: mmpose-addons {command} ')


def test_help_loads_neither_torch_nor_mmpose():
    script = (
        'import sys\n'
        'from mmpose_addons_cli.main import COMMANDS, main\n'
        "sys.modules.update(dict.fromkeys(('torch', 'mmengine', 'mmpose', 'mmdet')))\n"
        'for command in set(COMMANDS) - {"train", "test"}:\n'
        '    try:\n'
        "        main([command, '--help'])\n"
        '    except SystemExit as end:\n'
        '        assert end.code == 0, command\n'
        '    else:\n'
        '        raise AssertionError(command)\n'
    )
    done = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def doors():
    """The scripts of tools/ that call a command."""
    scripts = sorted((Path(__file__).parents[2] / 'tools').rglob('*.py'))
    return [file for file in scripts if 'The command ``' in file.read_text()]


def test_every_command_has_a_script_that_calls_it():
    found = set()
    for script in doors():
        (command,) = re.findall(r'``mmpose-addons (\S+)``', script.read_text())
        assert runpy.run_path(str(script))['main'] is load_command(command).main
        found.add(command)
    assert found == set(COMMANDS)


def test_a_script_gives_the_status_of_its_command(repo, tmp_path):
    (tmp_path / 'a.json').write_text('no JSON')
    command = [sys.executable, repo / 'tools/check_dataset.py', tmp_path / 'a.json']
    assert subprocess.run(command, capture_output=True).returncode == 2


def test_a_command_gets_its_arguments_and_gives_its_status(tmp_path, run_command):
    (tmp_path / 'a.json').write_text('no JSON')
    assert main(['check-data', str(tmp_path / 'a.json')]) == 2
    line = ['toy', 'people', '--out', str(tmp_path / 'toy'), '--images', '2', '--workers', '1']
    assert main([*line, '--size', '64']) == 0
    assert (tmp_path / 'toy/annotations/people_train.json').is_file()
    assert run_command('toy')[0] == 2
    assert run_command('no-such-command')[0] == 2
