import pytest
import torch
from torch import nn

from mmpose_addons_core.networks.fuse_conv_bn import fuse_conv_bn


def with_statistics(network):
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.normal_(module.running_mean)
            nn.init.normal_(module.weight)
            nn.init.normal_(module.bias)
    return network.eval()


@pytest.mark.parametrize(
    'conv',
    [
        nn.Conv2d(4, 6, 3),
        nn.Conv2d(4, 6, 3, groups=2, bias=False),
        nn.ConvTranspose2d(4, 6, 4, stride=2),
        nn.ConvTranspose2d(4, 6, 4, stride=2, groups=2, bias=False),
    ],
)
def test_outputs_stay(conv):
    network = with_statistics(nn.Sequential(conv, nn.BatchNorm2d(6), nn.ReLU()))
    image = torch.randn(2, 4, 9, 9)
    folded = fuse_conv_bn(network, image)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.modules())
    assert isinstance(network[1], nn.BatchNorm2d)  # the original stays as it was
    with torch.no_grad():
        torch.testing.assert_close(folded(image), network(image), atol=1e-5, rtol=1e-4)


class OtherOrder(nn.Module):
    """The norm is registered after the convolution and runs before it."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x):
        return self.conv(self.norm(x))


def test_what_runs_in_another_order_is_left_alone():
    network = with_statistics(OtherOrder())
    assert fuse_conv_bn(network, torch.randn(2, 4, 9, 9)) is network


class SharedConvolution(nn.Module):
    """Two norms behind one convolution, as in the head of RTMDet."""

    def __init__(self):
        super().__init__()
        conv = nn.Conv2d(4, 6, 3)
        self.first = nn.Sequential(conv, nn.BatchNorm2d(6))
        self.second = nn.Sequential(conv, nn.BatchNorm2d(6))

    def forward(self, image):
        return self.first(image), self.second(image)


def test_a_shared_convolution_becomes_two():
    network = with_statistics(SharedConvolution())
    image = torch.randn(2, 4, 9, 9)
    folded = fuse_conv_bn(network, image)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.modules())
    assert network.first[0] is network.second[0]
    with torch.no_grad():
        torch.testing.assert_close(folded(image), network(image), atol=1e-5, rtol=1e-4)
