"""tools/install.sh: what it says of what does not fit, and that it works afterwards."""

import pytest

DONE = 'mmpose_addons is installed in {}.\n'


def test_second_run_does_nothing(clone):
    status, output, errors = clone.install()
    assert (status, errors) == (0, '')
    assert DONE.format(clone.venv) in output
    assert [line.split()[-1] for line in clone.asked() if line.startswith('install')] == [
        'requirements/torch.txt',
        'requirements/stack.txt',
        'requirements/openmmlab.txt',
        'requirements/projects.txt',  # with those of the tests
        '.',
    ]
    assert clone.install() == (
        0,
        f'Everything is installed in {clone.venv} (nothing to do).\n',
        '',
    )
    assert clone.asked() == []


@pytest.mark.parametrize(
    ('lie', 'said'),
    [
        ('import sys; sys.version_info = (3, 9)', 'is Python 3.'),
        (
            'import struct, platform; struct.calcsize = lambda code: 4\n'
            'platform.architecture = lambda: ["32bit"]',
            '(32bit), but 64-bit Python',
        ),
        ('raise OSError', 'is missing or does not start, but 64-bit Python'),
    ],
    ids=['old', '32 bit', 'broken'],
)
def test_unfit_python(clone, lie, said):
    status, output, errors = clone.install(python=clone.make_python('unfit', lie))
    assert (status, output) == (1, '')
    assert said in errors
    assert errors.endswith('3.10 or newer is needed: name one by --python.\n')
    assert errors.count('\n') == 1
    assert not clone.venv.exists()


def test_no_python_at_all(clone):
    status, _, errors = clone.install(python=clone.folder / 'none')
    assert status == 1
    assert 'none is missing or does not start, but 64-bit Python 3.10 or newer' in errors
    status, _, errors = clone.install('--python')
    assert (status, errors) == (1, 'install.sh: --python needs an interpreter.\n')


def test_another_machine_is_named_and_tried(clone):
    assert 'only Linux on x86_64' not in clone.install()[1]
    (clone.venv / 'mmpose_addons-install.txt').unlink()
    (site,) = clone.venv.glob('lib/python3*/site-packages')
    (site / 'arm.pth').write_text('import platform; platform.machine = lambda: "aarch64"\n')
    status, output, _ = clone.install()
    assert status == 0
    assert 'Note: only Linux on x86_64 has been tried; this is Linux aarch64.\n' in output


def test_system_python_is_left_alone(clone):
    lie = 'import os, sys; sys.prefix = sys.base_prefix; os.path.exists = lambda path: True'
    status, output, errors = clone.install('--here', python=clone.make_python('system', lie))
    assert (status, output) == (1, '')
    assert errors.endswith('leave out --here, or activate an environment first.\n')
    assert clone.asked() == []


def test_no_venv_module(clone):
    python = clone.make_python('bare', venv='echo "No module named venv" >&2; exit 1')
    status, _, errors = clone.install(python=python)
    assert status == 1
    assert '(No module named venv): install the venv module (Debian: apt install' in errors
    assert clone.install()[0] == 0


def test_killed_while_the_environment_was_made(clone):
    python = clone.make_python(
        'killed', venv='mkdir -p "$3/bin"; touch "$3/pyvenv.cfg"; exit 1'
    )
    assert clone.install(python=python)[0] == 1
    status, output, _ = clone.install()
    assert status == 0
    assert output.startswith(f'{clone.venv} does not work (an interrupted installation?)')


def test_broken_environment_of_somebody_else_is_kept(clone):
    clone.venv.mkdir()
    (clone.venv / 'precious').touch()
    status, output, errors = clone.install()
    assert (status, output) == (1, '')
    said = f'install.sh: {clone.venv} is there, but its Python does not work: remove or rename'
    assert errors == f'{said} it.\n'
    assert [file.name for file in clone.venv.iterdir()] == ['precious']


def test_environment_moved_to_another_clone(clone):
    assert clone.install()[0] == 0
    script = clone.venv / 'bin/pip'
    script.write_text(f'#!{clone.venv.parent.parent}/b/.venv/bin/python\nimport pip\n')
    (clone.venv / 'mmpose_addons-install.txt').unlink()
    status, output, _ = clone.install()
    assert status == 0
    assert '/b/.venv: its scripts are mended.\n' in output
    assert f'"{clone.venv}/bin/python" "$0" "$@"' in script.read_text()
    assert str(clone.venv) in (clone.venv / 'bin/activate').read_text()
    assert 'install --no-build-isolation --no-deps -e .' in clone.asked()
