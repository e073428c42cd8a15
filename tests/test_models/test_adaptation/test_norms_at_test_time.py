"""What inference and export read of a network with BatchNorm layers of several domains."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers.poses import HEATMAP, INPUT, pose_config
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons.estimators.loading import load_pose_model
from mmpose_addons.estimators.torch_network import TorchNetwork
from mmpose_addons.export import PoseGraph, export_onnx, run_onnx

CODEC = dict(type='QuarterShiftHeatmap', input_size=INPUT, heatmap_size=HEATMAP, sigma=2)


def config_of(**model):
    """A small network; ``model`` makes it one of several domains."""
    config = pose_config(flip_test=False)
    config.model.backbone = dict(
        type='ResNet',
        depth=18,
        base_channels=8,
        stem_channels=8,
        num_stages=1,
        strides=(1,),
        dilations=(1,),
        out_indices=(0,),
    )
    config.model.head = dict(
        type='HeatmapHead',
        in_channels=8,
        out_channels=17,
        deconv_out_channels=None,
        decoder=CODEC,
    )
    config.model.update(model)
    return config


@pytest.fixture
def network(tmp_path):
    """Writes a checkpoint of a mode, each BatchNorm layer with other statistics and weights."""

    def write(batch_norm):
        config = config_of(
            type='SourceTargetTopdown', batch_norm=batch_norm, consistency=dict(weight=1)
        )
        torch.manual_seed(0)
        model = load_pose_model(config, None, 'cpu')
        for layer in model.modules():
            if isinstance(layer, nn.BatchNorm2d):
                nn.init.uniform_(layer.running_var, 0.5, 1.5)
                nn.init.normal_(layer.running_mean)
                nn.init.normal_(layer.weight, 1)
        write_checkpoint(tmp_path / 'net.pth', model.state_dict(), {})
        return config, tmp_path / 'net.pth'

    return write


@pytest.mark.parametrize('batch_norm', ['joint', 'separate', 'target', 'domain'])
def test_inference_and_export_take_the_layers_of_the_target(network, tmp_path, rng, batch_norm):
    config, file = network(batch_norm)
    crops = rng.integers(0, 256, (1, *INPUT[::-1], 3), dtype=np.uint8)
    plain = TorchNetwork(config_of(), file, fast=False)(crops)
    for fast in (False, True):
        found = TorchNetwork(config, file, fast=fast)(crops)
        for values, expected in zip(found, plain, strict=True):
            np.testing.assert_allclose(values, expected, atol=1e-4)
    pytest.importorskip('onnxruntime')
    model = load_pose_model(config, file, 'cpu')
    export_onnx(PoseGraph(model, 'codec'), model.dataset_meta, tmp_path / 'net.onnx')
    exported = run_onnx(tmp_path / 'net.onnx', crops)
    np.testing.assert_allclose(exported[..., :2], plain[0], atol=1e-3)
    np.testing.assert_allclose(exported[..., 2], plain[1], atol=1e-4)
