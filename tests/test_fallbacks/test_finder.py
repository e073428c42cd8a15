"""The finder of mmpose_addons_fallbacks: what it offers, to whom, and what it costs."""

import json
import os
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES

import pytest

from mmpose_addons_fallbacks import FALLBACKS, FallbackFinder, install

PTH = 'mmpose_addons_fallbacks.pth'
ORIGINS = """
import importlib.util, json, sys
import mmpose_addons_fallbacks
mmpose_addons_fallbacks.install()
specs = [importlib.util.find_spec(name) for name in sys.argv[1:]]
print(json.dumps([spec and spec.origin for spec in specs]))
"""
START = """
import encodings.utf_8_sig, importlib.machinery, site, sys  # the first: of site in Python 3.13
before = set(sys.modules)
site.addsitedir(sys.argv[1])
print(sorted(set(sys.modules) - before), len(sys.meta_path))
"""


def run(script, *arguments, folders=()):
    done = subprocess.run(
        [sys.executable, '-S', '-c', script, *map(str, arguments)],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(map(str, folders))),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, '')
    return done.stdout


@pytest.fixture
def origins(repo, tmp_path):
    """Files from which modules would be imported, in a stack of the files in tmp_path."""

    def find(*names):
        found = json.loads(run(ORIGINS, *names, folders=(tmp_path, repo / 'projects')))
        return found[0] if len(names) == 1 else found

    return find


@pytest.fixture
def mmcv(tmp_path):
    """A folder with an empty MMCV."""
    folder = tmp_path / 'mmcv'
    folder.mkdir()
    (folder / '__init__.py').touch()
    return folder


def test_modules_that_are_missing_are_ours(repo, mmcv, origins):
    ours = repo / 'projects/mmpose_addons_fallbacks'
    assert origins('mmcv._ext', 'xtcocotools') == [
        str(ours / 'mmcv_operators/__init__.py'),
        str(ours / 'coco_evaluation/__init__.py'),
    ]


@pytest.mark.parametrize('suffix', EXTENSION_SUFFIXES)
def test_compiled_operators_win(mmcv, origins, suffix):
    compiled = mmcv / f'_ext{suffix}'
    compiled.touch()
    assert origins('mmcv._ext') == str(compiled)


def test_xtcocotools_wins_where_it_is_installed(tmp_path, origins):
    installed = tmp_path / 'xtcocotools/__init__.py'
    installed.parent.mkdir()
    installed.touch()
    assert origins('xtcocotools') == str(installed)


def test_nothing_else_is_offered(mmcv, origins):
    assert origins('mmcv._ext2', 'mmcv.ops', 'mmcv_ext', 'xtcocotools2') == [None] * 4
    assert FallbackFinder.find_spec('numpy') is None


def test_the_finder_comes_last_and_once(monkeypatch):
    monkeypatch.setattr(sys, 'meta_path', [f for f in sys.meta_path if f is not FallbackFinder])
    others = [*sys.meta_path]
    install()
    install()
    assert sys.meta_path == [*others, FallbackFinder]


def test_every_fallback_exists():
    assert all(FallbackFinder.find_spec(name).origin for name in FALLBACKS)


def test_starting_python_loads_one_small_module(repo, tmp_path):
    (tmp_path / PTH).write_bytes((repo / 'projects' / PTH).read_bytes())
    printed = run(START, tmp_path, folders=[repo / 'projects'])
    plain = run(START, tmp_path / 'nothing', folders=[repo / 'projects'])
    finders = int(plain.split()[-1]) + 1
    assert printed == f"['mmpose_addons_fallbacks'] {finders}\n"


def test_starting_python_without_the_package_is_silent(repo, tmp_path):
    (tmp_path / PTH).write_bytes((repo / 'projects' / PTH).read_bytes())
    assert run(START, tmp_path).startswith('[]')
