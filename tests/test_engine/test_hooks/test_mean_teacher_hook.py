import numpy as np
import pytest
import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner

from helpers import tiny_domains
from mmpose_addons.engine.hooks import CCSSLHook, ChannelsLastHook, MeanTeacherHook
from mmpose_addons.models.adaptation.consistency import Consistency, centred_box
from mmpose_addons.prediction_error import PredictionError
from mmpose_addons_core.adaptation import read_npz
from mmpose_addons_runtime.geometry import CropGeometry

KINDS = 'pseudo', 'teacher'


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return tiny_domains.write_domains(tmp_path_factory.mktemp('domains'))


@pytest.fixture
def make(folder, tmp_path):
    def make_runner(name='run', data=folder, teacher=None, **kwargs):
        return tiny_domains.make_runner(data, tmp_path / name, teacher=teacher or {}, **kwargs)

    return make_runner


def hook_of(runner):
    (hook,) = (hook for hook in runner.hooks if isinstance(hook, MeanTeacherHook))
    return hook


class Watch(Hook):
    """What batches and the loss are like in each epoch."""

    priority = 'LOWEST'

    def __init__(self):
        self.domains, self.ramps, self.losses = [], [], []

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        self.domains.append({sample.domain for sample in data_batch['data_samples']})
        self.ramps.append(round(hook_of(runner).consistency.ramp, 3))

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        self.losses.append(outputs)


def watched(runner):
    watch = Watch()
    runner.register_hook(watch)
    runner.train()
    return watch


def test_burn_in_and_ramp(make):
    """One epoch of source alone, then the weight of the consistency loss grows for two."""
    watch = watched(make(epochs=4, teacher=dict(burn_in=1, ramp=2)))
    assert watch.domains == [{'source'}] * 8 + [{'source', 'target'}] * 24
    assert watch.ramps[8] == round(np.exp(-5), 3)
    assert watch.ramps[16] == round(np.exp(-5 / 4), 3)
    assert watch.ramps[24:] == [1] * 8
    assert ['consistency/loss_kpt' in losses for losses in watch.losses] == [False] * 8 + [
        True
    ] * 24


def test_the_teacher_is_the_average_of_the_students(make):
    runner = make(epochs=1, teacher=dict(momentum=0.3))
    students = []

    class Record(Hook):
        priority = 'LOWEST'

        def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
            students.append(runner.model.head.final_layer.weight.detach().clone())

    runner.register_hook(Record())
    runner.train()
    expected = students[0]
    for step, student in enumerate(students[1:], 1):
        momentum = max(0.3, 1 / (1 + step))
        expected = expected + momentum * (student - expected)
    teacher = hook_of(runner).ema_model.module.head.final_layer.weight
    torch.testing.assert_close(teacher, expected)


@pytest.mark.parametrize(
    ('epochs', 'burn_in', 'momentum'), [(3, 0, 10 / 24), (4, 2, 10 / 16), (1, 0, 1)]
)
def test_the_average_follows_the_length_of_the_training(make, epochs, burn_in, momentum):
    """It is about that of the last tenth of the steps with a teacher, eight an epoch."""
    runner = make(epochs=epochs, teacher=dict(burn_in=burn_in))
    runner.train()
    assert hook_of(runner).ema_model.momentum == momentum


def test_the_average_follows_a_length_that_changes(make):
    """TimedTrainLoop sets the number of epochs that the time allows after each epoch."""
    runner = make(epochs=2)
    momenta = []

    class Extend(Hook):
        def before_train_iter(self, runner, batch_idx, data_batch=None):
            momenta.append(hook_of(runner).ema_model.momentum)

        def after_train_epoch(self, runner):
            runner.train_loop._max_epochs = 4

    runner.register_hook(Extend())
    runner.train()
    assert momenta == [10 / 16] * 8 + [10 / 32] * 24


def test_the_teacher_is_channels_last_wherever_the_hook_stands(make):
    runner = make(epochs=1)
    runner.register_hook(ChannelsLastHook())
    runner.train()
    for network in (runner.model, hook_of(runner).ema_model.module):
        weight = network.backbone.layers[3].weight
        assert weight.is_contiguous(memory_format=torch.channels_last)
        assert not weight.is_contiguous()


def test_the_average_of_a_long_training_is_the_published_one(make, monkeypatch):
    class Started(Exception):
        pass

    def stop(*args, **options):
        raise Started

    monkeypatch.setattr(MeanTeacherHook, 'before_train_iter', stop)
    runner = make(epochs=2000)
    with pytest.raises(Started):
        runner.train()
    assert hook_of(runner).ema_model.momentum == 0.001


def test_checkpoints_hold_teacher_and_student(make, tmp_path):
    """The teacher is what inference reads; the student is there to resume."""
    runner = make(epochs=2)
    runner.train()
    content = torch.load(tmp_path / 'run' / 'epoch_2.pth', weights_only=False)
    teacher, student = hook_of(runner).ema_model.module.state_dict(), runner.model.state_dict()
    differ = False
    for name, value in teacher.items():
        assert torch.equal(content['state_dict'][name], value), name
        assert torch.equal(content['ema_state_dict'][f'module.{name}'], student[name]), name
        differ |= not torch.equal(value, student[name])
    assert differ


@pytest.mark.parametrize('buffers', ['averaged', 'copied', 'own'])
def test_the_teacher_is_tested(make, buffers):
    """Within a test the model has the teacher's weights and statistics, and then its own."""
    runner = make(epochs=1, teacher=dict(buffers=buffers))
    runner.train()
    hook = hook_of(runner)
    hook.before_run(runner)  # as a test after training calls it
    student = {name: value.clone() for name, value in runner.model.state_dict().items()}
    teacher = {n: value.clone() for n, value in hook.ema_model.module.state_dict().items()}
    hook.before_test_epoch(runner)
    for name, value in runner.model.state_dict().items():
        assert torch.equal(value, teacher[name]), name
    hook.after_test_epoch(runner)
    for name, value in runner.model.state_dict().items():
        assert torch.equal(value, student[name]), name


def test_labels_are_sampled_for_the_report(make, tmp_path):
    make(epochs=5, teacher=dict(burn_in=1, report=2)).train()
    files = sorted((tmp_path / 'run' / 'teacher_labels').glob('*.npz'))
    assert [file.stem for file in files] == ['epoch_0001', 'epoch_0003']
    labels = read_npz(files[-1])
    assert labels.found.all()
    assert 16 <= labels.kept.sum() <= 18  # half of 36 joints


@pytest.mark.parametrize('head', tiny_domains.HEADS)
def test_every_head_learns(make, head):
    watch = watched(make(head=head, epochs=1, teacher=dict(ramp=0)))
    assert all(torch.isfinite(losses['loss']) for losses in watch.losses)
    assert any(losses['consistency/loss_kpt'] for losses in watch.losses)


@pytest.mark.parametrize('batch_norm', ['joint', 'separate', 'target', 'domain'])
def test_every_treatment_of_batch_norm(make, batch_norm, tmp_path):
    settings = dict(batch_norm=batch_norm)
    runner = make(epochs=1, model=settings)
    runner.train()
    assert all(value.isfinite().all() for value in runner.model.state_dict().values())
    # a checkpoint of any mode fits a plain network of the same layers
    plain = make('plain', epochs=1)
    plain._load_from = str(tmp_path / 'run' / 'epoch_1.pth')
    plain.call_hook('before_run')
    plain.load_or_resume()
    state = torch.load(plain._load_from, weights_only=False)['state_dict']
    for name, value in plain.model.state_dict().items():
        assert torch.equal(value, state[name]), name


def test_switches_together(make):
    """All parts at once, with a third domain of a few labelled target images."""
    runner = make(
        epochs=2,
        batch_size=8,
        teacher=dict(burn_in=1),
        model=dict(
            batch_norm='domain', target_domains=('target', 'few'), domain_weights=dict(few=2.0)
        ),
        consistency=dict(small_loss=dict(start=0), agreement=2.0, occlusion=dict(count=2)),
        more_domains=dict(few='target'),
        sampler=dict(shares=dict(source=0.5, target=0.25, few=0.25)),
    )
    watch = watched(runner)
    assert watch.domains == [{'source', 'few'}] * 4 + [{'source', 'target', 'few'}] * 4
    assert watch.losses[-1]['few/loss_kpt'] > 0


def test_start_from_rounds_of_ccssl(make, tmp_path):
    """Labels of CC-SSL's one round and of the teacher are learned side by side."""
    runner = make(epochs=2, teacher=dict(report=1))
    runner.register_hook(CCSSLHook(interval=1000, batch_size=5, num_workers=0, curriculum=None))
    watch = watched(runner)
    for losses in watch.losses:
        assert losses['target/loss_kpt'] > 0
        assert 'consistency/loss_kpt' in losses
    files = [sorted((tmp_path / 'run' / f'{kind}_labels').glob('*.npz')) for kind in KINDS]
    assert [len(found) for found in files] == [1, 2]


def test_shuffled_hidden_labels_change_nothing(make, tmp_path, rng):
    data = tiny_domains.write_domains(tmp_path / 'data')
    one = make('one', data=data)
    one.train()
    tiny_domains.shuffle_labels(data / 'target.json', rng)
    two = make('two', data=data)
    two.train()
    for name, value in one.model.state_dict().items():
        assert torch.equal(value, two.model.state_dict()[name]), name


@pytest.mark.parametrize('norm', [False, True])
@pytest.mark.parametrize('spoiled', [3, 7])
def test_nan_of_the_student_stops_with_the_names_of_the_images(make, spoiled, norm):
    """Also in the middle of an epoch, when the teacher has learned NaN from the student."""
    runner = make(epochs=1, norm=norm)
    batch = []

    class Spoil(Hook):
        def before_train_iter(self, runner, batch_idx, data_batch=None):
            if batch_idx == spoiled:
                batch.extend(sample.img_path for sample in data_batch['data_samples'])
                data_batch['inputs'][1] = data_batch['inputs'][1].float() * torch.nan

    runner.register_hook(Spoil())
    with pytest.raises(PredictionError, match=r'the network predicts NaN .* in training') as it:
        runner.train()
    assert len(batch) == 4
    spread = batch if norm else batch[1:2]  # by BatchNorm
    assert str(it.value).partition(' for ')[2] == ', '.join(spread)


def test_nan_of_the_teacher_stops_with_the_name_of_the_image(make):
    runner = make(epochs=1)

    class Spoil(Hook):
        def before_train_iter(self, runner, batch_idx, data_batch=None):
            if batch_idx == 3:
                teacher = hook_of(runner).ema_model.module
                teacher.head.final_layer.bias.data.fill_(torch.nan)

    runner.register_hook(Spoil())
    message = r'the teacher predicts NaN or infinite values for .*target/\d+\.png'
    with pytest.raises(PredictionError, match=message):
        runner.train()


def test_wrong_arguments(make, folder, tmp_path):
    for wrong in (dict(momentum=0), dict(momentum=1)):
        with pytest.raises(ValueError, match='momentum must lie between 0 and 1'):
            MeanTeacherHook(**wrong)
    for name, least in (('burn_in', 0), ('ramp', 0), ('report', 1)):
        with pytest.raises(ValueError, match=f'{name} must be .*at least {least}'):
            MeanTeacherHook(**{name: least - 1})
    with pytest.raises(ValueError, match='SourceTargetTopdown without consistency'):
        make(epochs=1, model=dict(consistency=None)).train()


def test_target_without_a_teachers_view(folder, tmp_path):
    config = tiny_domains.config(folder, tmp_path, teacher={})
    config.train_dataloader.dataset.target.teacher_pipeline = None
    with pytest.raises(ValueError, match='needs a teacher_pipeline of the target'):
        Runner.from_cfg(config).train()
    config.train_dataloader.sampler = dict(type='DefaultSampler', shuffle=True)
    config.experiment_name += '_sampler'
    with pytest.raises(TypeError, match='needs a SourceTargetSampler, got DefaultSampler'):
        Runner.from_cfg(config).train()


def test_checks_leave_labels_out(make):
    """Both dots of a pair lie within twice the box: the teacher's middle dot alone is kept."""
    runner = make(consistency=dict(share=1.0, checks=dict(prior=None, together=2.0)), epochs=1)
    kept = []
    labels = Consistency.teacher_labels

    class Keep(Consistency):
        def teacher_labels(self, *args):
            found = labels(self, *args)
            kept.append(found.kept)
            return found

    runner.model.consistency.__class__ = Keep
    runner.train()
    assert hook_of(runner).consistency.checks.limbs == [[(0, 1)]]
    assert not torch.cat(kept)[:, :2].any()
    assert torch.cat(kept)[:, 2].any()


def test_the_box_of_the_teachers_crop():
    box = centred_box(CropGeometry((128, 96), padding=1.25))
    np.testing.assert_allclose(box, [12.8, 9.6, 102.4, 76.8])
