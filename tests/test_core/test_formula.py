"""Formulas on tensors and arrays, and when a kernel replaces them."""

import warnings

import numpy as np
import pytest
import torch

from mmpose_addons_core.formula import KERNELS, formula, formulas_only, replaces


@pytest.fixture
def tripled():
    """A formula that triples; its kernel says who computed by adding 1."""

    @formula
    def triple(values):
        return values * 3

    @replaces(triple, tolerance=1)
    def triple_kernel(values):
        assert isinstance(values, np.ndarray)
        return values * 3 + 1

    yield triple
    del KERNELS[triple]


def test_numpy_in_numpy_out_without_touching_the_input():
    double = formula(lambda x, offset: (x * 2, (x + offset, 'text')))
    array = np.arange(3.0)
    array.flags.writeable = False
    twice, (moved, text) = double(array[::-1], offset=np.ones(3))
    assert twice.tolist() == [4, 2, 0]
    assert moved.tolist() == [3, 2, 1]
    assert text == 'text'
    assert array.tolist() == [0, 1, 2]


def test_tensors_pass_untouched():
    tensor = torch.ones(2)
    assert formula(lambda x: x)(tensor) is tensor


def test_an_array_beside_a_tensor_gives_a_tensor():
    add = formula(lambda x, y: x + y)
    assert torch.equal(add(torch.ones(2), np.ones(2, np.float32)), torch.full((2,), 2.0))


def test_kernel_replaces_the_formula_for_arrays_and_tensors(tripled):
    assert tripled(np.ones(2)).tolist() == [4, 4]
    result = tripled(torch.ones(2))
    assert torch.equal(result, torch.full((2,), 4.0))
    read_only = np.ones(2)[::-1]
    read_only.flags.writeable = False
    assert tripled(values=read_only).tolist() == [4, 4]


def test_formula_is_kept_for_gradients(tripled):
    values = torch.ones(2, requires_grad=True)
    tripled(values).sum().backward()
    assert values.grad.tolist() == [3, 3]
    with torch.no_grad():
        assert tripled(values).tolist() == [4, 4]


def test_formula_is_kept_in_traces(tripled):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # PyTorch recommends torch.export
        traced = torch.jit.trace(Tripled(tripled), torch.zeros(2), check_trace=False)
    assert traced(torch.ones(2)).tolist() == [3, 3]
    exported = torch.export.export(Tripled(tripled), (torch.zeros(2),))
    assert exported.module()(torch.ones(2)).tolist() == [3, 3]


class Tripled(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, values):
        return self.function(values)


def test_formula_is_kept_in_a_block(tripled):
    with formulas_only():
        assert tripled(torch.ones(2)).tolist() == [3, 3]
        result = tripled(np.ones(2))
    assert isinstance(result, np.ndarray)
    assert result.tolist() == [3, 3]
    assert tripled(torch.ones(2)).tolist() == [4, 4]


def test_formula_is_kept_on_other_devices(tripled):
    assert tripled(torch.ones(2, device='meta')).is_meta
