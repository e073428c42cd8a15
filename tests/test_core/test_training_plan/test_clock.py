"""The time of a run."""

import time

from mmpose_addons_core.training_plan import RunClock


def test_time_of_earlier_processes_counts_and_that_between_them_does_not(tmp_path):
    file = tmp_path / 'time.json'
    first = RunClock(file, since=time.monotonic() - 100)
    first.seconds_of['test'] = 3.5
    first.save()
    second = RunClock(file, since=time.monotonic() - 20)
    assert 120 <= second.spent < 121
    assert second.seconds_of == {'test': 3.5}


def test_it_writes_now_and_then(tmp_path):
    clock = RunClock(tmp_path / 'time.json')
    clock.tick()
    assert not clock.file.exists()
    late = RunClock(tmp_path / 'time.json', since=time.monotonic() - 6)
    late.tick()
    assert RunClock(late.file).spent >= 6
