"""The published codes' values, and a short way to build a codec."""

import numpy as np
import pytest
from mmpose.registry import KEYPOINT_CODECS


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


@pytest.fixture(scope='session')
def build():
    """Build a registered codec, for 192 x 256 input px unless told otherwise."""

    def build(name, input_size=(192, 256), heatmap_size=(48, 64), **kwargs):
        return KEYPOINT_CODECS.build(
            dict(type=name, input_size=input_size, heatmap_size=heatmap_size, **kwargs)
        )

    return build
