"""Settings of adaptation that make no sense stop before the first step."""

import pytest
import torch
from mmengine.runner import Runner
from mmpose.registry import HOOKS, METRICS, MODELS

from helpers import tiny_domains
from mmpose_addons.models.adaptation.consistency import Consistency
from mmpose_addons.models.adaptation.occlusion import JointOcclusion

NAN = float('nan')


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return tiny_domains.write_domains(tmp_path_factory.mktemp('domains'))


@pytest.mark.parametrize(
    ('hook', 'wrong'),
    [
        *(
            (hook, wrong)
            for hook in ('CCSSLHook', 'MeanTeacherHook', 'AdaptBatchNormHook')
            for wrong in (dict(batch_size=0), dict(num_workers=-1))
        ),
        *((h, dict(batch_size='3')) for h in ('MeanTeacherHook', 'AdaptBatchNormHook')),
        ('AdaptBatchNormHook', dict(largest=2.5)),
        ('AdaptBatchNormHook', dict(largest='5')),
        ('MeanTeacherHook', dict(burn_in='2')),
        ('MeanTeacherHook', dict(report='5')),
        ('MeanTeacherHook', dict(ramp=-1)),
        ('MeanTeacherHook', dict(ramp=NAN)),
        ('MeanTeacherHook', dict(burn_in=0.5)),
        ('MeanTeacherHook', dict(report=1.5)),
        ('MeanTeacherHook', dict(buffers='mixed')),
        ('CCSSLHook', dict(interval=1.5)),
        ('CCSSLHook', dict(interval='5')),
        ('CCSSLHook', dict(seed=-1)),
        ('CCSSLHook', dict(fusion='mean')),
        ('CCSSLHook', dict(checks=dict(drop=-1))),
        ('CCSSLHook', dict(checks=dict(head='nose'))),
        ('CCSSLHook', dict(views=dict(scale_std=-1))),
        ('CCSSLHook', dict(views=dict(rotation_std=NAN))),
        ('CCSSLHook', dict(flow=dict(forward_backward_threshold=-1))),
        ('DiagnosisHook', dict(samples=0)),
        ('DiagnosisHook', dict(interval='5')),
        ('DiagnosisHook', dict(interval=2.5)),
        ('DiagnosisHook', dict(thresholds=dict(spread=NAN))),
    ],
)
def test_hooks(hook, wrong):
    (name,) = wrong
    if hook == 'AdaptBatchNormHook':
        wrong = dict(wrong, dataset={})
    value = wrong[name]
    named = next(iter(value)) if isinstance(value, dict) else name
    with pytest.raises(ValueError, match=f'{named}.* got '):
        HOOKS.build(dict(type=hook, **wrong))


@pytest.mark.parametrize(
    'wrong',
    [dict(weight=NAN), dict(share=NAN), dict(weight=float('inf')), dict(weight='1')]
    + [dict(agreement='3'), dict(agreement=NAN), dict(checks=dict(drop=NAN))],
)
def test_consistency(wrong):
    name = 'drop' if 'checks' in wrong else next(iter(wrong))
    with pytest.raises(ValueError, match=f'{name} must be a finite number'):
        Consistency(**wrong)


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        (dict(small_loss=dict(start='a')), "start must be a whole number .*, got 'a'"),
        (dict(small_loss=dict(start=2.5)), 'start must be a whole number .*, got 2.5'),
        (dict(small_loss=dict(floor=NAN)), 'floor must be a finite number, got nan'),
        (dict(occlusion=dict(size='a')), "size must be a finite number, got 'a'"),
        (dict(occlusion=dict(probability='1')), "probability must be a finite number, got '1'"),
    ],
)
def test_parts_of_consistency(wrong, message):
    with pytest.raises(ValueError, match=message):
        Consistency(**wrong)


def test_patches_larger_than_the_input():
    with pytest.raises(ValueError, match='count must be a whole number'):
        JointOcclusion(count=1.5)
    wide = dict(probability=1.0, size=0.5)
    points, sure = torch.zeros(1, 1, 2), torch.ones(1, 1, dtype=torch.bool)
    with pytest.raises(ValueError, match=r'fit into the input of 64 x 16 px, got size=0.5'):
        JointOcclusion(**wide).apply(torch.zeros(1, 3, 16, 64), [0], points, sure, [0])


@pytest.mark.parametrize(
    'wrong',
    [
        dict(threshold=NAN),
        dict(threshold=(0.05, NAN)),
        dict(sigma=NAN),
        dict(threshold='0.05'),
        dict(threshold=(0.05, 'a')),
        dict(threshold=True),
        dict(heatmap_size=64),
        dict(heatmap_size=(64, 64.5)),
    ],
)
def test_metric(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f'{name}.* must be .*, got '):
        METRICS.build(dict(type='AnimalPCK', **wrong))


@pytest.mark.parametrize(
    'wrong',
    [dict(limbs=[[]]), dict(limbs=[(0, 1)]), dict(limbs=[[(2, 2)]]), dict(epochs=-1)]
    + [dict(limbs=5), dict(limbs=[[(0, -1)]]), dict(limbs=[[(0.5, 1)]])]
    + [dict(limbs=[[('a', 'b')]]), dict(limbs=[[(0, 1)], [(0, 1)]])]
    + [dict(domains='target')],
)
def test_side_agnostic_loss(wrong):
    loss = dict(loss=dict(type='KeypointMSELoss'), limbs=[[(0, 1)]])
    (name,) = wrong
    with pytest.raises(ValueError, match=f'{name} must be .*, got '):
        MODELS.build(dict(type='SideAgnosticLoss', **{**loss, **wrong}))


@pytest.mark.parametrize(
    ('model', 'message'),
    [
        (dict(target_weight=NAN), 'target_weight must be a finite number, got nan'),
        (dict(domain_weights=dict(few=NAN)), 'few_weight must be a finite number, got nan'),
        (dict(domain_weights=dict(fwe=2)), "domain_weights must name domains .* got 'fwe'"),
        (dict(target_domains='target'), "target_domains must be a list of names, got 'target'"),
        (dict(target_domains=()), 'target_domains must name a domain, got none'),
        (dict(target_domains=('target', 'fwe')), "target_domains must name .* got 'fwe'"),
        (dict(batch_norm='domain', norm_domains='source'), 'norm_domains must be a list'),
        (
            dict(batch_norm='domain', norm_domains=('human',)),
            r"needs norm_domains with \['source'\], got \['human'\]",
        ),
    ],
)
def test_model(folder, tmp_path, model, message):
    """Misspelt names of domains would be silently without effect."""
    config = tiny_domains.config(folder, tmp_path, model=model, epochs=1)
    with pytest.raises(ValueError, match=message):
        Runner.from_cfg(config).train()


def test_burn_in_without_an_end(folder, tmp_path):
    runner = tiny_domains.make_runner(folder, tmp_path, teacher=dict(burn_in=2), epochs=2)
    with pytest.raises(ValueError, match='less than the 2 epochs of the training, got 2'):
        runner.train()


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        (dict(num_batches=0), 'num_batches must be a whole number of at least 1'),
        (dict(target_share='0.5'), "target_share must be a finite number, got '0.5'"),
        (dict(shares=dict(source='0.5', target=0.5)), r"shares\['source'\] must be .* '0.5'"),
        (dict(shares=[0.5, 0.5]), r'shares must be .* by name, got \[0.5, 0.5\]'),
        (dict(seed=-1), 'seed must be a whole number of at least 0, got -1'),
    ],
)
def test_sampler(folder, tmp_path, wrong, message):
    config = tiny_domains.config(folder, tmp_path, sampler=wrong)
    with pytest.raises(ValueError, match=message):
        Runner.from_cfg(config).train()


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        (dict(view=dict(scale='a')), "scale must be a finite number, got 'a'"),
        (dict(view=dict(scale=1.5)), r'scale must lie in \[0, 1\), got 1.5'),
        (dict(batch_size=0), 'batch_size must be a whole number of at least 1, got 0'),
        (dict(seed='a'), "seed must be a whole number of at least 0, got 'a'"),
    ],
)
def test_settings_of_a_diagnosis(folder, tmp_path, wrong, message):
    config = tiny_domains.config(folder, tmp_path, epochs=1)
    config.custom_hooks.append(dict(type='DiagnosisHook', **wrong))
    with pytest.raises(ValueError, match=message):
        Runner.from_cfg(config).train()
