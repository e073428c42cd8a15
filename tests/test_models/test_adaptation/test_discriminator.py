import math

import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmengine.logging import MessageHub
from mmpose.registry import DATASETS, MODELS

from helpers import tiny_domains
from mmpose_addons.models.adaptation.adapter import FeatureAdapter
from mmpose_addons.models.adaptation.discriminator import DomainDiscriminator
from mmpose_addons.prediction_error import PredictionError
from mmpose_addons_core.adaptation.domain_losses import reversal_ramp

ADVERSARY = dict(in_channels=16, hidden=8, ramp='constant')


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp('domains')
    return tiny_domains.write_domains(folder, source=2, target=2, video=2)


@pytest.fixture
def build(folder, tmp_path):
    def make(head='msra', discriminator=ADVERSARY, rows=(0, 2, 4, 3, 1, 5), **model):
        config = tiny_domains.config(
            folder,
            tmp_path,
            head=head,
            model=dict(discriminator=discriminator, **model),
            more_domains=dict(human='source'),
        )
        model = MODELS.build(config.model)
        dataset = DATASETS.build(config.train_dataloader.dataset)
        batch = pseudo_collate([dataset[(index, 5)] for index in rows])
        return model, model.data_preprocessor(batch, training=True)

    return make


def gradients(model, loss):
    """Gradients of backbone, adapter and discriminator."""
    model.zero_grad()
    loss.backward()
    found = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    return {
        part: {name: g.clone() for name, g in found.items() if name.startswith(part)}
        for part in ('backbone', 'adapter', 'discriminator')
    }


@pytest.mark.parametrize('adapter', [None, dict(channels=16)])
def test_gradient_is_reversed_in_the_backbone_only(build, adapter):
    """With the factor 0 instead of 0.5 the backbone learns nothing; with -1 it learns plainly.

    The gradients of the discriminator stay the same.
    """
    model, batch = build(discriminator=dict(ADVERSARY, strength=0.5), adapter=adapter)
    model.eval()
    found = {}
    for factor in (0.5, -1.0, 0.0):
        model.discriminator.factor = lambda factor=factor: factor
        losses = model(**batch, mode='loss')
        found[factor] = gradients(model, losses['discriminator/loss'])
    assert found[0.5]['discriminator']
    for name, plain in found[-1.0]['backbone'].items():
        torch.testing.assert_close(found[0.5]['backbone'][name], -0.5 * plain)
        assert not found[0.0]['backbone'][name].any()
    assert any(g.any() for g in found[-1.0]['backbone'].values())
    for name, plain in found[-1.0]['discriminator'].items():
        torch.testing.assert_close(found[0.5]['discriminator'][name], plain)
    assert any(g.any() for g in found[0.0]['discriminator'].values())


def test_sum_of_losses(build):
    """L_DDL of even logits, and 500 times the losses of a model without discriminator."""
    model, batch = build(domain_weights=dict(human=0.5))
    torch.nn.init.zeros_(model.discriminator.decisions[-1].weight)
    torch.nn.init.zeros_(model.discriminator.decisions[-1].bias)
    losses = model(**batch, mode='loss')
    entropy = (6 + 4) / 6 * math.log(2)  # the second decision counts for 4 animals of 6
    assert losses['discriminator/loss'].item() == pytest.approx(entropy, rel=1e-6)
    assert losses['discriminator/human_bce'].item() == pytest.approx(math.log(2))
    assert losses['discriminator/target_bce'].item() == pytest.approx(2 * math.log(2))
    assert losses['discriminator/human_accuracy'] == 1  # 0 is no animal
    assert losses['discriminator/target_accuracy'] == 0
    plain, _ = build(discriminator=None, domain_weights=dict(human=0.5))
    plain.load_state_dict(model.state_dict(), strict=False)
    expected = plain(**batch, mode='loss')
    assert 'target/loss_kpt' not in losses  # there are no labels yet
    for name in ('human/loss_kpt', 'source/loss_kpt'):
        torch.testing.assert_close(losses[name], 500 * expected[name], rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(losses['source/acc_pose'], expected['source/acc_pose'])
    total, _ = model.parse_losses(losses)
    poses = losses['human/loss_kpt'] + losses['source/loss_kpt']
    torch.testing.assert_close(total, poses + losses['discriminator/loss'])


@pytest.mark.parametrize('head', ['udp', 'stages', 'heatmap'])
def test_heatmap_heads(build, head):
    discriminator = dict(ADVERSARY, convolutions=[4, 4], tap='input')
    model, batch = build(head, discriminator, adapter=dict(channels=16))
    total, _ = model.parse_losses(model(**batch, mode='loss'))
    found = gradients(model, total)
    assert all(g.isfinite().all() for part in found.values() for g in part.values())
    assert any(g.any() for g in found['adapter'].values())


def test_domains_that_have_batch_norm_of_their_own(build):
    model, batch = build(batch_norm='domain', norm_domains=['source', 'human'])
    losses = model(**batch, mode='loss')
    assert losses['discriminator/source_bce'] > 0


@pytest.mark.parametrize(
    ('rows', 'message'),
    [
        ((0, 1), r'no sample of people \(human\) and of the target \(target\), which'),
        ((2, 3, 4), 'no sample of labelled animals'),
        ((0, 2), r"people \(human\), which .* got samples of \['source', 'target'\]"),
    ],
)
def test_batch_without_a_domain(build, rows, message):
    model, batch = build(rows=rows)
    with pytest.raises(ValueError, match=message):
        model(**batch, mode='loss')


def test_two_domains_of_animals(build):
    model, batch = build(discriminator=dict(ADVERSARY, human=[]), rows=(0, 2))
    assert model(**batch, mode='loss')['discriminator/loss'] > 0


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(stage=3), r'reads stage 3, the backbone has 1'),
        (dict(in_channels=8), r'reads features with 16 channels in stage -1, got 8'),
    ],
)
def test_stage_that_does_not_exist(build, change, message):
    model, batch = build(discriminator=dict(ADVERSARY, **change))
    with pytest.raises(ValueError, match=message):
        model(**batch, mode='loss')


def test_nan_features(build):
    model, batch = build()
    batch['inputs'][3, 0, 5, 5] = float('nan')
    model.eval()
    path = batch['data_samples'][3].img_path
    with pytest.raises(PredictionError, match=f'features .* NaN or infinite for {path}'):
        model(**batch, mode='loss')


@pytest.mark.parametrize(
    'bad',
    [
        dict(hidden=0),
        dict(strength=-1),
        dict(ramp='cosine'),
        dict(tap='middle'),
        dict(human='human'),
        dict(target=[]),
    ],
)
def test_bad_arguments(bad):
    with pytest.raises(ValueError, match='got'):
        DomainDiscriminator(**{**ADVERSARY, **bad})


def test_pose_weight_that_does_not_fit(build, recwarn, monkeypatch):
    build('msra')
    assert not [w for w in recwarn if 'pose_weight' in str(w.message)]
    with pytest.warns(UserWarning, match=r'pose_weight=500 .* got KLDiscretLoss'):
        build('simcc')
    head, _ = tiny_domains.HEADS['msra']
    loss = dict(type='KeypointMSELoss', use_target_weight=True, loss_weight=1000.0)
    monkeypatch.setitem(head, 'loss', loss)
    with pytest.warns(UserWarning, match=r'pose_weight=500 .* got 1000'):
        build('msra')


def test_ramp_follows_the_training():
    discriminator = DomainDiscriminator(16, strength=2)
    hub = MessageHub.get_current_instance()
    before = dict(hub.runtime_info)
    try:
        hub.runtime_info.clear()
        assert discriminator.factor() == pytest.approx(2 * reversal_ramp(1))
        hub.update_info_dict(dict(iter=25, max_iters=100))
        assert discriminator.factor() == pytest.approx(2 * reversal_ramp(0.25))
    finally:
        hub.runtime_info.clear()
        hub.runtime_info.update(before)


def test_adapter_begins_as_the_identity_and_learns():
    adapter = FeatureAdapter(4)
    features = torch.randn(3, 4, 5, 5, requires_grad=True)
    (out,) = adapter((features,))
    assert torch.equal(out, features)
    out.square().sum().backward()
    assert adapter.layers[-1].weight.grad.any()
    with pytest.raises(ValueError, match=r'channels=4.* got \(3, 5, 5, 5\)'):
        adapter(torch.zeros(3, 5, 5, 5))
    with pytest.raises(ValueError, match='channels >= 1, got 0'):
        FeatureAdapter(0)
