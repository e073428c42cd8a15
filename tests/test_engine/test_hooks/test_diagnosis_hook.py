import json

import numpy as np
import pytest
import torch
from mmengine.runner import Runner

from helpers import tiny_domains
from mmpose_addons.engine.hooks import DiagnosisHook


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return tiny_domains.write_domains(tmp_path_factory.mktemp('domains'))


@pytest.fixture
def train(folder, tmp_path):
    def run(name='run', diagnosis=None, resume=False, **kwargs):
        config = tiny_domains.config(folder, tmp_path / name, **kwargs)
        if diagnosis is not None:
            hook = dict(type='DiagnosisHook', num_workers=0, batch_size=5, **diagnosis)
            config.custom_hooks.append(hook)
        runner = Runner.from_cfg(config)
        runner._resume = resume
        runner.train()
        return runner

    return run


def records(runner):
    return json.loads((tiny_domains.Path(runner.work_dir) / 'diagnosis.json').read_text())


def log_of(runner):
    return next(tiny_domains.Path(runner.work_dir).rglob('*.log')).read_text()


@pytest.fixture
def check(folder, tmp_path):
    """Labels of two target images, by file name and with other ids."""
    content = json.loads((folder / 'target.json').read_text())
    content['images'] = content['images'][3:5]
    content['annotations'] = content['annotations'][3:5]
    for record in content['images']:
        record['id'] += 70
    for record in content['annotations']:
        record['id'] += 100
        record['image_id'] += 70
    file = tmp_path / 'check.json'
    file.write_text(json.dumps(content))
    return file


def test_before_between_and_after(train, check):
    runner = train(epochs=3, diagnosis=dict(interval=2, check=str(check)))
    found = records(runner)
    assert [record['epoch'] for record in found] == [0, 2, 3]
    estimates = found[1]['estimates']
    shares = ('view_agreement', 'appearance_agreement', 'flow_agreement', 'stability')
    shares += ('sides_apart', 'plausible')
    more = ('samples', 'confidence', 'spread', 'variety', 'density')
    assert set(estimates) == {*shares, *more}
    assert all(0 <= estimates[name] <= 1 for name in shares)
    assert 'stability' not in found[0]['estimates']
    assert found[0]['check']['images'] == 2
    assert found[0]['hidden']['images'] == 12
    assert {'pck', 'swaps', 'reversals', 'pck_better_heading@0.1'} <= set(found[0]['check'])
    log = log_of(runner)
    assert log.count('Diagnosis before epoch') == 2
    assert log.count('Diagnosis after training') == 1
    assert log.count('Score after training by the check') == 1
    assert '2 images of the target set have labels to check' in log


def test_collapse_makes_a_warning(train):
    """An untrained network puts all joints into the middle of every image."""
    runner = train(epochs=1, diagnosis=dict(thresholds=dict(spread=0.5)))
    (first, *_) = records(runner)
    assert first['estimates']['spread'] < 0.1
    (warning,) = first['warnings']
    assert 'poses vary 0.0' in warning
    warned = [line for line in log_of(runner).splitlines() if 'Labels are probably' in line]
    assert ['(diagnosis before epoch 0)' in line for line in warned] == [True, False]
    assert '(diagnosis after training)' in warned[1]
    assert 'The diagnosis before epoch 0 warned' in log_of(runner)
    silent = train('silent', epochs=1, diagnosis=dict(thresholds=dict()))
    assert records(silent)[0]['warnings'] == []
    assert 'warned' not in log_of(silent)


def test_labelled_images_that_are_not_in_the_target_set(train, check):
    content = json.loads(check.read_text())
    content['images'].append(dict(content['images'][0], id=99, file_name='elsewhere.png'))
    content['annotations'].append(dict(content['annotations'][0], id=99, image_id=99))
    check.write_text(json.dumps(content))
    log = log_of(train(epochs=1, diagnosis=dict(check=str(check))))
    assert '2 images of the target set have labels to check' in log
    assert '1 of 3 labelled images are not in the target set and are left out' in log


def test_training_is_the_same_bit_for_bit(train, check):
    weights = [
        train(name, epochs=2, norm=True, dropout=0.2, diagnosis=diagnosis).model.state_dict()
        for name, diagnosis in (('without', None), ('with', dict(check=str(check))))
    ]
    for name, value in weights[0].items():
        assert torch.equal(value, weights[1][name]), name


def test_a_resumed_run_goes_on(train):
    train(epochs=1, diagnosis={})
    runner = train(epochs=2, diagnosis={}, resume=True)
    assert [record['epoch'] for record in records(runner)] == [0, 1, 2]


def test_some_samples_of_whole_tracks(train):
    runner = train(epochs=1, diagnosis=dict(samples=8))
    (hook,) = (hook for hook in runner.hooks if isinstance(hook, DiagnosisHook))
    assert hook._diagnosis.chosen.tolist() == [0, 1, 2, 3, 8, 9, 10, 11]
    assert records(runner)[0]['estimates']['samples'] == 8


@pytest.mark.parametrize('mirrors', [True, False])
def test_a_view_is_mirrored_if_training_mirrors_images(folder, tmp_path, mirrors):
    """A network that saw animals head one way only would disagree with every mirrored view."""
    config = tiny_domains.config(folder, tmp_path / 'run', epochs=1)
    target = config.train_dataloader.dataset.target
    if not mirrors:
        target.pipeline = [step for step in target.pipeline if step.type != 'RandomFlip']
    config.custom_hooks.append(dict(type='DiagnosisHook', num_workers=0))
    runner = Runner.from_cfg(config)
    runner.train()
    (hook,) = (hook for hook in runner.hooks if isinstance(hook, DiagnosisHook))
    view = hook._diagnosis._others['view_agreement'].labeller.sampler
    assert (view.flip, view.rotation) == (mirrors, 25)


def test_a_source_of_two_joints(tmp_path):
    """Two joints have no implausible shape; the other estimates are there."""
    data = tiny_domains.write_domains(tmp_path / 'data')
    content = json.loads((data / 'source.json').read_text())
    for annotation in content['annotations']:
        annotation['keypoints'][6:] = [0, 0, 0]
    (data / 'source.json').write_text(json.dumps(content))
    config = tiny_domains.config(data, tmp_path / 'run', epochs=1)
    config.custom_hooks = [dict(type='DiagnosisHook', num_workers=0)]
    runner = Runner.from_cfg(config)
    runner.train()
    estimates = records(runner)[0]['estimates']
    assert {'view_agreement', 'spread', 'sides_apart'} <= set(estimates)
    assert not {'plausible', 'density'} & set(estimates)


def test_source_only_with_a_target_of_its_own(folder, tmp_path):
    config = tiny_domains.config(folder, tmp_path / 'run', epochs=1)
    data = config.train_dataloader.dataset
    config.custom_hooks = [dict(type='DiagnosisHook', num_workers=0, target=data.target)]
    config.train_dataloader.dataset = data.source
    config.train_dataloader.sampler = dict(type='DefaultSampler', shuffle=True)
    runner = Runner.from_cfg(config)
    runner.train()
    assert len(records(runner)) == 2
    config.custom_hooks = [dict(type='DiagnosisHook')]
    config.experiment_name = 'without-target'
    with pytest.raises(TypeError, match='argument target with a PseudoLabelDataset, got None'):
        Runner.from_cfg(config).train()


def test_bad_arguments():
    with pytest.raises(ValueError, match='interval must be a whole number'):
        DiagnosisHook(interval=0)
    with pytest.raises(ValueError, match=r"thresholds must be of .* got 'luck'"):
        DiagnosisHook(thresholds=dict(luck=1))
    assert np.isfinite(list(DiagnosisHook().thresholds.values())).all()


def test_a_mean_teacher_is_diagnosed(train):
    runner = train(epochs=2, teacher={}, diagnosis=dict(interval=2))
    first, last = records(runner)
    assert first['estimates']['student_agreement'] == 1  # the teacher begins as its student
    assert last['epoch'] == 2
    (hook,) = (hook for hook in runner.hooks if isinstance(hook, DiagnosisHook))
    teacher = runner.model.consistency.teacher.model
    assert hook._diagnosis._plain.network.model is teacher
    assert teacher is not runner.model
