"""Networks of all kinds of configs and checkpoints."""

import warnings

import numpy as np
import pytest
import torch
from mmengine.config import Config

from helpers.poses import pose_config, pose_model
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons.estimators.loading import ModelError, geometry_of, load_pose_model
from mmpose_addons_fallbacks.quiet import quiet_warnings
from mmpose_addons_runtime.geometry import CropGeometry
from mmpose_addons_runtime.onnx_network import OnnxNetwork

WANTED = CropGeometry((48, 64), 1.25, False)


def without_test(train):
    config = pose_config().to_dict()
    del config['test_dataloader']
    config['train_dataloader'] = dict(dataset=train(config['train_dataloader']['dataset']))
    return Config(config)


@pytest.mark.parametrize(
    'train',
    [
        lambda dataset: dataset,
        lambda dataset: dict(type='RepeatDataset', dataset=dataset),
        lambda dataset: dict(type='CombinedDataset', datasets=[dataset]),
        # of CC-SSL: the pipeline for labelling, and one that cuts no crops
        lambda dataset: dict(
            type='SourceTargetDataset',
            source=dict(type='CocoDataset', pipeline=[dict(type='LoadImage')]),
            target=dict(
                type='PseudoLabelDataset',
                pipeline=[dict(type='LoadImage')],
                label_pipeline=dataset['pipeline'],
            ),
        ),
    ],
)
def test_crops_of_configs_without_a_test(train):
    assert geometry_of(without_test(train)) == WANTED


def test_the_test_pipeline_comes_first():
    config = pose_config(use_udp=True)
    for step in config.train_dataloader.dataset.pipeline:
        if step.type == 'TopdownAffine':
            step.input_size = (1, 2)
    assert geometry_of(config).input_size == (48, 64)
    config.test_dataloader.dataset.pipeline = [dict(type='LoadImage')]
    assert geometry_of(config).input_size == (1, 2)
    config.train_dataloader = None
    with pytest.raises(ModelError, match=r"with TopdownAffine is needed, got \['LoadImage'\]"):
        geometry_of(config)


def test_weights_of_several_gpus(tmp_path):
    config, model = pose_config(), pose_model()
    state = {f'module.{name}': value for name, value in model.state_dict().items()}
    write_checkpoint(tmp_path / 'a.pth', state, {})
    loaded = load_pose_model(config, tmp_path / 'a.pth', 'cpu')
    for name, value in loaded.state_dict().items():
        assert torch.equal(value, state[f'module.{name}'])


def test_weights_of_other_shapes(tmp_path):
    state = dict(pose_model().state_dict())
    first, second = [name for name, value in state.items() if value.ndim == 4][:2]
    shape = tuple(state[first].shape)
    for name in (first, second):
        state[name] = state[name][:1]
    write_checkpoint(tmp_path / 'a.pth', state, {})
    message = f'2 weights have other shapes .* {first}: expected {shape}, got {(1, *shape[1:])}'
    with pytest.raises(ModelError, match=message.replace('(', r'\(').replace(')', r'\)')):
        load_pose_model(pose_config(), tmp_path / 'a.pth', 'cpu')


def test_names_of_keypoints_that_the_checkpoint_lacks(tmp_path, recwarn):
    """A crop cache lies round the data set that has them; MMPose would take those of COCO."""
    config, model = pose_config(), pose_model()
    for kind in ('train', 'test'):
        dataset = config[f'{kind}_dataloader'].dataset
        dataset.metainfo = dict(from_file='configs/_base_/datasets/ap10k.py')
    config.test_dataloader = None
    config.train_dataloader.dataset = dict(
        type='CropCacheDataset', dataset=config.train_dataloader.dataset
    )
    write_checkpoint(tmp_path / 'a.pth', model.state_dict(), {})
    meta = load_pose_model(config, tmp_path / 'a.pth', 'cpu').dataset_meta
    assert meta['keypoint_id2name'][4] == 'Root of tail'
    assert not [w for w in recwarn if 'dataset_meta' in str(w.message)]
    own = dict(meta, keypoint_id2name={0: 'nose'})
    write_checkpoint(tmp_path / 'b.pth', model.state_dict(), dict(dataset_meta=own))
    loaded = load_pose_model(config, tmp_path / 'b.pth', 'cpu')
    assert loaded.dataset_meta['keypoint_id2name'] == {0: 'nose'}
    config.train_dataloader = config.val_dataloader = None
    with pytest.warns(UserWarning, match='names the keypoints: those of COCO are taken'):
        meta = load_pose_model(config, tmp_path / 'a.pth', 'cpu').dataset_meta
    assert meta['keypoint_id2name'][4] == 'right_ear'


def test_filters_of_warnings_know_the_module_again():
    """MMPose's warning is caught and repeated; the filter names MMPose's module."""
    config = pose_config()
    faces = config.train_dataloader.dataset
    config.train_dataloader.dataset = dict(type='PoseBalancedDataset', dataset=faces)
    with warnings.catch_warnings(record=True) as caught:
        warnings.resetwarnings()
        load_pose_model(config, None, 'cpu')
        assert [w for w in caught if 'coco.py" does not exist' in str(w.message)]
        caught.clear()
        warnings.resetwarnings()
        quiet_warnings()
        load_pose_model(config, None, 'cpu')
        assert not [w for w in caught if 'does not exist' in str(w.message)]


def test_broken_onnx_files(tmp_path, rng):
    onnx = pytest.importorskip('onnx')
    pytest.importorskip('onnxruntime')
    value = onnx.helper.make_tensor_value_info('x', onnx.TensorProto.FLOAT, [1])
    node = onnx.helper.make_node('Identity', ['x'], ['y'])
    out = onnx.helper.make_tensor_value_info('y', onnx.TensorProto.FLOAT, [1])
    graph = onnx.helper.make_graph([node], 'graph', [value], [out])
    opsets = [onnx.helper.make_opsetid('', 13)]
    model = onnx.helper.make_model(
        graph, producer_name='abc', opset_imports=opsets, ir_version=8
    )
    model.ir_version = 8  # that older versions of onnxruntime read
    entry = model.metadata_props.add()
    entry.key, entry.value = 'mmpose_addons', 'some text'
    whole = model.SerializeToString()
    file = tmp_path / 'a.onnx'
    broken = [whole[:cut] for cut in (1, len(whole) // 2)] + [b'', b'text']
    broken.append(whole.replace(b'some text', b'\xff\xfe\xfd text'))  # no UTF-8
    for place in rng.integers(0, len(whole), 30):
        content = np.frombuffer(whole, np.uint8).copy()
        content[place] ^= 1 << int(rng.integers(8))
        broken.append(content.tobytes())
    for content in broken:
        file.write_bytes(content)
        with pytest.raises(ModelError, match=r'a\.onnx'):
            OnnxNetwork(file)
