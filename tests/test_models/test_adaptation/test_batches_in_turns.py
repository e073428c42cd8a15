"""Discriminator and BatchNorm in batches of one domain each."""

import math

import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmpose.registry import DATASETS, MODELS

from helpers import tiny_domains

ALL = ('source', 'target', 'human')
ROWS = dict(source=(0, 1), target=(2, 3), human=(4, 5))


@pytest.fixture
def build(tmp_path):
    folder = tiny_domains.write_domains(tmp_path, source=2, target=2, video=2)

    def make(discriminator=True, **model):
        adversary = dict(in_channels=16, hidden=8, ramp='constant')
        model['discriminator'] = adversary if discriminator else None
        config = tiny_domains.config(
            folder, tmp_path, head='msra', model=model, more_domains=dict(human='source')
        )
        torch.manual_seed(0)
        model = MODELS.build(config.model)
        dataset = DATASETS.build(config.train_dataloader.dataset)
        return model, dataset

    return make


def losses(model, dataset, *domains, drawn=ALL):
    rows = [row for domain in domains for row in ROWS[domain]]
    batch = pseudo_collate([dataset[(row, 5, drawn)] for row in rows])
    batch = model.data_preprocessor(batch, training=True)
    return model(**batch, mode='loss')


def test_loss_of_pure_batches_is_that_of_a_mixed_one(build):
    """L_DDL is a mean over samples; without batch statistics it is the mean over the turns."""
    model, dataset = build()
    model.eval()
    turns = [losses(model, dataset, name) for name in ALL]
    mixed = losses(model, dataset, *ALL)
    mean = sum(turn['discriminator/loss'] for turn in turns) / 3
    torch.testing.assert_close(mean, mixed['discriminator/loss'])
    for name, turn in zip(ALL, turns, strict=True):
        for key in (f'discriminator/{name}_accuracy', f'discriminator/{name}_bce'):
            torch.testing.assert_close(turn[key], mixed[key])
        assert [key for key in turn if key.endswith('_bce')] == [f'discriminator/{name}_bce']
    assert 'target/loss_kpt' not in turns[1]


def test_even_logits(build):
    model, dataset = build()
    for values in model.discriminator.decisions[-1].parameters():
        torch.nn.init.zeros_(values)
    decisions = dict(source=2, target=2, human=1)  # the second one is about animals only
    for name, count in decisions.items():
        found = losses(model, dataset, name)['discriminator/loss'].item()
        assert found == pytest.approx(count * math.log(2), rel=1e-6)


def test_a_domain_that_never_comes(build):
    model, dataset = build()
    with pytest.raises(ValueError, match=r'no sample of people \(human\)'):
        losses(model, dataset, 'source', drawn=('source', 'target'))


def test_batches_at_random_are_refused(build):
    """Another sampler gives numbers only; a later batch could lack a domain."""
    model, dataset = build()
    batch = pseudo_collate([dataset[row] for row in range(6)])
    batch = model.data_preprocessor(batch, training=True)
    with pytest.raises(ValueError, match=r'SourceTargetSampler.* got another sampler'):
        model(**batch, mode='loss')


@pytest.mark.parametrize(
    ('mode', 'moves'),
    [
        ('joint', ALL),
        ('separate', ALL),
        ('target', ('target',)),
        ('domain', ('target',)),
    ],
)
def test_statistics_for_the_test(build, mode, moves):
    """Which batches change the statistics that are used at test time."""
    model, dataset = build(batch_norm=mode, norm_domains=['source', 'human'])
    statistics = dict(model.backbone.named_buffers())
    for name in ALL:
        before = {key: value.clone() for key, value in statistics.items()}
        losses(model, dataset, name)
        changed = any(not torch.equal(before[key], statistics[key]) for key in statistics)
        assert changed == (name in moves), name


def test_statistics_follow_the_source_while_no_target_is_drawn(build):
    model, dataset = build(batch_norm='target', discriminator=False)
    before = {key: value.clone() for key, value in model.backbone.named_buffers()}
    losses(model, dataset, 'source', drawn=('source', 'human'))
    assert any(not torch.equal(before[k], v) for k, v in model.backbone.named_buffers())


def test_boxes_alone_without_a_discriminator(build):
    """They change the statistics and no weight."""
    model, dataset = build(discriminator=False)
    found = losses(model, dataset, 'target')
    total, _ = model.parse_losses(found)
    total.backward()
    assert total == 0
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    assert gradients
    assert not any(np.any(gradient.numpy()) for gradient in gradients)
