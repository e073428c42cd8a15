"""Which versions fit and which command installs them, by the line that is installed."""

import sys
from importlib.metadata import PackageNotFoundError

import pytest

from mmpose_addons_core import environment
from mmpose_addons_core.environment import SUPPORTED, find_problem, fits, install_command


@pytest.fixture
def holds(monkeypatch):
    """Makes these distributions the only ones that are installed."""

    def holds(**versions):
        def version(name):
            try:
                return versions[name.replace('-', '_')]
            except KeyError:
                raise PackageNotFoundError(name) from None

        monkeypatch.setattr(environment, 'version', version)

    return holds


@pytest.mark.parametrize(
    ('found', 'expected'),
    [
        ('2.0', True),
        ('2.0.0rc4', True),
        ('2.14.1+cu130', True),
        ('2.10.0', True),
        ('1.13.1', False),
        ('3.0.0', False),
    ],
)
def test_versions_are_compared_by_number(found, expected):
    assert fits(found, ('2.0', '3')) is expected


def mmcv_command():
    return install_command('mmcv', SUPPORTED['mmcv'])


def test_a_command_keeps_the_line_that_is_installed(holds):
    options = '--no-deps --no-cache-dir'
    ours = f'pip install {options} "onedl-mmcv>=2.0,<3"'
    official = f'pip install {options} "mmcv-lite>=2.0,<2.2"'
    holds()
    assert mmcv_command() == ours
    holds(onedl_mmengine='0.10.12')
    assert mmcv_command() == ours
    holds(mmengine='0.10.7')
    assert mmcv_command() == official


def test_a_command_removes_what_shares_files_first(holds):
    holds(mmcv_full='1.7.2')
    assert mmcv_command().startswith('pip uninstall -y mmcv-full && pip install ')
    assert 'mmcv-lite' in mmcv_command()
    holds(mmcv='2.1.0', onedl_mmcv='2.3.6')
    assert mmcv_command().startswith('pip uninstall -y mmcv onedl-mmcv && pip install ')
    assert 'onedl-mmcv>=' in mmcv_command()
    holds(onedl_mmcv='1.0')
    assert mmcv_command().startswith('pip install ')


@pytest.mark.parametrize(
    ('source', 'problem', 'command'),
    [
        ('__version__ = "2.1"', '', ''),
        (
            '__version__ = "3.0"',
            'made_stack >=2.0,<3 is needed and 3.0 is installed',
            'pip install "made_stack>=2.0,<3"',
        ),
        (
            'import no_such_yaml.part',
            "made_stack does not import (No module named 'no_such_yaml')",
            'pip install no_such_yaml',
        ),
        (
            'raise ModuleNotFoundError("no mmcv", name="mmcv")',
            'made_stack does not import (no mmcv)',
            '',  # the problem of mmcv has its own
        ),
        (
            'raise ModuleNotFoundError("no yaml", name="yaml")',
            'made_stack does not import (no yaml)',
            'pip install pyyaml',
        ),
        (
            'assert False, "MMCV==2.9 is used but incompatible."',
            'made_stack does not import (MMCV==2.9 is used but incompatible.)',
            'pip install --no-deps --no-cache-dir "onedl-mmcv>=2.0,<3"',
        ),
    ],
)
def test_a_problem_has_its_command(source, problem, command, holds, tmp_path, monkeypatch):
    holds()
    (tmp_path / 'made_stack.py').write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, 'made_stack', raising=False)
    assert find_problem('made_stack', ('2.0', '3')) == (problem, command)
