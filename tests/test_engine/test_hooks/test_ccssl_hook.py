import json
import logging

import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmengine.hooks import Hook
from mmengine.runner import Runner

from helpers import tiny_domains
from mmpose_addons.engine.hooks import CCSSLHook
from mmpose_addons.engine.pseudo_labeller import PredictionError
from mmpose_addons_core.adaptation import get_rng_state, read_npz


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return tiny_domains.write_domains(tmp_path_factory.mktemp('domains'))


@pytest.fixture
def make(folder, tmp_path):
    def make_runner(name='run', data=folder, **kwargs):
        return tiny_domains.make_runner(data, tmp_path / name, **kwargs)

    return make_runner


def hook_of(runner):
    (hook,) = (hook for hook in runner.hooks if isinstance(hook, CCSSLHook))
    return hook


class Lines(logging.Handler):
    """What a logger was told."""

    def __init__(self, logger):
        super().__init__()
        self.lines = []
        logger.addHandler(self)

    def emit(self, record):
        self.lines.append(record.getMessage())

    def having(self, text):
        return [line for line in self.lines if text in line]


def test_rounds_are_made_written_and_logged(make, tmp_path):
    runner = make(epochs=3, interval=2)
    log = Lines(runner.logger)
    runner.train()
    rounds = sorted((tmp_path / 'run' / 'pseudo_labels').iterdir())
    assert [file.name for file in rounds] == [
        'epoch_0000.json',
        'epoch_0000.npz',
        'epoch_0002.json',
        'epoch_0002.npz',
    ]
    labels = read_npz(rounds[-1])
    assert labels.found.all()
    assert labels.names.tolist() == list(tiny_domains.NAMES)
    # before epoch 2 of 3 the paper's schedule leaves out 0.2 of the 36 joints and the 0 before
    assert abs(labels.kept.sum() - 0.8 * 37) <= 1.5
    assert ((labels.confidence > labels.threshold) == labels.kept).all()
    (line,) = log.having('Pseudo-labels before epoch 2')
    assert f'{labels.kept.sum()} of 36 joints kept' in line
    assert f'right_dot {labels.kept[:, 1].sum()}' in line
    assert len(log.having('Diagnosis with hidden labels')) == 2
    coco = json.loads(rounds[-2].read_text())
    assert len(coco['annotations']) == 12
    # training drew on the labels
    np.testing.assert_array_equal(hook_of(runner).target._kept.numpy(), labels.kept)


def training_state(runner):
    return dict(
        weights={k: v.clone() for k, v in runner.model.state_dict().items()},
        modes=[module.training for module in runner.model.modules()],
        optimiser=repr(runner.optim_wrapper.state_dict()),
        rng_state=get_rng_state(),
    )


def test_training_state_is_not_disturbed(make):
    runner = make(epochs=1, views=dict(count=3), appearance={})
    runner.train_loop  # noqa: B018  builds it
    runner.optim_wrapper = runner.build_optim_wrapper(runner.optim_wrapper)
    hook = hook_of(runner)
    hook.before_train(runner)
    runner.model.train()
    runner.model.backbone.layers[0].eval()  # a user froze it
    before = training_state(runner)
    hook.before_train_epoch(runner)
    after = training_state(runner)
    assert hook.labels is not None
    for name, value in before['weights'].items():
        assert torch.equal(value, after['weights'][name]), name
    assert before['modes'] == after['modes']
    assert before['optimiser'] == after['optimiser']
    assert torch.equal(before['rng_state']['torch'], after['rng_state']['torch'])
    assert before['rng_state']['python'] == after['rng_state']['python']
    assert torch.equal(before['rng_state']['numpy'][1], after['rng_state']['numpy'][1])


@pytest.mark.parametrize('head', tiny_domains.HEADS)
def test_any_head(make, head):
    runner = make(head=head, epochs=1)
    runner.train()
    hook = hook_of(runner)
    assert np.isfinite(hook.labels.keypoints).all()
    maps = head in ('heatmap', 'msra', 'udp', 'stages')
    assert hook._round.labeller.fusion == ('heatmap' if maps else 'coordinates')


@pytest.mark.parametrize('head', ['msra', 'udp', 'simcc'])
def test_one_view_gives_what_inference_gives(make, head):
    """The way from input px back into the image is the one of MMPose."""
    runner = make(head=head, epochs=1, views=None, flow=None)
    runner.train()
    hook = hook_of(runner)
    found = hook._round.run(0)
    model = runner.model.eval()
    batch = [hook.target.label_sample(index) for index in range(12)]
    with torch.no_grad():
        results = model.test_step(pseudo_collate(batch))
    expected = np.concatenate([result.pred_instances.keypoints for result in results])
    np.testing.assert_allclose(found['keypoints'], expected, rtol=0, atol=1e-3)


def test_no_joint_above_the_threshold(make):
    runner = make(epochs=1, curriculum=dict(schedule='constant', first=1))
    log = Lines(runner.logger)
    runner.train()
    assert len(log.having('training goes on without pseudo-labels until epoch 1')) == 1
    assert log.having('source/loss')
    assert not log.having('target/loss')


def test_nan_stops_with_the_name_of_the_image(make):
    runner = make(epochs=1)
    build = runner.build_train_loop

    def with_nan(*args):
        loop = build(*args)
        torch.nn.init.constant_(runner.model.head.final_layer.bias, float('nan'))
        return loop

    runner.build_train_loop = with_nan
    runner._init_model_weights = lambda: None
    with pytest.raises(PredictionError, match=r'NaN or infinite values for .*target/000\.png'):
        runner.train()


def test_nan_of_the_last_batch_stops_before_the_checkpoint(make, tmp_path):
    runner = make(epochs=1)

    class Spoil(Hook):
        def before_train_iter(self, runner, batch_idx, data_batch=None):
            if batch_idx == len(runner.train_dataloader) - 1:
                data_batch['inputs'][0] = data_batch['inputs'][0].float() * torch.nan

    runner.register_hook(Spoil())
    with pytest.raises(PredictionError, match=r'the network predicts NaN .* in training'):
        runner.train()
    assert not [*tmp_path.rglob('epoch_1.pth')]


def test_a_training_of_iterations_has_no_rounds(make):
    runner = make()
    runner._train_loop = dict(type='IterBasedTrainLoop', max_iters=2)
    with pytest.raises(ValueError, match='CCSSLHook needs a training of epochs, got Iter'):
        runner.train()


def test_images_go_missing_half_way(make, tmp_path):
    data = tiny_domains.write_domains(tmp_path / 'data')
    runner = make(data=data, epochs=2)
    log = Lines(runner.logger)

    class Delete(Hook):
        def after_train_epoch(self, runner):
            for index in (2, 3, 7):
                (data / 'target' / f'{index:03d}.png').unlink(missing_ok=True)

    runner.register_hook(Delete())
    runner.train()
    labels = hook_of(runner).labels
    assert np.flatnonzero(~labels.found).tolist() == [2, 3, 7]
    assert not labels.kept[[2, 3, 7]].any()
    assert log.having('3 of 12 images could not be read')
    assert len(log.having('no label for sample')) == 3


def test_all_images_are_missing(make, tmp_path):
    data = tiny_domains.write_domains(tmp_path / 'data')
    runner = make(data=data, epochs=1, target=dict(check_images=None))
    for file in (data / 'target').iterdir():
        file.unlink()
    with pytest.raises(OSError, match='none of the 12 images of the target set can be read'):
        runner.train()


def test_unsorted_frames_and_videos_of_one_frame(make, tmp_path, rng):
    """Labels of a shuffled file are those of the sorted one."""
    data = tiny_domains.write_domains(tmp_path / 'data', target=13)  # the last video is short
    runner = make(data=data, epochs=1, views=None)
    runner.train()
    expected = hook_of(runner).labels
    file = data / 'target.json'
    content = json.loads(file.read_text())
    order = rng.permutation(13)
    content['annotations'] = [content['annotations'][i] for i in order]
    content['images'] = [content['images'][i] for i in order]
    file.write_text(json.dumps(content))
    shuffled = make('other', data=data, epochs=1, views=None)
    shuffled.train()
    tracks = hook_of(shuffled).target.tracks()
    found = hook_of(shuffled).labels
    numbers = found.sample_id
    assert sorted(numbers[track].tolist() for track in tracks) == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9, 10, 11],
        [12],
    ]
    assert expected.found.all()
    same = [numbers.tolist().index(number) for number in expected.sample_id]
    assert same != sorted(same)
    np.testing.assert_allclose(found.keypoints[same], expected.keypoints, atol=1e-3)


def test_shuffled_hidden_labels_change_nothing(make, tmp_path, rng):
    """No target label reaches training: other hidden labels, the same weights and labels."""
    data = tiny_domains.write_domains(tmp_path / 'data')
    one = make('one', data=data)
    one.train()
    tiny_domains.shuffle_labels(data / 'target.json', rng)
    two = make('two', data=data)
    two.train()
    hidden = hook_of(one).target.hidden()[0], hook_of(two).target.hidden()[0]
    assert (hidden[0] != hidden[1]).any()
    for name, value in one.model.state_dict().items():
        assert torch.equal(value, two.model.state_dict()[name]), name
    np.testing.assert_array_equal(hook_of(one).labels.kept, hook_of(two).labels.kept)


def test_other_dataset_and_other_batch_size(make, tmp_path, folder):
    config = tiny_domains.config(folder, tmp_path / 'plain')
    config.train_dataloader.dataset = config.train_dataloader.dataset.source
    config.train_dataloader.sampler = dict(type='DefaultSampler', shuffle=True)
    config.model.type = 'TopdownPoseEstimator'
    with pytest.raises(
        TypeError, match=r'needs a SourceTargetDataset .* got CheckedCocoDataset'
    ):
        Runner.from_cfg(config).train()
    config = tiny_domains.config(folder, tmp_path / 'sizes')
    config.train_dataloader.sampler.batch_size = 6
    with pytest.raises(ValueError, match="sampler's batch_size is 6, the data loader's is 4"):
        Runner.from_cfg(config).train()


def test_wrong_arguments():
    with pytest.raises(ValueError, match='interval must be a whole number'):
        CCSSLHook(interval=0)
    with pytest.raises(ValueError, match='schedule must be one of'):
        CCSSLHook(curriculum=dict(schedule='step'))


def test_heatmap_fusion_needs_heatmaps(make):
    with pytest.raises(ValueError, match=r"RLEHead does not .* set fusion='coordinates'"):
        make(head='rle', fusion='heatmap').train()
