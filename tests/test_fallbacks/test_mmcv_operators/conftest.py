import importlib

import mmcv.ops  # noqa: F401  its functions are what these tests call
import pytest
import torch

from helpers.operators import use_operators
from mmpose_addons_fallbacks import mmcv_operators


@pytest.fixture(autouse=True)
def ours(monkeypatch):
    """mmcv.ops runs on our operators, whether or not there are compiled ones."""
    use_operators(mmcv_operators, monkeypatch)
    return mmcv_operators


@pytest.fixture
def agrees(monkeypatch):
    """Asserts that a function gives the same on our and on the compiled operators."""
    extension = importlib.import_module('mmcv._ext')
    if not extension.__file__.endswith(('.so', '.pyd')):
        pytest.skip('no compiled mmcv._ext is installed')

    def check(function):
        use_operators(mmcv_operators, monkeypatch)
        result = function()
        use_operators(extension, monkeypatch)
        expected = function()
        close = dict(rtol=1e-5, atol=1e-5, equal_nan=True)
        torch.testing.assert_close(result, expected, **close)

    return check
