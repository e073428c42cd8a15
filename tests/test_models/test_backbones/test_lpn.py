import numpy as np
import pytest
import torch
from mmcv.cnn.bricks import ContextBlock
from mmengine.analysis import get_model_complexity_info
from mmengine.logging import MMLogger
from mmpose.registry import MODELS
from torch import nn

from mmpose_addons.models.layers.channel_attention import GlobalContext

PARAMETERS = {  # with 17 keypoints
    (50, 'GC'): 2_911_153,
    (50, 'SE'): 2_902_673,
    (50, None): 2_732_689,
    (101, 'GC'): 5_353_458,
    (152, 'GC'): 7_377_459,
}


class Network(nn.Module):
    def __init__(self, **backbone) -> None:
        super().__init__()
        self.backbone = MODELS.build(dict(type='LPN', **backbone))
        self.head = MODELS.build(dict(type='LPNHead', in_channels=512, out_channels=17))

    def forward(self, image):
        return self.head(self.backbone(image))


@pytest.mark.parametrize(('depth', 'attention'), PARAMETERS)
def test_parameter_count(depth, attention):
    network = Network(depth=depth, attention=attention)
    count = sum(p.numel() for p in network.parameters())
    assert count == PARAMETERS[depth, attention]


@pytest.mark.parametrize(('depth', 'gflops'), [(50, 1.0), (101, 1.4), (152, 1.8)])
def test_flops_as_in_the_paper(depth, gflops):
    # MMEngine counts a multiplication and its addition as one; the paper's "G" is 2 ** 30.
    info = get_model_complexity_info(
        Network(depth=depth).eval(), (3, 256, 192), show_table=False, show_arch=False
    )
    assert info['flops'] / 2**30 == pytest.approx(gflops, abs=0.05)


def test_shapes_and_strides():
    features = MODELS.build(dict(type='LPN', depth=50, out_indices=(0, 1, 2, 3)))(
        torch.zeros(2, 3, 64, 48)
    )
    assert [tuple(f.shape) for f in features] == [
        (2, 64, 16, 12),
        (2, 128, 8, 6),
        (2, 256, 4, 3),
        (2, 512, 4, 3),
    ]


@pytest.mark.parametrize('pooling_type', ['att', 'avg'])
@pytest.mark.parametrize('fusion_type', ['channel_add', 'channel_mul'])
def test_every_kind_of_global_context_trains(pooling_type, fusion_type):
    network = Network(
        depth=50, attention_cfg=dict(pooling_type=pooling_type, fusion_type=fusion_type)
    )
    network(torch.rand(2, 3, 64, 48)).sum().backward()
    missing = [name for name, p in network.named_parameters() if p.grad is None]
    assert missing == []


def test_initialisation_is_the_published_one():
    # MMEngine writes how it initialises to the current logger, which here must be a live one
    MMLogger.get_instance('test_initialisation')
    network = Network(depth=50)
    network.backbone.init_weights()
    network.head.init_weights()
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            if 'channel_add_conv.3' in name:
                assert not module.weight.any(), name
            else:
                # the standard deviation of n draws is off by 1 / sqrt(2 n): six of those
                n = module.weight.numel()
                assert module.weight.std().item() == pytest.approx(
                    1e-3, rel=6 / np.sqrt(2 * n)
                ), name
        elif isinstance(module, nn.BatchNorm2d):
            assert (module.weight == 1).all()
            assert not module.bias.any()


@pytest.mark.parametrize('pooling_type', ['att', 'avg'])
@pytest.mark.parametrize('fusion_type', ['channel_add', 'channel_mul'])
@pytest.mark.parametrize('memory_format', [torch.contiguous_format, torch.channels_last])
def test_global_context_computes_mmcvs_block(pooling_type, fusion_type, memory_format):
    block = GlobalContext(64, pooling_type, fusion_type)
    for parameter in block.parameters():
        torch.nn.init.normal_(parameter)
    x = torch.randn(2, 64, 8, 6).to(memory_format=memory_format)
    torch.testing.assert_close(block(x), ContextBlock.forward(block, x))


def test_fresh_global_context_is_the_identity():
    block = GlobalContext(64)
    block.zero_last_layer()
    x = torch.rand(2, 64, 5, 4)
    assert torch.equal(block(x), x)


@pytest.mark.parametrize(
    ('backbone', 'message'),
    [
        (dict(depth=34), r'depth must be one of \[50, 101, 152\], got 34'),
        (dict(depth=50, attention='CBAM'), r"attention must be one of .*, got 'CBAM'"),
    ],
)
def test_bad_arguments_are_named(backbone, message):
    with pytest.raises(ValueError, match=message):
        Network(**backbone)
