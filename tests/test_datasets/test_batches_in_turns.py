"""Batches of one domain, or of a group of domains, that take turns."""

import numpy as np
import pytest
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS

from helpers import tiny_domains
from mmpose_addons.datasets import SourceTargetSampler

SHARES = dict(source=0.5, target=0.25, few=0.25)
STARTS = (10, 22)  # of target and few, behind ten samples of the source


@pytest.fixture
def dataset(tmp_path):
    """Ten source, twelve target and twelve labelled target samples."""
    init_default_scope('mmpose')
    folder = tiny_domains.write_domains(tmp_path / 'data', source=10, target=12)
    config = tiny_domains.config(folder, tmp_path, more_domains=dict(few='target'))
    return DATASETS.build(config.train_dataloader.dataset)


def label(dataset):
    dataset.target.renew(
        np.full((12, 3, 2), 20, np.float32), np.ones((12, 3), bool), np.ones(12, bool)
    )


def sampler(dataset, **kwargs):
    settings = dict(batch_size=4, shares=SHARES, seed=3, batches='pure')
    return SourceTargetSampler(dataset, **{**settings, **kwargs})


def rows(drawn, size=4):
    """Indices (batches, size) and the domains of each batch, by the letters s, t and f."""
    indices = np.array([draw.index for draw in drawn]).reshape(-1, size)
    letters = np.array([*'stf'])[np.searchsorted(STARTS, indices, side='right')]
    return indices, [''.join(sorted({*row})) for row in letters]


def test_pure_batches_follow_the_shares(dataset):
    label(dataset)
    drawn = sampler(dataset)
    indices, domains = rows(drawn)
    assert len(drawn) == 6 * 4  # 3 batches of ten source samples are half of the epoch
    assert domains == ['s', 't', 'f', 's', 's', 't']
    assert {*indices[[0, 3, 4]].ravel()} == {*range(10)}
    assert {draw.domains for draw in drawn} == {('source', 'target', 'few')}
    sample = dataset[next(iter(drawn))]['data_samples']
    assert sample.drawn_domains == ('source', 'target', 'few')


def test_without_labels_the_others_take_turns(dataset):
    drawn = sampler(dataset, num_batches=6)
    assert rows(drawn)[1] == ['s', 'f', 's', 's', 'f', 's']
    assert {draw.domains for draw in drawn} == {('source', 'few')}
    drawn.paused.add('few')
    assert rows(drawn)[1] == ['s'] * 6


def test_groups_take_turns(dataset):
    """True labels in one batch, pseudo-labels in the next but two."""
    label(dataset)
    drawn = sampler(dataset, batch_size=6, batches=[['few', 'source'], ['target']])
    indices, domains = rows(drawn, size=6)
    assert domains == ['fs', 'fs', 't', 'fs']  # 3 batches with four of ten source samples
    assert ((indices[[0, 1, 3]] < 10).sum(1) == 4).all()


def test_mixed_batches_are_those_of_one_group(dataset):
    label(dataset)
    mixed = [draw[:2] for draw in sampler(dataset, batch_size=8, batches='mixed')]
    group = sampler(dataset, batch_size=8, batches=[['few', 'source', 'target']])
    assert [draw[:2] for draw in group] == mixed


def test_epochs_and_processes(dataset, monkeypatch):
    """The draws repeat; two processes have the same domains in a step, and share the batch."""
    label(dataset)
    one, other = sampler(dataset, batch_size=8), sampler(dataset, batch_size=8)
    assert [*one] == [*other]
    other.set_epoch(1)
    assert rows(other, 8)[1] == rows(one, 8)[1]
    assert [*one] != [*other]
    whole, domains = rows(one, 8)
    parts = []
    for rank in range(2):
        module = 'mmpose_addons.datasets.source_target_sampler.get_dist_info'
        monkeypatch.setattr(module, lambda rank=rank: (rank, 2))
        indices, there = rows(sampler(dataset))
        assert there == domains
        parts.append(indices)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts, 1)), np.sort(whole))


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(batches='alone'), r"each of the domains .* once, got 'alone'"),
        (dict(batches=[['source'], ['target']]), r"once, got \[\['source'\], \['target'\]\]"),
        (dict(batches=[['source', 'few'], ['target', 'few']]), 'once, got'),
        (dict(batches=[['source', 'few', 'target'], []]), 'once, got'),
        (dict(num_batches=2), r"2 batches .* has no batch of \[\['few'\]\]"),
        (dict(shares=dict(source=0.75, target=0.25, few=0)), r"no batch of \[\['few'\]\]"),
    ],
)
def test_what_does_not_fit(dataset, change, message):
    with pytest.raises(ValueError, match=message):
        sampler(dataset, **change)
