"""A run tells a signal to its whole process group from an error of its own."""

import signal
from types import SimpleNamespace

import pytest

from mmpose_addons.training_run.run import Run
from mmpose_addons.training_run.watch import RunStoppedError
from mmpose_addons_core.stop_signals import StopRequest


class FailingRun(Run):
    """Ends as by a worker that a signal has ended."""

    def __init__(self, out, stop):
        options = SimpleNamespace(out=out, test=None)
        plan = SimpleNamespace(labelled=SimpleNamespace(has_val=False))
        super().__init__(options, plan, clock=None, stop=stop)

    def _carry_out(self):
        raise RuntimeError('a worker has ended')


def test_later_workers_end_while_the_signal_is_on_its_way(tmp_path):
    stop, calls = StopRequest(), []

    def worker_ends(*_):
        calls.append(None)
        if len(calls) == 4:
            signal.setitimer(signal.ITIMER_REAL, 0)
            stop.signal = signal.SIGTERM
        raise RuntimeError('another worker has ended')

    before = signal.signal(signal.SIGALRM, worker_ends)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    try:
        with pytest.raises(RunStoppedError, match='SIGTERM'):
            FailingRun(tmp_path, stop).carry_out()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(calls) == 4


def test_own_error_without_a_signal(tmp_path):
    with pytest.raises(RuntimeError, match='a worker has ended'):
        FailingRun(tmp_path, StopRequest()).carry_out()
