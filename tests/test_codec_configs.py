"""Configs with our heatmap codecs: their parts fit together, and the toy ones learn."""

from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmpose.registry import KEYPOINT_CODECS

from mmpose_addons.codecs import HeatmapCodec
from mmpose_addons_toys import make_toy_people

CONFIGS = Path(__file__).parents[1] / 'configs'
BODY = sorted(
    str(file.relative_to(CONFIGS))
    for file in (CONFIGS / 'body_2d_keypoint').rglob('*.py')
    if '_base_' not in file.parts
)
TOY = [name for name in BODY if '/lpn/toy/' in name]
OTHERS = sorted(
    str(file.relative_to(CONFIGS))
    for kind in ('animal_2d_keypoint', 'face_2d_keypoint')
    for file in (CONFIGS / kind).rglob('td-hm_*.py')
)


def step_of(pipeline: list, kind: str):
    (step,) = (step for step in pipeline if step.type == kind)
    return step


def check_flip_test(model, codec):
    """Mirroring moves the maps on the stride grid only, by nearly 1 px."""
    strides = np.divide(codec.input_size, codec.heatmap_size)
    # MMPose's codecs have no such attributes; those in use here have strides
    on_strides = np.allclose(getattr(codec, 'scale', strides), strides)
    mode = 'udp_combined' if getattr(codec, 'channels_per_keypoint', 1) == 3 else 'heatmap'
    if model.test_cfg.flip_test:
        assert model.test_cfg.get('shift_heatmap', False) == on_strides
        assert model.test_cfg.flip_mode == mode


@pytest.mark.parametrize('name', OTHERS)
def test_flip_test_of_animals_and_faces_fits_the_codec(name):
    init_default_scope('mmpose')
    model = Config.fromfile(CONFIGS / name).model
    check_flip_test(model, KEYPOINT_CODECS.build(model.head.decoder))


@pytest.mark.parametrize('name', BODY)
def test_flip_test_transform_and_network_fit_the_codec(name):
    config = Config.fromfile(CONFIGS / name)
    model = config.model
    codec = KEYPOINT_CODECS.build(model.head.decoder)
    assert isinstance(codec, HeatmapCodec)
    train, test = config.train_dataloader.dataset, config.test_dataloader.dataset
    for pipeline in train.pipeline, test.pipeline:
        affine = step_of(pipeline, 'TopdownAffine')
        assert affine.get('use_udp', False) == codec.use_udp
        assert affine.input_size == codec.input_size
    encoder = step_of(train.pipeline, 'GenerateTarget').encoder
    encoders = encoder if isinstance(encoder, list) else [encoder]
    assert encoders[-1] == model.head.decoder

    check_flip_test(model, codec)
    keypoints = 16 if 'mpii' in name else 17
    assert model.head.out_channels == keypoints * codec.channels_per_keypoint
    # MMPose's accuracy in training takes one map a keypoint
    combined = codec.channels_per_keypoint > 1
    assert model.get('train_cfg', {}).get('compute_acc', True) != combined


@pytest.fixture(scope='module')
def toy_people(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp('toy') / 'people'
    make_toy_people(folder, images=24, seed=0, val_fraction=0.2, workers=1, scenes='calm')
    return folder


@pytest.mark.slow
@pytest.mark.parametrize('name', TOY)
def test_toy_config_learns(name, toy_people, tmp_path):
    """Over 20 steps on twenty images the loss falls by a tenth, without a warm-up."""
    config = Config.fromfile(CONFIGS / name)
    config.work_dir = str(tmp_path)
    config.train_dataloader.update(batch_size=4, num_workers=0, persistent_workers=False)
    config.train_dataloader.dataset.data_root = str(toy_people)
    config.train_cfg = dict(type='IterBasedTrainLoop', max_iters=20)
    config.optim_wrapper.optimizer.lr = 3e-4
    config.param_scheduler = None
    config.default_hooks.logger.interval = 1
    config.default_hooks.checkpoint = None
    for key in ('val_cfg', 'val_dataloader', 'val_evaluator'):
        config.pop(key)
    init_default_scope('mmpose')
    runner = Runner.from_cfg(config)
    runner.train()
    losses = runner.message_hub.get_scalar('train/loss').data[0]
    assert losses[-5:].mean() < 0.9 * losses[:5].mean()
