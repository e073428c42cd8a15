"""Training for a given time; the clock is the test's."""

import time
from pathlib import Path

import pytest
from mmengine.hooks import Hook

from mmpose_addons.engine.loops import timed_train_loop


class Clock:
    """Time passes only where a test says so."""

    def __init__(self):
        self.now = 1000.0

    def time(self):
        return self.now


class Slow(Hook):
    """A step takes ``step`` seconds, what precedes an epoch of a round ``round``."""

    priority = 'LOWEST'

    def __init__(self, clock, step=1.0, round=0.0, interval=1, tail=0.0, stop_at=None):
        self.clock, self.step, self.round, self.tail = clock, step, round, tail
        self.interval, self.stop_at = interval, stop_at
        self.rates, self.planned, self.steps = [], [], 0

    def is_round(self, epoch):
        return bool(self.round) and epoch % self.interval == 0

    def before_train_epoch(self, runner):
        self.planned.append(runner.max_epochs)
        if self.is_round(runner.epoch):
            self.clock.now += self.round

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        self.rates.append(runner.optim_wrapper.optimizer.param_groups[0]['lr'])

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        self.clock.now += self.step
        self.steps += 1
        if self.steps == self.stop_at:
            runner.train_loop.stop_training = True

    def after_train_epoch(self, runner):
        self.clock.now += self.tail


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(timed_train_loop, 'time', clock)
    assert timed_train_loop.time is not time
    return clock


def trained(tiny_runner, hook, seconds=10, max_epochs=5, **kwargs):
    config = dict(type='TimedTrainLoop', seconds=seconds, max_epochs=max_epochs)
    checkpoint = dict(checkpoint=dict(type='mmpose.CheckpointHook', interval=1))
    more = {key: kwargs.pop(key) for key in ('resume', 'scores') if key in kwargs}
    runner = tiny_runner(
        train_cfg=config | kwargs, hooks=[hook], default_hooks=checkpoint, **more
    )
    runner.train()
    return runner


@pytest.mark.parametrize('step', [0.3, 1.0, 2.0])
@pytest.mark.parametrize('tail', [0.0, 0.5])
def test_it_ends_on_time(tiny_runner, clock, step, tail):
    runner = trained(tiny_runner, Slow(clock, step, tail=tail), seconds=20)
    assert clock.now - 1000 == pytest.approx(20, abs=step / 2 + tail + 1e-6)
    last = Path(runner.work_dir, 'last_checkpoint').read_text()
    assert Path(last).name == f'epoch_{runner.epoch}.pth'
    assert runner.max_epochs == runner.epoch


def test_the_rate_follows_the_time(tiny_runner, clock):
    hook = Slow(clock)
    trained(tiny_runner, hook, seconds=20, warm_up=0.1, lowest=0.01)
    assert hook.rates[0] == pytest.approx(0.1 * 0.01)
    assert hook.rates[2] == max(hook.rates)
    assert hook.rates[10] == pytest.approx(0.1 * (0.01 + 0.99 / 2))
    assert hook.rates[-1] < 0.003
    assert hook.rates[2:] == sorted(hook.rates[2:], reverse=True)


def test_epochs_are_planned_anew_by_the_measured_time(tiny_runner, clock):
    hook = Slow(clock, step=1)  # an epoch has two steps
    trained(tiny_runner, hook, seconds=12, max_epochs=50)
    assert hook.planned == [50, 6, 6, 6, 6, 6]


def test_no_round_begins_for_which_there_is_no_time(tiny_runner, clock):
    hook = Slow(clock, step=1, round=5, interval=2)
    runner = trained(tiny_runner, hook, seconds=20)
    # rounds before epochs 0 and 2, with four steps each; the third would end after 20 s
    assert runner.epoch == 4
    assert clock.now == 1018


def test_a_resumed_training_has_the_time_that_is_left(tiny_runner, clock):
    trained(tiny_runner, Slow(clock, stop_at=3), seconds=10)
    assert clock.now == 1003
    clock.now = 5000
    hook = Slow(clock)
    runner = trained(tiny_runner, hook, seconds=10, resume=True)
    assert clock.now == 5007
    assert hook.rates[0] < 0.1 * (0.01 + 0.99 * 0.85)
    assert runner.iter == 10
    clock.now = 6000
    runner = trained(tiny_runner, Slow(clock), seconds=10, resume=True)
    assert clock.now == 6000


def test_another_end_can_be_given(tiny_runner, clock):
    trained(tiny_runner, Slow(clock), seconds=10, until=1004.0)
    assert clock.now == 1004


def test_one_step_is_made_at_least(tiny_runner, clock):
    assert trained(tiny_runner, Slow(clock), seconds=0.001).iter == 1


def test_validations_are_spread_over_the_time(tiny_runner, clock):
    scores = [0.1, 0.2, 0.3, 0.4]
    times = []

    class Watch(Slow):
        def after_val_epoch(self, runner, metrics=None):
            times.append((clock.now - 1000, metrics['score']))

    trained(tiny_runner, Watch(clock), seconds=40, validations=3, scores=scores)
    assert times == [(10, 0.1), (20, 0.2), (30, 0.3)]


@pytest.mark.parametrize(
    'wrong', [dict(seconds=0), dict(warm_up=1), dict(lowest=0), dict(validations=-1)]
)
def test_arguments_outside_their_range(tiny_runner, clock, wrong):
    with pytest.raises(ValueError, match='expected seconds > 0'):
        trained(tiny_runner, Slow(clock), **wrong)
