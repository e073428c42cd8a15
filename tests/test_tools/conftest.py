"""A copy of tools/install.sh in a path with spaces, whose pip is a stub: nothing is fetched."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Makes real environments, but with the stub of pip; runs `lie` before any code that is asked.
PYTHON = """#!/usr/bin/env bash
case "$1 $2" in
    '-m venv')
        {venv}
        '{real}' -m venv --without-pip "$3"
        cp -r '{stub}' "$3"/lib/python3*/site-packages/ ;;
    '-c '*) exec '{real}' -c '{lie}
'"$2" "${{@:3}}" ;;
    *) exec '{real}' "$@" ;;
esac
"""
# Logs what it is asked for. PIP_STUB: bash that is run where something is installed.
PIP = """
import os, pathlib, subprocess, sys
words = [word for word in sys.argv[1:] if word != '--disable-pip-version-check']
if words[0] in ('install', 'uninstall'):
    with open(os.environ['STUB_LOG'], 'a') as log:
        print(*words, file=log)
    place = pathlib.Path(__file__).parent.parent
    (place / 'mmpose_addons.py').write_text("__version__ = 'stub'")
    (place / 'torch.py').write_text('from unittest.mock import Mock; cuda = Mock(); '
                                    "cuda.is_available.return_value = 0; __version__ = '2.8.0'")
    sys.exit(subprocess.run(['bash', '-c', os.environ.get('PIP_STUB', '')]).returncode)
"""


class Clone:
    """What the tests do with the copy."""

    def __init__(self, folder: Path, repo: Path, stub: Path) -> None:
        self.folder, self.venv = folder, folder / '.venv'
        self.log = stub.with_name('log')
        self.stub = stub
        (folder / 'tools').mkdir(parents=True)
        for name in ('install.sh', 'mend_moved_venv.py'):
            shutil.copy(repo / 'tools' / name, folder / 'tools')
        (folder / 'tools/mim_link.py').touch()
        shutil.copytree(repo / 'requirements', folder / 'requirements')
        self.python = self.make_python('python')

    def make_python(self, name: str, lie: str = '', venv: str = '') -> Path:
        """An interpreter; `venv` is bash, run before it makes an environment."""
        file = self.stub.with_name(name)
        real = Path(sys.base_prefix) / 'bin/python3'
        file.write_text(PYTHON.format(real=real, stub=self.stub, lie=lie, venv=venv))
        file.chmod(0o755)
        return file

    def start(self, *arguments, python: Path | None = None, pip: str = '') -> subprocess.Popen:
        environment = {k: v for k, v in os.environ.items() if not k.startswith('PYTHON')}
        return subprocess.Popen(
            ['bash', self.folder / 'tools/install.sh', '--python', python or self.python]
            + [*arguments],
            cwd='/',
            env={
                **environment,
                'STUB_LOG': str(self.log),
                'PIP_STUB': pip,
                'MMPOSE_ADDONS_WHEELS': '/wheels',
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def install(self, *arguments, **options) -> tuple[int, str, str]:
        """Exit status, output and errors."""
        process = self.start(*arguments, **options)
        output, errors = process.communicate(timeout=120)
        return process.returncode, output, errors

    def asked(self) -> list[str]:
        """What pip has been asked to do since the last call."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def clone(repo, tmp_path) -> Clone:
    stub = tmp_path / 'stubs/pip'
    stub.mkdir(parents=True)
    (stub / '__main__.py').write_text(PIP)
    (stub / '__init__.py').touch()
    return Clone(tmp_path / 'a clone', repo, stub)
