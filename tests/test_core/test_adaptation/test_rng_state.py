import random

import numpy as np
import torch

from mmpose_addons_core.adaptation import (
    get_rng_state,
    preserved_rng_state,
    seeded_rng,
    set_rng_state,
)


def draw():
    return random.random(), np.random.rand(), np.random.randn(), torch.rand(()).item()  # noqa: NPY002


def test_kept():
    np.random.randn()  # noqa: NPY002  leaves the second Gaussian of a pair behind
    states = get_rng_state()
    expected = draw()
    set_rng_state(states)
    with preserved_rng_state():
        assert draw() == expected
    assert draw() == expected


def test_seeded():
    before = get_rng_state()
    expected = draw()
    set_rng_state(before)
    with seeded_rng(5):
        one = draw()
    with seeded_rng(5):
        assert draw() == one
    assert draw() == expected


def test_states_survive_a_checkpoint(tmp_path):
    torch.save(get_rng_state(), tmp_path / 'states.pth')
    expected = draw()
    set_rng_state(torch.load(tmp_path / 'states.pth', weights_only=True))
    assert draw() == expected
