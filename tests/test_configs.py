"""Every config is built; its pipelines and its network run once, forward and backward."""

import copy
import functools
import re
from itertools import filterfalse
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import init_default_scope
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.registry import DATASETS, MODELS, TRANSFORMS
from torch import nn

from mmpose_addons.engine.hooks import ChannelsLastHook

CONFIGS = Path(__file__).parents[1] / 'configs'
FILES = sorted(
    str(file.relative_to(CONFIGS))
    for file in CONFIGS.rglob('*.py')
    if not {'_base_', 'person_detection'} & set(file.parts)  # the latter are MMDet's
)
CPU = sorted(
    str(file.relative_to(CONFIGS))
    for kind in ('*toy*.py', '*overfit*.py')
    for file in CONFIGS.rglob(kind)
)
"""What people train on a CPU."""
READS_IMAGES = 'LoadImage', 'FourierDomainAdaptation'
"""Steps that need image files."""
LARGE = '384x288', 'res152', 'hrnet-w48'
"""Of configs with these in their names another differs in size only, and runs in full."""


def fake_sample(metainfo: dict, rng: np.random.Generator) -> dict:
    """One instance in a noise image, as a data set of MMPose would hand it to the pipeline."""
    count = metainfo['num_keypoints']
    return dict(
        metainfo,
        img=rng.integers(0, 255, (300, 240, 3), dtype=np.uint8),
        img_path='noise.jpg',
        img_id=1,
        id=1,
        category_id=1,
        img_shape=(300, 240),
        ori_shape=(300, 240),
        bbox=np.array([[30, 40, 200, 260]], np.float32),
        bbox_score=np.ones(1, np.float32),
        keypoints=rng.uniform((60, 80), (170, 220), (1, count, 2)).astype(np.float32),
        keypoints_visible=np.ones((1, count), np.float32),
        raw_ann_info={},
    )


def run_pipeline(dataset: dict, rng: np.random.Generator) -> dict:
    """The data set's own transforms without those that read images."""
    metainfo = dataset.get('metainfo') or DATASETS.get(dataset['type']).METAINFO
    steps = [step for step in dataset['pipeline'] if step['type'] not in READS_IMAGES]
    sample = fake_sample(parse_pose_metainfo(metainfo), rng)
    return Compose([TRANSFORMS.build(step) for step in steps])(sample)


def parts_of(dataset: Config) -> dict[str, dict]:
    """The data sets whose pipelines make the samples: one, or one a domain, by its name."""
    if 'target' not in dataset:
        return dict(source=dataset)
    target = dataset.target
    labelled = {name: part for name, part in dataset.items() if name not in ('type', 'target')}
    return dict(labelled, target=dict(target.dataset, pipeline=target.pipeline))


def without_pretraining(model: Config) -> Config:
    for part in model.values():
        if isinstance(part, dict) and 'init_cfg' in part:
            part.init_cfg = None
    return model


def is_large(name: str) -> bool:
    return any(map(name.count, LARGE))


@functools.cache
def parsed(name: str) -> Config:
    return Config.fromfile(CONFIGS / name)


def read(name: str) -> Config:
    config = copy.deepcopy(parsed(name))
    assert config.custom_imports == dict(imports=['mmpose_addons'], allow_failed_imports=False)
    init_default_scope('mmpose')
    return config


def has_channels_last(config: Config) -> bool:
    return dict(type='mmpose.ChannelsLastHook') in config.get('custom_hooks', [])


def case_of(config: Config) -> dict:
    """All that a run of the network once reads of a config."""
    return dict(
        model=without_pretraining(config.model),
        train=parts_of(config.train_dataloader.dataset),
        test=config.test_dataloader.dataset,
        channels_last=has_channels_last(config),
    )


def key_of(case: dict) -> str:
    """Equal for cases of the same networks and pipelines; files of data do not matter."""

    def sample_of(dataset: dict) -> tuple:
        return dataset['type'], dataset.get('metainfo'), dataset['pipeline']

    samples = [*map(sample_of, case['train'].values()), sample_of(case['test'])]
    return repr((case['model'], samples, case['channels_last']))


@pytest.fixture(scope='module')
def run_before() -> set[str]:
    """Keys of the cases that ran without an error."""
    return set()


@pytest.mark.parametrize('name', filterfalse(is_large, FILES))
def test_config_trains_and_tests(name, rng, run_before):
    """Configs that differ in their files of data or schedule run once."""
    case = case_of(read(name))
    key = key_of(case)
    if key not in run_before:
        train_and_test_once(**case, rng=rng)
        run_before.add(key)


def train_and_test_once(
    model: Config,
    train: dict[str, dict],
    test: dict,
    channels_last: bool,
    rng: np.random.Generator,
) -> None:
    model = MODELS.build(model)
    if channels_last:
        ChannelsLastHook().before_run(SimpleNamespace(model=model))
    for module in model.modules():  # a batch of one has no variance
        if isinstance(module, nn.BatchNorm2d):
            module.eval()

    packed = {domain: run_pipeline(part, rng) for domain, part in train.items()}
    for domain, sample in packed.items():
        sample['data_samples'].set_metainfo(dict(domain=domain))
    batch = pseudo_collate([*packed.values()])
    batch = model.data_preprocessor(batch, training=True)
    losses, _ = model.parse_losses(model(**batch, mode='loss'))
    assert np.isfinite(losses.item())
    losses.backward()
    assert any(p.grad is not None and p.grad.any() for p in model.parameters())

    (result,) = model.eval().test_step(pseudo_collate([run_pipeline(test, rng)]))
    keypoints = result.pred_instances.keypoints
    count = len(batch['data_samples'][0].metainfo['flip_indices'])
    assert keypoints.shape == (1, count, 2)
    assert np.isfinite(keypoints).all()


@pytest.mark.parametrize('name', filter(is_large, FILES))
def test_large_config_fits(name, rng):
    """The network, of shapes without values, makes maps as large as the targets."""
    config = read(name)
    loaders = config.train_dataloader, config.test_dataloader
    train, test = (run_pipeline(loader.dataset, rng) for loader in loaders)
    with torch.device('meta'):
        maps = MODELS.build(config.model)(test['inputs'][None].float().to('meta'), None)
    assert train['inputs'].shape == test['inputs'].shape
    assert maps.shape[1:] == train['data_samples'].gt_fields.heatmaps.shape


@pytest.mark.parametrize('name', FILES)
def test_schedule_of_config(name):
    """Steps of the learning rate lie inside the training."""
    config = parsed(name)
    stages = config.train_cfg.get('stages', [])
    end = config.train_cfg.get('max_epochs') or sum(stage.epochs for stage in stages)
    for scheduler in config.get('param_scheduler') or []:
        if scheduler.get('by_epoch', True):
            assert scheduler.get('end', end) <= end
            assert all(step < end for step in scheduler.get('milestones', []))


@pytest.mark.parametrize('name', CPU)
def test_config_for_a_cpu_is_channels_last(name):
    assert has_channels_last(parsed(name))


@pytest.mark.parametrize('name', FILES)
def test_config_name_follows_the_scheme(name):
    """MMPose's: algorithm, model, setting, data, size; ``8xb64`` is 8 GPUs, 64 images each."""
    scheme = r'td-(hm|reg)_[^_]+_([^_]+-)?(\d+)xb(?P<batch>\d+)-(?P<epochs>\d+)e_[^_]+-\d+x\d+'
    found = re.fullmatch(scheme, Path(name).stem)
    config = parsed(name)
    stages = config.train_cfg.get('stages', [])
    epochs = config.train_cfg.get('max_epochs') or sum(stage.epochs for stage in stages)
    assert found
    assert int(found['epochs']) == epochs
    assert int(found['batch']) == config.train_dataloader.batch_size


@pytest.mark.parametrize('name', FILES)
def test_no_pipeline_is_edited_by_position(name):
    """An index silently means another step as soon as a base gains one."""
    assert not re.search(r'pipeline\[', (CONFIGS / name).read_text())


def test_config_names_are_unique():
    """mim finds a config by its file name alone."""
    names = [Path(file).name for file in FILES]
    assert len(names) == len(set(names)) > 0


def test_toy_animals_give_their_backbone(tmp_path):
    """The backbone is that of the checkpoint; the head, for other keypoints, is new."""
    toys, horses = (
        Config.fromfile(CONFIGS / 'animal_2d_keypoint' / name).model
        for name in (
            'toy_pretraining/toy/td-hm_lpn-50_randomised-1xb32-20e_toy-animals-128x128.py',
            'livestock/td-hm_lpn-50_toy-pretrained-1xb32-30e_livestock-horse-128x128.py',
        )
    )
    pretrained = MODELS.build(toys)
    pretrained.init_weights()
    torch.save(dict(state_dict=pretrained.state_dict()), tmp_path / 'toys.pth')
    horses.backbone.init_cfg.checkpoint = str(tmp_path / 'toys.pth')
    model = MODELS.build(horses)
    model.init_weights()
    known = pretrained.state_dict()
    for name, value in model.state_dict().items():
        if name.startswith('backbone.'):
            assert torch.equal(value, known[name]), name
    head = 'head.final_layer.weight'
    assert not torch.equal(model.state_dict()[head], known[head])
