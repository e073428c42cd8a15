import copy
import json

import pytest
import torch
from mmengine.hooks import EMAHook, Hook
from mmengine.runner import Runner

from helpers import tiny_domains
from mmpose_addons.engine.hooks import AdaptBatchNormHook


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return tiny_domains.write_domains(tmp_path_factory.mktemp('domains'))


@pytest.fixture
def make(folder, tmp_path):
    """A source network's training with the hook."""

    def make_runner(name='run', data=folder, **hook):
        config = tiny_domains.config(data, tmp_path / name, epochs=2)
        train = config.train_dataloader.dataset
        target = dict(train.target.dataset, pipeline=train.target.label_pipeline)
        config.train_dataloader.dataset = train.source
        config.train_dataloader.sampler = dict(type='DefaultSampler', shuffle=True)
        config.custom_hooks = [dict(type='AdaptBatchNormHook', dataset=target, **hook)]
        return Runner.from_cfg(config)

    return make_runner


def statistics(model):
    return {
        name: value.clone()
        for name, value in model.state_dict().items()
        if name.endswith(('running_mean', 'running_var'))
    }


def weights(model):
    return {name: value.clone() for name, value in model.named_parameters()}


def equal(one, two):
    return all(torch.equal(value, two[name]) for name, value in one.items())


def test_last_checkpoint_has_the_targets_statistics(make, tmp_path):
    plain = make('plain', when='test')
    plain.train()
    adapted = make('adapted', batch_size=5)
    adapted.train()
    assert equal(weights(plain.model), weights(adapted.model))
    assert not equal(statistics(plain.model), statistics(adapted.model))
    first, first_too, last = (
        torch.load(tmp_path / file, weights_only=False)
        for file in ('plain/epoch_1.pth', 'adapted/epoch_1.pth', 'adapted/epoch_2.pth')
    )
    assert all(
        torch.equal(value, first_too['state_dict'][name])
        for name, value in first['state_dict'].items()
    )
    assert equal(statistics(adapted.model), last['state_dict'])
    assert 'batch_norm' not in first_too['meta']
    assert last['meta']['batch_norm'] == 'statistics of 12 target images'


def test_statistics_of_a_test_alone(make):
    runner = make(when='test')
    runner.train()
    (hook,) = (hook for hook in runner.hooks if isinstance(hook, AdaptBatchNormHook))
    before = statistics(runner.model)
    hook.before_test_iter(runner, 0)
    # the first layer's means are those of its convolution over all 12 images
    images = torch.cat(list(hook._batches(runner.model)))
    assert len(images) == 12
    found = runner.model.backbone.layers[0](images).mean((0, 2, 3))
    norm = runner.model.backbone.layers[1]
    torch.testing.assert_close(norm.running_mean, found, rtol=1e-4, atol=1e-5)
    hook.after_test_epoch(runner)
    assert equal(before, statistics(runner.model))


def test_a_batch_is_of_all_videos(make):
    """Frames 0 to 11 are three videos of four; a batch of three frames has one of each."""
    runner = make(when='test', batch_size=4)
    (hook,) = (hook for hook in runner.hooks if isinstance(hook, AdaptBatchNormHook))
    batches = list(hook._batches(runner.model))
    one, *_ = list(AdaptBatchNormHook(hook.dataset, batch_size=12)._batches(runner.model))
    assert [len(batch) for batch in batches] == [4, 4, 4]
    torch.testing.assert_close(batches[0], one[[0, 3, 6, 9]])


def test_hidden_labels_do_not_matter(make, tmp_path):
    data = tiny_domains.write_domains(tmp_path / 'data')
    one = make('one', data=data)
    one.train()
    content = json.loads((data / 'target.json').read_text())
    for annotation in content['annotations']:
        annotation['keypoints'] = [20.0, 20.0, 2] * 3
    (data / 'target.json').write_text(json.dumps(content))
    two = make('two', data=data)
    two.train()
    assert equal(statistics(one.model), statistics(two.model))


def test_at_most_so_many_images(make):
    runner = make(largest=7, batch_size=3)
    counts = []

    class Count(Hook):
        def after_train(self, runner):
            counts.append(len(torch.cat(list(hook._batches(runner.model)))))

    (hook,) = (hook for hook in runner.hooks if isinstance(hook, AdaptBatchNormHook))
    runner.register_hook(Count())
    runner.train()
    assert counts == [7]


def test_an_average_is_adapted_in_tests_only(folder, tmp_path):
    runner = tiny_domains.make_runner(folder, tmp_path, teacher={}, epochs=1)
    target = runner._train_dataloader['dataset']['target']['dataset']
    runner.register_hook(AdaptBatchNormHook(target))
    with pytest.raises(ValueError, match=r"with MeanTeacherHook needs when='test', got 'end'"):
        runner.train()


def test_a_tested_average_gets_its_own_statistics_back(folder, tmp_path):
    runner = tiny_domains.make_runner(folder, tmp_path, teacher={}, epochs=1)
    target = runner._train_dataloader['dataset']['target']
    data = dict(target['dataset'], pipeline=target['label_pipeline'])
    runner.register_hook(AdaptBatchNormHook(data, when='test'))
    runner.train()
    pair = [hook for hook in runner.hooks if isinstance(hook, (EMAHook, AdaptBatchNormHook))]
    (average,) = (hook.ema_model.module for hook in pair if isinstance(hook, EMAHook))
    before = [copy.deepcopy(model.state_dict()) for model in (runner.model, average)]
    assert not equal(*before)

    def call(name, **arguments):
        for hook in pair:  # in the order of the run
            getattr(hook, name)(runner, **arguments)

    call('before_val_epoch')
    call('before_val_iter', batch_idx=0)
    assert equal(weights(runner.model), before[1])
    assert not equal(statistics(runner.model), before[1])
    call('after_val_epoch', metrics={})
    assert equal(before[0], runner.model.state_dict())
    assert equal(before[1], average.state_dict())


def test_what_is_wrong_is_said_before_the_training(make):
    runner = make()
    (hook,) = (hook for hook in runner.hooks if isinstance(hook, AdaptBatchNormHook))
    right = hook.dataset
    hook.dataset = dict(right, ann_file='gone.json')
    with pytest.raises((OSError, ValueError), match=r'gone\.json'):
        runner.train()
    hook.dataset = right
    norms = [n for n, layer in runner.model.named_modules() if 'BatchNorm' in str(type(layer))]
    for name in norms:
        runner.model.set_submodule(name, torch.nn.Identity())
    with pytest.raises(ValueError, match='needs a network with BatchNorm layers, got none'):
        runner.train()
    assert runner.iter == 0


def test_a_training_of_iterations_saves_before(make):
    runner = make()
    runner._train_loop = dict(type='IterBasedTrainLoop', max_iters=2)
    with pytest.raises(ValueError, match='needs a training of epochs, got IterBasedTrainLoop'):
        runner.train()


def test_a_training_that_ends_early(make, tmp_path):
    runner = make()

    class Stop(Hook):
        def after_train_epoch(self, runner):
            runner.train_loop.stop_training = True

    runner.register_hook(Stop())
    runner.train()
    log = '\n'.join(file.read_text() for file in tmp_path.glob('run/*/*.log'))
    assert 'Training ended after 1 of 2 epochs, so AdaptBatchNormHook' in log


def test_wrong_arguments():
    with pytest.raises(ValueError, match=r"when must be one of .*, got 'begin'"):
        AdaptBatchNormHook({}, when='begin')
    with pytest.raises(ValueError, match='largest must be a whole number of at least 1, got 0'):
        AdaptBatchNormHook({}, largest=0)
