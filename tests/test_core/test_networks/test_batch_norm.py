import pytest
import torch
from torch import nn

from mmpose_addons_core.networks.batch_norm import (
    BatchNormError,
    adapt_batch_norm,
    batch_norms,
    exchanged,
    mixed_batches,
    statistics_kept,
)


def images(*values):
    """A batch of images of one pixel."""
    return torch.tensor(values, dtype=torch.float32).reshape(-1, 1, 1, 1)


@pytest.fixture
def network():
    return nn.Sequential(nn.BatchNorm2d(1), nn.Dropout(0.5), nn.BatchNorm2d(1, affine=False))


def test_statistics_are_those_of_all_images_together(network):
    """Two videos of another brightness, one a batch: the variance lies between the videos."""
    network[0].weight.data.fill_(3)
    before = {name: value.clone() for name, value in network.named_parameters()}
    dark, bright = images(0, 4, 2), images(98, 102)
    assert adapt_batch_norm(network, network, [dark, bright]) == 5
    for name, value in network.named_parameters():
        assert torch.equal(value, before[name]), name
    assert network[0].running_mean.item() == pytest.approx((0 + 4 + 2 + 98 + 102) / 5)
    within, between = (3 * 4 + 2 * 8) / 5, 98**2 * 0.6 * 0.4
    assert network[0].running_var.item() == pytest.approx(within + between)
    constant = nn.BatchNorm2d(1)
    adapt_batch_norm(constant, constant, [images(*[0.1] * 3)] * 9)
    assert 0 <= constant.running_var.item() < 1e-9


@pytest.mark.parametrize(('count', 'size'), [(1, 4), (33, 32), (7, 3), (500, 32)])
def test_batches_are_mixed_and_even(count, size):
    batches = mixed_batches(count, size)
    assert sorted(i for batch in batches for i in batch) == list(range(count))
    lengths = {len(batch) for batch in batches}
    assert max(lengths) <= size
    assert max(lengths) - min(lengths) <= 1
    first, last = zip(*[(batch[0], batch[-1]) for batch in batches], strict=True)
    assert max(first) < len(batches)  # each batch begins at the beginning
    assert count - min(last) <= len(batches)  # and reaches to the end


def test_modes_and_momenta_come_back(network):
    network.train()
    network[2].eval()
    network[0].momentum = None
    adapt_batch_norm(network, network, [images(1, 2)])
    assert [layer.training for layer in network] == [True, True, False]
    assert network[0].momentum is None
    # also a layer that normalises with fixed statistics in training is estimated
    assert network[2].running_mean.item() == pytest.approx(0, abs=1e-6)


def test_layers_that_no_image_reaches_stay(network):
    """Such as those of another domain."""
    network[2].running_var.fill_(0.3)
    adapt_batch_norm(network, network[0], [images(1, 2)])
    assert network[2].running_var.item() == torch.tensor(0.3).item()


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
    with pytest.raises(BatchNormError, match='needs several images to have a variance, got 1'):
        adapt_batch_norm(network, network, [images(1)])


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
