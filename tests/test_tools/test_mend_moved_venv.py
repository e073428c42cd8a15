"""tools/mend_moved_venv.py on the first lines that pip writes."""

import subprocess
import venv

import pytest

BODY = b'# -*- coding: utf-8 -*-\nprint(1)\n'


def by_shell(python) -> bytes:
    return b"""#!/bin/sh\n'''exec' "%s" "$0" "$@"\n' '''\n""" % str(python).encode()


@pytest.fixture
def moved(repo, tmp_path):
    """Makes an environment whose scripts start /old/bin/python, mends it: printed line."""

    def mend(name, starts):
        folder = tmp_path / name
        venv.create(folder, symlinks=True)
        for script, start in starts.items():
            (folder / 'bin' / script).write_bytes(start + BODY)
            (folder / 'bin' / script).chmod(0o750)
        done = subprocess.run(
            [folder / 'bin/python', repo / 'tools/mend_moved_venv.py'],
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, '')
        return folder, done.stdout

    return mend


@pytest.mark.parametrize(
    'start',
    [
        b'#!/old place/bin/python3\n',
        by_shell('/old place/bin/python3'),
        by_shell('/old place/bin/python3').replace(
            b'"/old place/bin/python3"', b'/old/bin/python3'
        ),
    ],
    ids=['plain', 'by the shell', 'unquoted'],
)
@pytest.mark.parametrize('name', ['.venv', 'R&D | a place'])
def test_scripts_start_the_python_of_this_place(moved, start, name):
    folder, printed = moved(name, {'pip': start, 'mypy': start})
    assert printed == ('/old\n' if b' /old/' in start else '/old place\n')
    python = folder / 'bin/python3'
    long = len(str(python)) > 124 or ' ' in str(python)
    expected = by_shell(python) if long else b'#!%s\n' % str(python).encode()
    for script in ('pip', 'mypy'):
        file = folder / 'bin' / script
        assert file.read_bytes() == expected + BODY
        assert file.stat().st_mode & 0o777 == 0o750
    assert subprocess.run([folder / 'bin/pip'], capture_output=True).stdout == b'1\n'


def test_other_scripts_stay(moved):
    starts = {
        'pip': b'#!/old/bin/python\n',
        'mine': b'#!/usr/bin/python3\n',
        'shell': b'#!/bin/sh\n',
        'program': b'\x7fELF\x00\xff',
    }
    folder, printed = moved('env', starts)
    assert printed == '/old\n'
    for script in ('mine', 'shell', 'program'):
        assert (folder / 'bin' / script).read_bytes() == starts[script] + BODY


def test_environment_in_its_place(moved, tmp_path):
    (tmp_path / 'link').symlink_to(tmp_path / 'env')
    for start in (b'#!/old', f'#!{tmp_path}/env'.encode(), f'#!{tmp_path}/link'.encode()):
        content = (
            {'pip': start + b'\n'} if start == b'#!/old' else {'pip': start + b'/bin/python\n'}
        )
        folder, printed = moved('env', content)
        assert printed == ''
        assert (folder / 'bin/pip').read_bytes() == content['pip'] + BODY
