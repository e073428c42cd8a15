"""Epochs of a given length."""

from collections import Counter

import pytest

from mmpose_addons.datasets import FixedLengthSampler


@pytest.mark.parametrize('length', [1, 4, 7, 23])
def test_each_sample_is_drawn_equally_often(length):
    sampler = FixedLengthSampler(range(7), length, seed=3)
    drawn = []
    for epoch in range(7):
        sampler.set_epoch(epoch)
        epoch_drawn = [*sampler]
        assert len(epoch_drawn) == len(sampler) == length
        drawn += epoch_drawn
    assert Counter(drawn) == dict.fromkeys(range(7), length)
    assert drawn[:7] != sorted(drawn[:7])


def test_processes_share_an_epoch():
    whole = [*FixedLengthSampler(range(5), 7, seed=0)]
    parts = []
    for rank in range(2):
        sampler = FixedLengthSampler(range(5), 7, seed=0)
        sampler.rank, sampler.world_size = rank, 2
        parts.append([*sampler])
        assert len(sampler) == len(parts[-1])
    assert parts == [whole[::2], whole[1::2]]


def test_arguments_that_make_no_sense():
    with pytest.raises(ValueError, match='length >= 1 and samples, got 0 and 3 samples'):
        FixedLengthSampler('abc', 0)
    with pytest.raises(ValueError, match='got 2 and 0 samples'):
        FixedLengthSampler('', 2)
