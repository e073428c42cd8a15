"""tools/install.sh: steps that fail, that are stopped, or that run twice at once."""

import os
import signal
import time
from pathlib import Path

import pytest

FAILURES = {  # what pip says, and the sentence
    'NewConnectionError: Failed to establish a new connection: [Errno 111]': (
        "the package index was not reached: check the network and pip's settings"
    ),
    'OSError: [Errno 28] No space left on device': 'the disk is full: PyTorch and its CUDA',
    'ERROR: No matching distribution found for torch==2.14.1': (
        'there is no package for this Python or machine: ERROR: No matching distribution'
    ),
    'something else': 'see the log; if it does not help, remove ',
}


def wait_for(condition) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def runs(process: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        os.kill(process, 0)
        state = (
            Path(f'/proc/{process}/stat').read_text()
            if Path('/proc/self/stat').exists()
            else ''
        )
    except (ProcessLookupError, FileNotFoundError):
        return False
    return ') Z ' not in state


@pytest.mark.parametrize(('message', 'said'), FAILURES.items())
def test_step_that_fails_and_is_repeated(clone, message, said):
    status, _, errors = clone.install(pip=f'echo "{message}"; exit 1')
    assert status == 1
    assert f'"PyTorch (a download of 3 GB with its CUDA libraries)" failed: {said}' in errors
    assert errors.endswith(f'The whole log is {clone.venv}/mmpose_addons-logs/1.log\n')
    if message == 'something else':
        assert errors.startswith(f'    {message}\n')
        assert clone.install()[0] == 0


def test_stopping_stops_what_was_started(clone, tmp_path):
    number = tmp_path / 'pip of the step'
    process = clone.start(pip=f'echo $$ >"{number}"; exec sleep 100')
    wait_for(lambda: number.exists() and number.read_text())
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == 'install.sh: stopped; run it again and it goes on.\n'
    assert not runs(int(number.read_text()))
    assert clone.install()[0] == 0


def test_two_at_once(clone, tmp_path):
    """The second one waits for nothing, also where only the first one's pip is left."""
    number = tmp_path / 'pip of the step'
    first = clone.start(pip=f'echo $$ >"{number}"; exec sleep 100 >/dev/null 2>&1')
    wait_for(lambda: number.exists() and number.read_text())
    said = (
        f'install.sh: another installation into {clone.venv} is running, started by process '
        f'{first.pid}: wait until it has finished, then run this again.\n'
    )
    assert clone.install() == (1, '', said)
    first.kill()
    first.communicate()
    assert clone.install() == (1, '', said)
    os.kill(int(number.read_text()), signal.SIGKILL)
    wait_for(lambda: not runs(int(number.read_text())))
    assert clone.install()[0] == 0


def test_operators_stay_until_told_otherwise(clone):
    mode = clone.venv / 'mmpose_addons-logs/operators'
    assert clone.install()[0] == 0
    assert mode.read_text() == 'python\n'
    clone.asked()

    assert clone.install('--compiled-operators', pip='exit 1')[0] == 1
    torch = clone.venv / 'mmpose_addons-logs/torch.txt'
    assert 'torch==2.8.0' in torch.read_text()
    clone.asked()
    assert clone.install()[0] == 0  # not "nothing to do": the failure may have left half of it
    assert 'install -r requirements/torch.txt' in clone.asked()

    assert clone.install('--compiled-operators')[0] == 0
    assert mode.read_text() == 'compiled\n'
    asked = clone.asked()
    assert f'install -r {torch}' in asked
    assert any(line.endswith('onedl-mmcv==2.3.6 --find-links /wheels') for line in asked)
    assert not any(line.startswith('uninstall') for line in asked)
    assert 'nothing to do' in clone.install()[1]  # as tools/test.sh and tools/demo.sh call it

    assert clone.install('--no-compiled-operators')[0] == 0
    assert mode.read_text() == 'python\n'
    asked = clone.asked()
    assert 'install -r requirements/torch.txt' in asked
    assert 'uninstall -y onedl-mmcv xtcocotools' in asked


def test_operators_of_another_torch_are_removed(clone):
    assert clone.install()[0] == 0
    assert 'uninstall -y onedl-mmcv' not in clone.asked()
    (site,) = clone.venv.glob('lib/python3*/site-packages')
    (site / 'mmcv').mkdir()
    (site / 'mmcv/__init__.py').write_text('import mmengine  # is not there')
    (site / 'mmcv/_ext.cpython-311-x86_64-linux-gnu.so').write_text('of another PyTorch')
    (clone.venv / 'mmpose_addons-install.txt').unlink()
    assert clone.install()[0] == 0
    assert 'uninstall -y onedl-mmcv' in clone.asked()
