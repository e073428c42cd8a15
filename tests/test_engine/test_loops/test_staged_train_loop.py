import pytest
import torch
from mmengine.hooks import Hook

STAGES = [dict(epochs=3, lr=0.1, milestones=[2]), dict(epochs=3, lr=0.05)]


class Watch(Hook):
    """Writes down what each epoch begins with."""

    priority = 'LOWEST'

    def __init__(self) -> None:
        self.rates, self.weights, self.moments, self.stages = [], [], [], []

    def before_train_epoch(self, runner):
        (group,) = runner.optim_wrapper.optimizer.param_groups
        self.rates.append(round(group['lr'], 9))
        self.weights.append(runner.model.linear.weight.item())
        state = runner.optim_wrapper.optimizer.state.get(runner.model.linear.weight)
        self.moments.append(state['exp_avg'].item() if state else None)
        self.stages.append(runner.train_loop.stage)


def config(**kwargs):
    return dict(type='StagedTrainLoop', stages=STAGES, metric='score', val_interval=1, **kwargs)


def test_rate_starts_again_and_weights_carry_on_from_the_best_epoch(tiny_runner):
    watch = Watch()
    runner = tiny_runner(
        train_cfg=config(), scores=[0.3, 0.9, 0.5, 0.1, 0.2, 0.3], hooks=[watch]
    )
    runner.train()
    assert watch.rates == [0.1, 0.1, 0.01, 0.05, 0.05, 0.05]
    assert watch.stages == [0, 0, 0, 1, 1, 1]
    # the second of three epochs was the best: its end is what the third began with
    assert watch.weights[3] == watch.weights[2]
    assert watch.moments[3] == watch.moments[2]
    assert runner.message_hub.get_scalar('train/stage').current() == 2
    best = torch.load(runner.train_loop.best_file(1), weights_only=True)
    assert (best['epoch'], best['score']) == (6, 0.3)


def test_less_is_better_when_the_rule_says_so(tiny_runner):
    watch = Watch()
    tiny_runner(
        train_cfg=config(rule='less'), scores=[0.3, 0.9, 0.5, 1, 1, 1], hooks=[watch]
    ).train()
    assert watch.weights[3] == watch.weights[1]


def test_carry_last_needs_no_validation(tiny_runner):
    watch = Watch()
    runner = tiny_runner(train_cfg=config(carry='last'), hooks=[watch])
    runner.train()
    assert watch.rates == [0.1, 0.1, 0.01, 0.05, 0.05, 0.05]
    assert len(set(watch.weights)) == 6
    assert not list(runner.train_loop.best_file(0).parent.glob('stage_*'))


@pytest.mark.parametrize('stop', [1, 3, 4])
def test_a_stopped_run_resumes_in_the_middle_of_a_stage(tiny_runner, stop):
    scores = [0.3, 0.9, 0.5, 0.1, 0.2, 0.3]
    whole = Watch()
    unbroken = tiny_runner(train_cfg=config(), scores=scores, hooks=[whole])
    unbroken.train()
    expected = unbroken.model.linear.weight.item()

    class Killed(Exception):
        pass

    class Kill(Hook):
        priority = 'LOWEST'

        def before_train_epoch(self, runner):
            if runner.epoch == stop:
                raise Killed

    checkpoints = dict(default_hooks=dict(checkpoint=dict(type='CheckpointHook', interval=1)))
    with pytest.raises(Killed):
        tiny_runner(train_cfg=config(), scores=scores, hooks=[Kill()], **checkpoints).train()
    rest = Watch()
    resumed = tiny_runner(
        train_cfg=config(),
        scores=scores[stop:],
        hooks=[rest],
        resume=True,
        **checkpoints,
    )
    resumed.train()
    assert rest.rates == whole.rates[stop:]
    assert rest.weights == whole.weights[stop:]
    assert resumed.model.linear.weight.item() == expected


def test_the_schedule_of_the_config_is_replaced(tiny_runner):
    watch = Watch()
    tiny_runner(
        train_cfg=config(carry='last'),
        param_scheduler=[dict(type='MultiStepLR', milestones=[1])],
        hooks=[watch],
    ).train()
    assert watch.rates == [0.1, 0.1, 0.01, 0.05, 0.05, 0.05]


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(stages=[]), 'stages is empty'),
        (dict(stages=[dict(epochs=0, lr=1)]), r'epochs >= 1 and lr > 0, got .*epochs=0'),
        (dict(stages=[dict(epochs=3, lr=1, milestones=[3])]), r'inside its 3 .*\[3\]'),
        (dict(carry='first'), "'best' or 'last', got 'first'"),
        (dict(rule='most'), "'greater' or 'less', got 'most'"),
        (dict(val_interval=4), r'stage 1 \(epochs 1 to 3\) has no validation'),
    ],
)
def test_unfit_settings_stop_before_the_first_step(tiny_runner, change, message):
    runner = tiny_runner(train_cfg={**config(), **change}, scores=[1])
    with pytest.raises(ValueError, match=message):
        runner.train()


def test_an_unknown_metric_is_named(tiny_runner):
    runner = tiny_runner(train_cfg=config() | dict(metric='coco/AP'), scores=[1])
    with pytest.raises(ValueError, match=r"'coco/AP'; the validation gave \['score'\]"):
        runner.train()
