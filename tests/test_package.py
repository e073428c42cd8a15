"""The package as users get it: names, wheel, links for mim, a sentence if it can not run."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from mim.utils import get_installed_path, recursively_find
from mmpose import registry

import mmpose_addons
from mmpose_addons import compat

RUN = dict(capture_output=True, text=True)


def test_registered_names_are_those_of_the_list(repo):
    names = sorted(
        f'{kind} {name}'
        for kind, reg in vars(registry).items()
        if isinstance(reg, registry.Registry)
        for name, module in reg.module_dict.items()
        if module.__module__.startswith('mmpose_addons.')
    )
    expected = (repo / 'tests/registered_names.txt').read_text().split('\n')[:-1]
    assert names == expected


def test_model_index_names_every_config(repo):
    models = [
        model
        for part in yaml.safe_load((repo / 'model-index.yml').read_text())['Import']
        for model in yaml.safe_load((repo / part).read_text())['Models']
    ]
    listed = sorted(model['Config'] for model in models)
    existing = sorted(
        str(file.relative_to(repo))
        for file in (repo / 'configs').rglob('*.py')
        if '_base_' not in file.parts
    )
    assert listed == existing
    assert all(Path(model['Config']).stem == model['Name'] for model in models)


def test_editable_install_links_what_mim_looks_for(repo):
    links = repo / 'projects/mmpose_addons/.mim'
    for name in ('configs', 'tools', 'model-index.yml'):
        assert (links / name).resolve() == (repo / name).resolve()


def test_mim_finds_configs_of_an_editable_install(repo):
    if not (repo / 'projects').samefile(Path(mmpose_addons.__file__).parents[1]):
        pytest.skip('another mmpose_addons is installed')
    found = recursively_find(
        str(Path(get_installed_path('mmpose_addons')) / '.mim'),
        'td-hm_lpn-50_1xb16-5e_toy-people-128x96.py',
        followlinks=True,
    )
    assert [Path(file).resolve().parent for file in found] == [
        (repo / 'configs/body_2d_keypoint/lpn/toy').resolve()
    ]


@pytest.mark.slow
def test_wheel_works_outside_the_repository(repo, tmp_path):
    build = [sys.executable, '-m', 'pip', 'wheel', '--no-deps', '--no-build-isolation']
    done = subprocess.run([*build, '-w', tmp_path, repo], **RUN)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob('*.whl')

    folder = tmp_path / 'installed'
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    shipped = {
        str(file.relative_to(folder / 'mmpose_addons/.mim'))
        for file in (folder / 'mmpose_addons/.mim').rglob('*')
        if file.is_file()
    }
    tracked = subprocess.run(
        ['git', 'ls-files', 'configs', 'tools', 'model-index.yml'], cwd=repo, **RUN
    ).stdout.split()
    assert set(tracked) <= shipped

    for package in ('', '_cli', '_core', '_fallbacks', '_runtime', '_toys'):
        assert (folder / f'mmpose_addons{package}' / 'py.typed').is_file()
    templates = repo / 'projects/mmpose_addons/visualization'
    names = {file.name for file in templates.glob('*.jinja')}
    assert 'pseudo_label_report.html.jinja' in names
    installed = folder / 'mmpose_addons/visualization'
    assert {file.name for file in installed.glob('*.jinja')} == names

    # beside the packages, where Python runs it at its start; RECORD lets pip remove it
    assert (folder / 'mmpose_addons_fallbacks.pth').is_file()
    (record,) = folder.glob('*.dist-info/RECORD')
    assert 'mmpose_addons_fallbacks.pth,sha256=' in record.read_text()

    script = 'import mmpose_addons, mmpose_addons_cli; print(mmpose_addons_cli.__file__)'
    done = subprocess.run(
        [sys.executable, '-c', script],
        cwd=tmp_path,
        env=dict(os.environ, PYTHONPATH=str(folder)),
        **RUN,
    )
    assert done.returncode == 0, done.stderr
    assert str(folder) in done.stdout


def test_importing_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(
        compat,
        'SUPPORTED',
        {'torch': ('2.0', '3'), 'no_such_stack': ('1.0', '2'), 'numpy': ('99', '100')},
    )
    with pytest.raises(ImportError) as raised:
        compat.check_environment()
    message = str(raised.value)
    assert 'no_such_stack >=1.0,<2 is missing' in message
    assert 'numpy >=99,<100 is needed and' in message
    assert 'torch' not in message
    mend = 'run `pip install "no_such_stack>=1.0,<2" && pip install "numpy>=99,<100"`'
    assert mend in message
    assert '`mmpose-addons doctor`' in message
    assert '. ' not in message  # one sentence


def test_installing_changes_nothing_that_is_installed(repo):
    """pip's own plan, without an index: the package, and nothing that must be fetched."""
    plan = [sys.executable, '-m', 'pip', 'install', '--dry-run', '--quiet', '--report', '-']
    done = subprocess.run([*plan, '--no-index', '--no-build-isolation', repo], **RUN)
    assert done.returncode == 0, done.stderr
    (changed,) = [item['metadata'] for item in json.loads(done.stdout)['install']]
    assert changed['name'] == 'mmpose_addons'
    required = [line for line in changed['requires_dist'] if 'extra ==' not in line]
    assert sorted(required) == ['packaging', 'rich']  # nothing that could move PyTorch
