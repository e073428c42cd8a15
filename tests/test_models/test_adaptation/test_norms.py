import pytest
import torch
from torch import nn

from mmpose_addons.models.adaptation.norms import DomainNorms


class Net(nn.Module):
    """BatchNorm of one channel, and its norms of other domains."""

    def __init__(self, mode, domains=('source',)):
        super().__init__()
        self.norm = nn.BatchNorm2d(1, momentum=1)
        self.norms = DomainNorms(mode, self, domains)

    def run(self, groups):
        """Source pixels 0 and 4, target pixels 10 and 14, in turns."""
        inputs = torch.tensor([0.0, 10, 4, 14]).reshape(4, 1, 1, 1)
        outputs = self.norms.forward_by_domain(
            self, lambda x: (self.norm(x), [x]), inputs, groups
        )
        assert outputs[1][0].flatten().tolist() == [0, 10, 4, 14]
        return outputs[0].flatten()

    @property
    def mean(self):
        return self.norm.running_mean.item()


BOTH = dict(source=[0, 2], target=[1, 3])


def test_joint():
    net = Net('joint')
    expected = torch.tensor([-7.0, 3, -3, 7]) / torch.tensor(29.0).sqrt()
    torch.testing.assert_close(net.run(BOTH), expected, rtol=0, atol=1e-5)
    assert net.mean == 7


@pytest.mark.parametrize(('mode', 'mean'), [('separate', 12), ('target', 12), ('domain', 12)])
def test_each_domain_by_itself(mode, mean):
    net = Net(mode)
    expected = torch.tensor([-1.0, -1, 1, 1])
    torch.testing.assert_close(net.run(BOTH), expected, rtol=0, atol=1e-5)
    assert net.mean == mean  # with a momentum of 1 the last group's, which is the target


def test_whose_statistics_are_recorded():
    """With the target first, only 'separate' ends with those of the source."""
    order = dict(target=[1, 3], source=[0, 2])
    means = {}
    for mode in ('separate', 'target', 'domain'):
        net = Net(mode)
        net.run(order)
        means[mode] = net.mean
    assert means == dict(separate=2, target=12, domain=12)
    assert net.norms.own['source'][0].running_mean.item() == 2


def test_batches_of_source_alone_are_recorded():
    """Before there are pseudo-labels, for 'target' as well."""
    inputs = dict(source=[0, 1, 2, 3])
    for mode in ('separate', 'target'):
        net = Net(mode)
        net.run(inputs)
        assert net.mean == 7, mode


def test_domains_have_own_weights():
    net = Net('domain')
    nn.init.constant_(net.norm.weight, 5)
    assert net.run(BOTH).tolist() == pytest.approx([-1, -5, 1, 5], abs=1e-4)
    net.norms.copy_from(net)
    assert net.run(BOTH).tolist() == pytest.approx([-5, -5, 5, 5], abs=1e-4)


def test_checkpoints_without_and_with_domains():
    net = Net('domain')
    plain = dict(net.norm.state_dict(prefix='norm.'))
    plain['norm.weight'] = torch.tensor([7.0])
    missing = net.norms.missing_from(plain, net)
    assert missing['norms.own.source.0.weight'].item() == 7
    net.load_state_dict({**plain, **missing})
    assert net.norms.own['source'][0].weight.item() == 7
    assert not net.norms.missing_from(net.state_dict(), net)


def test_wrong_modes():
    with pytest.raises(ValueError, match=r"batch_norm must be one of .* got 'frozen'"):
        Net('frozen')
    with pytest.raises(ValueError, match='needs the names of the other domains'):
        Net('domain', ())
    with pytest.raises(ValueError, match=r"'source' has no BatchNorm .* has \['drawn'\]"):
        Net('domain', ('drawn',)).run(BOTH)
