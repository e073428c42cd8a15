"""Two runs that want one folder."""

import os
import resource
import signal
import subprocess
import sys

import pytest

from mmpose_addons_core.folder_lock import LOCK_FILE, FolderInUseError, lock_folder

HOLD = """
import sys
from mmpose_addons_core.folder_lock import lock_folder
with lock_folder(sys.argv[1]):
    print('locked', flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def other_run(tmp_path):
    """Another process that holds ``tmp_path / 'out'`` until it reads a line."""
    with subprocess.Popen(
        [sys.executable, '-c', HOLD, tmp_path / 'out'],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == 'locked\n'
        yield process
        process.kill()


def test_the_other_run_is_named(tmp_path, other_run):
    named = rf'out is in use by process {other_run.pid} on \S+ since [0-9: -]+ \(-c '
    with pytest.raises(FolderInUseError, match=named), lock_folder(tmp_path / 'out'):
        pass
    other_run.communicate('end\n')
    assert list((tmp_path / 'out').iterdir()) == []
    with lock_folder(tmp_path / 'out'):
        pass


def test_a_killed_run_keeps_nobody_out(tmp_path, other_run):
    other_run.send_signal(signal.SIGKILL)
    other_run.wait()
    assert (tmp_path / 'out' / LOCK_FILE).exists()
    with lock_folder(tmp_path / 'out') as folder:
        assert str(other_run.pid) not in (folder / LOCK_FILE).read_text()
        assert str(os.getpid()) in (folder / LOCK_FILE).read_text()
    assert list((tmp_path / 'out').iterdir()) == []


def test_once_in_a_process(tmp_path):
    with (
        lock_folder(tmp_path),
        pytest.raises(FolderInUseError, match=f'by this process .process {os.getpid()}'),
        lock_folder(tmp_path / '..' / tmp_path.name),
    ):
        pass
    with lock_folder(tmp_path):
        pass


def test_the_lock_ends_with_an_error(tmp_path):
    def fail():
        with lock_folder(tmp_path):
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            fail()
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / 'out').write_text('mine')
    with pytest.raises(FileExistsError), lock_folder(tmp_path / 'out'):
        pass
    assert (tmp_path / 'out').read_text() == 'mine'


def test_a_full_disk_is_named(tmp_path):
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limit[1]))
    try:
        with pytest.raises(OSError, match='File too large') as error, lock_folder(tmp_path):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert error.value.filename == str(tmp_path / LOCK_FILE)
    assert list(tmp_path.iterdir()) == []
