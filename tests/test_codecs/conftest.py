"""The published codes' values that the codecs are compared with."""

import numpy as np
import pytest


@pytest.fixture(scope='session')
def decoded(reference):
    """Maps and what five papers' code decoded from them, coordinates in heatmap px."""
    with np.load(reference / 'codec_decode.npz', allow_pickle=False) as values:
        return dict(values)


@pytest.fixture(scope='session')
def encoded(reference):
    """Keypoints in input px and what the papers' code drew for them."""
    with np.load(reference / 'codec_encode.npz', allow_pickle=False) as values:
        return dict(values)
