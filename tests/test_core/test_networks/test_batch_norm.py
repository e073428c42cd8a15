import pytest
import torch
from torch import nn

from mmpose_addons_core.networks.batch_norm import (
    BatchNormError,
    adapt_batch_norm,
    batch_norms,
    exchanged,
    statistics_kept,
)


def images(*values):
    """A batch of images of one pixel."""
    return torch.tensor(values, dtype=torch.float32).reshape(-1, 1, 1, 1)


@pytest.fixture
def network():
    return nn.Sequential(nn.BatchNorm2d(1), nn.Dropout(0.5), nn.BatchNorm2d(1, affine=False))


def test_statistics_are_weighted_averages_over_batches(network):
    """Means 2 of two images and 8 of one weigh 2 : 1; variances (unbiased) are 8 and 0."""
    network[0].weight.data.fill_(3)
    before = {name: value.clone() for name, value in network.named_parameters()}
    last = nn.Sequential(nn.BatchNorm2d(1))
    batches = [images(0, 4), images(8, 8)]
    assert adapt_batch_norm(last, last, batches) == 4
    assert last[0].running_mean.item() == 5
    assert last[0].running_var.item() == 4
    assert adapt_batch_norm(network, network, [images(0, 4), images(8, 8)]) == 4
    for name, value in network.named_parameters():
        assert torch.equal(value, before[name]), name


def test_modes_and_momenta_come_back(network):
    network.train()
    network[2].eval()
    network[0].momentum = None
    adapt_batch_norm(network, network, [images(1, 2)])
    assert [layer.training for layer in network] == [True, True, False]
    assert network[0].momentum is None
    # also a layer that normalises with fixed statistics in training is estimated
    assert network[2].running_mean.item() == pytest.approx(0, abs=1e-6)


def test_dropout_is_off(network):
    results = []
    adapt_batch_norm(network, lambda x: results.append(network[:2](x)), [images(1, 2)] * 8)
    assert all(torch.equal(result, results[0]) for result in results)


def test_what_cannot_be_adapted(network):
    with pytest.raises(BatchNormError, match='no BatchNorm layer with running statistics'):
        adapt_batch_norm(nn.Linear(1, 1), nn.Identity(), [images(1)])
    with pytest.raises(BatchNormError, match='no image'):
        adapt_batch_norm(network, network, [])
    with pytest.raises(BatchNormError, match=r'0\.running_mean is NaN'):
        adapt_batch_norm(network, network, [images(1, float('nan'))])


def test_statistics_are_not_recorded(network):
    network.train()
    with statistics_kept(batch_norms(network)):
        result = network[0](images(0, 2))
    assert result.flatten().tolist() == pytest.approx([-1, 1], abs=1e-4)  # the batch's own
    assert network[0].running_mean.item() == 0
    assert network[0].num_batches_tracked.item() == 0
    network[0](images(0, 2))
    assert network[0].running_mean.item() == pytest.approx(0.1)


def test_layers_are_exchanged_for_a_while():
    one, two = nn.BatchNorm2d(1), nn.BatchNorm2d(1)
    nn.init.constant_(two.weight, 5)
    with exchanged([one], [two]):
        result = one(images(0, 2))
        result.square().sum().backward()
    assert result.flatten().tolist() == pytest.approx([-5, 5], abs=1e-3)
    assert one.weight.item() == 1
    assert one.weight.grad is None
    assert two.weight.grad is not None
    assert (one.running_mean.item(), two.running_mean.item()) == (0, pytest.approx(0.1))
