"""WS-CDA with LPN and the hourglass: one step, and the gradient that reaches the backbone."""

import numpy as np
import pytest
import torch
from mmengine.optim import build_optim_wrapper
from mmpose.registry import MODELS

from mmpose_addons.models.adaptation.targets import as_samples, encode

DOMAINS = ('human', 'source', 'target', 'human')
JOINTS, SIDE = 5, 64
LOSS = dict(type='KeypointMSELoss', use_target_weight=True)
NETWORKS = {
    'LPN': dict(
        backbone=dict(type='LPN', depth=50, stem_channels=16, base_channels=16),
        head=dict(type='LPNHead', in_channels=128, deconv_out_channels=(16, 16), loss=LOSS),
        adapter=dict(channels=128, hidden=8),
        discriminator=dict(in_channels=128),
    ),
    'hourglass': dict(
        backbone=dict(
            type='HourglassPreAct', num_stacks=2, feat_channels=16, out_channels=JOINTS, depth=2
        ),
        head=dict(
            type='CPMHead', in_channels=JOINTS, num_stages=2, final_layer=None, loss=LOSS
        ),
        discriminator=dict(in_channels=JOINTS, convolutions=(8,)),
    ),
}


@pytest.fixture(params=NETWORKS)
def model(request):
    torch.manual_seed(0)
    parts = NETWORKS[request.param]
    codec = dict(
        type='MSRAHeatmap', input_size=(SIDE, SIDE), heatmap_size=(SIDE // 4,) * 2, sigma=1
    )
    head = dict(parts['head'], out_channels=JOINTS, decoder=codec)
    return MODELS.build(
        dict(
            type='SourceTargetTopdown',
            data_preprocessor=dict(
                type='PoseDataPreprocessor', mean=[127.0] * 3, std=[64.0] * 3
            ),
            backbone=parts['backbone'],
            head=head,
            adapter=parts.get('adapter'),
            discriminator=dict(parts['discriminator'], hidden=8, ramp='constant', strength=0.5),
        )
    )


@pytest.fixture
def batch(model, rng):
    images = torch.from_numpy(rng.integers(0, 255, (4, 3, SIDE, SIDE), dtype=np.uint8))
    points = torch.from_numpy(rng.uniform(8, 56, (4, JOINTS, 2)).astype(np.float32))
    codec = model.head.decoder
    samples = as_samples(
        codec, encode(codec, points, torch.ones(4, JOINTS), torch.device('cpu'))
    )
    for sample, domain in zip(samples, DOMAINS, strict=True):
        sample.set_metainfo(
            dict(domain=domain, has_labels=domain != 'target', img_path='noise.jpg')
        )
    return dict(inputs=list(images), data_samples=samples)


def gradients(model, batch, factor):
    """Gradients of L_DDL with a factor of the reversal, by name."""
    model.discriminator.factor = lambda: factor
    model.zero_grad()
    model(**batch, mode='loss')['discriminator/loss'].backward()
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


def test_the_gradient_reaches_the_backbone_reversed(model, batch):
    model.eval()  # the same BatchNorm in both passes
    data = model.data_preprocessor(batch, training=True)
    plain, reversed_ = gradients(model, data, -1.0), gradients(model, data, 0.5)
    sides = {'backbone': -0.5, 'adapter': -0.5, 'discriminator': 1.0}
    seen = set()
    for name, gradient in plain.items():
        side = name.split('.')[0]
        torch.testing.assert_close(
            reversed_[name], sides[side] * gradient, rtol=1e-4, atol=1e-7
        )
        seen |= {side} if gradient.any() else set()
    assert {'backbone', 'discriminator'} <= seen


def test_one_step_changes_all_parts_and_logs_all_domains(model, batch):
    before = {name: value.clone() for name, value in model.named_parameters()}
    wrapper = build_optim_wrapper(model, dict(optimizer=dict(type='SGD', lr=0.01)))
    logged = model.train_step(batch, wrapper)
    moved = {
        name.split('.')[0]
        for name, value in model.named_parameters()
        if not torch.equal(value, before[name])
    }
    assert {'backbone', 'discriminator'} <= moved
    assert all(torch.as_tensor(value).isfinite().all() for value in logged.values())
    domains = {*DOMAINS}
    assert {f'discriminator/{d}_{k}' for d in domains for k in ('accuracy', 'bce')} <= {*logged}
    assert {'human/loss_kpt', 'source/loss_kpt'} <= {*logged}
    assert 'target/loss_kpt' not in logged
