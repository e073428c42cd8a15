import random

import numpy as np
import torch

from mmpose_addons_core.adaptation import (
    set_stream_states,
    stream_states,
    streams_kept,
    streams_seeded,
)


def draw():
    return random.random(), np.random.rand(), np.random.randn(), torch.rand(()).item()  # noqa: NPY002


def test_kept():
    np.random.randn()  # noqa: NPY002  leaves the second Gaussian of a pair behind
    states = stream_states()
    expected = draw()
    set_stream_states(states)
    with streams_kept():
        assert draw() == expected
    assert draw() == expected


def test_seeded():
    before = stream_states()
    expected = draw()
    set_stream_states(before)
    with streams_seeded(5):
        one = draw()
    with streams_seeded(5):
        assert draw() == one
    assert draw() == expected


def test_states_survive_a_checkpoint(tmp_path):
    torch.save(stream_states(), tmp_path / 'states.pth')
    expected = draw()
    set_stream_states(torch.load(tmp_path / 'states.pth', weights_only=True))
    assert draw() == expected
