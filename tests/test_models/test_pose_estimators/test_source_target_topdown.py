import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS, MODELS

from helpers import tiny_domains


@pytest.fixture
def build(tmp_path):
    init_default_scope('mmpose')
    folder = tiny_domains.write_domains(tmp_path / 'data', source=2, target=2, video=2)

    def make(head, **changes):
        config = tiny_domains.config(folder, tmp_path, head=head)
        model = MODELS.build({**config.model, **changes})
        dataset = DATASETS.build(config.train_dataloader.dataset)
        dataset.target.renew(
            np.full((2, 3, 2), 20, np.float32), np.ones((2, 3), bool), np.ones(2, bool)
        )
        batch = pseudo_collate([dataset[(index, 5)] for index in (0, 2, 1, 3)])
        return model, model.data_preprocessor(batch, training=True)

    return make


@pytest.mark.parametrize('head', tiny_domains.HEADS)
def test_losses_of_each_domain(build, head):
    """In eval mode, where samples do not see each other, they are those of plain batches."""
    model, batch = build(head)
    model.eval()
    losses = model(**batch, mode='loss')
    total, _ = model.parse_losses(losses)
    expected = 0
    for domain, weight in (('source', 1), ('target', 10)):
        rows = [i for i, s in enumerate(batch['data_samples']) if s.domain == domain]
        assert len(rows) == 2
        feats = model.extract_feat(batch['inputs'][rows])
        plain = model.head.loss(feats, [batch['data_samples'][i] for i in rows])
        expected = expected + weight * model.parse_losses(plain)[0]
    torch.testing.assert_close(total, expected)
    total.backward()
    assert any(p.grad is not None and p.grad.any() for p in model.parameters())


def test_one_pass_through_norms(build):
    """BatchNorm sees both domains together, once."""
    model, batch = build('heatmap')
    model.train()
    model(**batch, mode='loss')
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert [int(norm.num_batches_tracked) for norm in norms] == [1, 1, 1]
    assert 'forward' not in vars(model.head)


def test_source_alone(build):
    model, batch = build('heatmap')
    rows = [i for i, s in enumerate(batch['data_samples']) if s.domain == 'source']
    losses = model(batch['inputs'][rows], [batch['data_samples'][i] for i in rows], mode='loss')
    assert all(name.startswith('source/') for name in losses)


def test_bad_weight(build):
    with pytest.raises(ValueError, match='must not be negative, got -1'):
        build('heatmap', target_weight=-1)
