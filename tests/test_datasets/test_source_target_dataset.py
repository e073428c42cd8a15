import json

import numpy as np
import pytest
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS

from helpers import tiny_domains
from mmpose_addons.datasets import SourceTargetDataset, SourceTargetSampler


@pytest.fixture
def folder(tmp_path):
    init_default_scope('mmpose')
    return tiny_domains.write_domains(tmp_path / 'data', source=10, target=12)


@pytest.fixture
def config(folder, tmp_path):
    return tiny_domains.config(folder, tmp_path).train_dataloader.dataset


@pytest.fixture
def dataset(config):
    return DATASETS.build(config)


def label(dataset, samples, found=None):
    kept = np.zeros((12, 3), bool)
    kept[samples, 1] = True
    there = np.zeros(12, bool)
    there[slice(None) if found is None else found] = True
    dataset.target.renew(np.full((12, 3, 2), 20, np.float32), kept, there)


def test_a_sample_depends_on_its_draw_alone(dataset):
    label(dataset, [4])
    one, two = dataset[(14, 77)], dataset[(14, 77)]
    other = dataset[(14, 78)]
    assert one['data_samples'].domain == 'target'
    assert (one['inputs'] == two['inputs']).all()
    assert (one['inputs'] != other['inputs']).any()
    weights = one['data_samples'].gt_instance_labels.keypoint_weights
    assert weights.sum() == 1
    assert dataset[3]['data_samples'].domain == 'source'


def test_draws_leave_the_random_generators_alone(dataset):
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    dataset[(0, 5)]
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002


def test_missing_target_image_is_replaced(dataset, folder):
    label(dataset, [4, 5], found=[4, 5])
    (folder / 'target' / '004.png').unlink()
    assert dataset[(14, 1)]['data_samples'].img_id == 5
    (folder / 'target' / '005.png').unlink()
    with pytest.raises(OSError, match=r'20 target images in a row gave no sample.*00[45]\.png'):
        dataset[(14, 1)]


def test_missing_source_image_is_an_error(dataset, folder):
    (folder / 'source' / '002.png').unlink()
    with pytest.raises(FileNotFoundError, match=r'002\.png'):
        dataset[(2, 0)]


def test_other_keypoints(config, folder):
    metainfo = dict(tiny_domains.METAINFO, joint_weights=[1.0] * 2, sigmas=[0.1] * 2)
    metainfo['keypoint_info'] = {
        i: dict(name=f'p{i}', id=i, color=[0, 0, 0], type='upper', swap='') for i in range(2)
    }
    metainfo['skeleton_info'] = {}
    file = folder / 'target.json'
    content = json.loads(file.read_text())
    for annotation in content['annotations']:
        annotation['keypoints'] = annotation['keypoints'][:6]
        annotation['num_keypoints'] = 2
    content['categories'][0]['keypoints'] = ['p0', 'p1']
    file.write_text(json.dumps(content))
    config.target.dataset.metainfo = metainfo
    with pytest.raises(ValueError, match=r"same keypoints: 3 of the source .* 2 .*'p0', 'p1'"):
        DATASETS.build(config)


def test_target_must_hide_its_labels(config):
    with pytest.raises(TypeError, match='must be a PseudoLabelDataset, got CheckedCocoDataset'):
        SourceTargetDataset(source=config.source, target=config.source)


def sampler(dataset, **kwargs):
    return SourceTargetSampler(dataset, **{**dict(batch_size=4, seed=3), **kwargs})


def test_ratio_and_length(dataset):
    label(dataset, [4], found=[1, 4, 7])
    draws = list(sampler(dataset, batch_size=5, target_share=0.4))
    assert len(draws) == len(sampler(dataset, batch_size=5, target_share=0.4)) == 4 * 5
    indices = np.array([draw.index for draw in draws]).reshape(4, 5)
    assert (indices[:, :3] < 10).all()
    assert set(indices[:, 3:].ravel()) == {11, 14, 17}
    assert set(indices[:, :3].ravel()) == set(range(10))


def test_without_labels_all_is_source(dataset):
    draws = list(sampler(dataset))
    assert len(draws) == 20
    assert max(draw.index for draw in draws) < 10


def test_epochs_differ_and_repeat(dataset):
    label(dataset, range(12))
    one, two, again = sampler(dataset), sampler(dataset), sampler(dataset)
    two.set_epoch(1)
    assert list(one) == list(again)
    assert list(one) != list(two)
    seeds = [draw.seed for draw in one]
    assert len(set(seeds)) == len(seeds)


def test_two_processes_share_the_batches_of_one(dataset, monkeypatch):
    label(dataset, range(12))
    module = 'mmpose_addons.datasets.source_target_sampler.get_dist_info'
    whole = np.array([draw.index for draw in sampler(dataset, batch_size=8)]).reshape(-1, 8)
    parts = []
    for rank in range(2):
        monkeypatch.setattr(module, lambda rank=rank: (rank, 2))
        parts.append(np.array([draw.index for draw in sampler(dataset)]).reshape(-1, 4))
    together = np.concatenate(parts, 1)
    np.testing.assert_array_equal(np.sort(together), np.sort(whole))


@pytest.mark.parametrize('share', [0, 1, 0.05])
def test_batch_of_one_domain(dataset, share):
    with pytest.raises(ValueError, match='both are needed'):
        sampler(dataset, target_share=share)


@pytest.fixture
def three(config, folder):
    """Ten source, twelve target and twelve labelled target samples."""
    few = dict(config.source, ann_file='target.json')
    return DATASETS.build(dict(config, few=few))


def test_three_domains(three):
    label(three, [4])
    assert three.labelled == ['source', 'few']
    assert [three.start_of(name) for name in ('source', 'target', 'few')] == [0, 10, 22]
    assert len(three) == 34
    domains = [three[(index, 3)]['data_samples'].domain for index in (9, 10, 21, 22, 33)]
    assert domains == ['source', 'target', 'target', 'few', 'few']
    weights = three[(22, 3)]['data_samples'].gt_instance_labels.keypoint_weights
    assert weights.sum() == 3


def test_shares_of_three_domains(three):
    shares = dict(source=0.5, target=0.25, few=0.25)
    without = sampler(three, batch_size=8, shares=shares)
    indices = np.array([draw.index for draw in without]).reshape(-1, 8)
    assert indices.shape == (3, 8)  # ten source samples, four in a batch
    assert [((row < 10).sum(), (row >= 22).sum()) for row in indices] == [(5, 3)] * 3
    label(three, [4])
    indices = np.array([draw.index for draw in without]).reshape(-1, 8)
    assert [((row < 10).sum(), (row >= 22).sum()) for row in indices] == [(4, 2)] * 3
    without.paused.add('few')
    indices = np.array([draw.index for draw in without]).reshape(-1, 8)
    assert ((indices < 10).sum(1) == 5).all()
    assert (indices < 22).all()


def test_shares_that_do_not_fit(three, dataset):
    for shares in (dict(source=0.5, target=0.5), dict(source=0.5, target=0.4, few=0.2)):
        with pytest.raises(ValueError, match=r"need shares with the sum 1, got \{'source'"):
            sampler(three, shares=shares)
    with pytest.raises(ValueError, match='2 source and 2 target and 0 few samples; all are'):
        sampler(three, shares=dict(source=0.45, target=0.5, few=0.05))
    with pytest.raises(ValueError, match='need shares'):
        sampler(three)


def test_domains_need_a_labelled_one(config):
    with pytest.raises(ValueError, match=r"a labelled domain is needed, got only \['target'\]"):
        SourceTargetDataset(target=config.target)


def test_a_domain_without_samples(config, folder):
    (folder / 'none.json').write_text(
        json.dumps(dict(images=[], annotations=[], categories=[dict(id=1, name='dots')]))
    )
    empty = dict(config.source, ann_file='none.json')
    with pytest.raises(ValueError, match=r'none\.json|no usable sample'):
        SourceTargetDataset(source=empty, target=config.target)
