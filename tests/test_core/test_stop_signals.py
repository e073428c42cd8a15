import os
import signal
import subprocess
import sys

import pytest

from mmpose_addons_core.stop_signals import stop_request


@pytest.mark.parametrize(
    ('number', 'code', 'reason'),
    [(signal.SIGINT, 130, 'Ctrl-C'), (signal.SIGTERM, 143, 'SIGTERM')],
)
def test_the_first_signal_is_noted(number, code, reason):
    with stop_request() as stop:
        assert not stop
        assert stop.exit_code == 0
        os.kill(os.getpid(), number)
        assert stop
        assert (stop.exit_code, stop.reason) == (code, reason)


def test_the_second_signal_acts_as_ever():
    with stop_request() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_handlers_are_restored_and_ignored_signals_stay_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        handlers = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
        with stop_request() as stop:
            os.kill(os.getpid(), signal.SIGHUP)  # as under nohup
            assert not stop
        assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == handlers
    finally:
        signal.signal(signal.SIGHUP, before)


CHILD = """
import time
from mmpose_addons_core.stop_signals import end_with_parent
end_with_parent(interval=0.05)
print('started', flush=True)
time.sleep(60)
"""
PARENT = """
import subprocess, sys
subprocess.run([sys.executable, '-c', sys.argv[1]])
"""


def test_a_child_ends_when_its_parent_is_killed():
    command = [sys.executable, '-c', PARENT, CHILD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout.readline() == 'started\n'
        parent.kill()
        # the pipe ends when the last process that could write to it has ended
        assert parent.communicate(timeout=30) == ('', None)
