"""Fixtures that every test shares: seed, device, dtype, real data, reference."""

import functools
import gc
import os
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.registry import init_default_scope
from mmengine.visualization import Visualizer
from yapf.yapflib import yapf_api

import mmpose_addons  # noqa: F401  registers everything
from helpers import tiny
from mmpose_addons_cli.main import main

ROOT = Path(__file__).resolve().parents[1]
# these files contain no tests, and some register classes when they are imported
collect_ignore = ['helpers', 'stress']


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the trainings on real images: both processes then end together."""
    items.sort(key=lambda item: item.get_closest_marker('real_data') is None)


def pytest_collection_finish() -> None:
    """Leave what is imported out of garbage collections; data sets of MMEngine start them."""
    gc.collect()
    gc.freeze()


def _outside_folder(variable: str, default: str) -> Path:
    """A folder that is not part of the repository, or a skip that says why."""
    folder = Path(os.environ.get(variable, ROOT.parent / 'shared' / default))
    if not folder.is_dir():
        pytest.skip(f'{variable} is not set and {folder} does not exist')
    return folder


@pytest.fixture(autouse=True)
def default_scope() -> None:
    """MMPose's registries, whatever an earlier test in this process has set."""
    init_default_scope('mmpose')


def _with_subclasses(kind: type) -> list[type]:
    return [kind, *(each for sub in kind.__subclasses__() for each in _with_subclasses(sub))]


@pytest.fixture(autouse=True)
def own_visualizers() -> Iterator[None]:
    """Runners find visualizers by name and would write to the folder of an earlier test."""
    yield
    for kind in _with_subclasses(Visualizer):
        kind._instance_dict.clear()


@pytest.fixture(autouse=True)
def seed() -> int:
    """Seed the random generators of every test."""
    np.random.seed(0)  # noqa: NPY002  MMPose draws from the global generator
    torch.manual_seed(0)
    return 0


@pytest.fixture(autouse=True, scope='session')
def full_precision():
    """Convolutions on a GPU as exact as the products that they are compared with."""
    torch.backends.cudnn.allow_tf32 = False


@pytest.fixture(autouse=True, scope='session')
def plain_config_texts():
    """Runners log and save their configs as yapf gets them, not laid out.

    MMEngine formats each config five times when a run starts, which takes longer than to train
    a tiny network. Commands in processes of their own still format them.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yapf_api, 'FormatCode', lambda text, **_: (text, True))
        yield


@pytest.fixture
def rng(seed) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture(
    params=[
        'cpu',
        pytest.param(
            'cuda', marks=pytest.mark.skipif(not torch.cuda.is_available(), reason='no GPU')
        ),
    ]
)
def device(request) -> torch.device:
    return torch.device(request.param)


@pytest.fixture(params=['float32', 'float64', 'float16', 'bfloat16'])
def dtype(request) -> torch.dtype:
    return getattr(torch, request.param)


def _without_spaces(folder: Path, tmp_path_factory) -> Path:
    """The folder, or a link to it: MMEngine's --cfg-options drops the spaces of a path."""
    if ' ' not in str(folder):
        return folder
    link = tmp_path_factory.mktemp('links') / folder.name
    link.symlink_to(folder)
    return link


@pytest.fixture(scope='session')
def repo(tmp_path_factory) -> Path:
    """The repository's root."""
    return _without_spaces(ROOT, tmp_path_factory)


@pytest.fixture(scope='session')
def sample_data(tmp_path_factory) -> Path:
    """Folder of real annotated images (COCO, WFLW, ...)."""
    return _without_spaces(_outside_folder('POSE_SAMPLE_DATA', 'data'), tmp_path_factory)


@pytest.fixture(scope='session')
def reference() -> Path:
    """Folder of values that the papers' own code computed."""
    return _outside_folder('POSE_REFERENCE_DATA', 'reference')


@pytest.fixture(scope='session')
def cases() -> Path:
    """Folder of small inputs on which tools like these have failed."""
    return _outside_folder('POSE_FAILURE_CASES', 'cases')


@pytest.fixture
def run_tool(repo, monkeypatch, capsys):
    """Runs a script of tools/benchmarks as from the command line: exit status, output, errors.

    It runs in this process, which has imported what takes seconds.
    """

    def run(tool, *arguments):
        monkeypatch.setattr(
            sys, 'argv', [str(repo / 'tools/benchmarks' / tool), *map(str, arguments)]
        )
        monkeypatch.syspath_prepend(repo / 'tools/benchmarks')  # scripts import each other
        with pytest.raises(SystemExit) as end:
            runpy.run_path(sys.argv[0], run_name='__main__')
        return end.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def run_command(capsys):
    """Runs ``mmpose-addons COMMAND ...`` in this process: exit status, output, errors."""

    def run(command, *arguments):
        try:
            status = main([command, *map(str, arguments)])
        except SystemExit as end:  # of argparse
            status = end.code
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def tiny_runner(tmp_path, seed):
    """Builds MMEngine runners that train a line through four points, in milliseconds."""
    return functools.partial(tiny.make_runner, work_dir=tmp_path / 'work', seed=seed)
