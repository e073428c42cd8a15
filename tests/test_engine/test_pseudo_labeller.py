import pytest
from mmcv.transforms import Compose
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS

from helpers import tiny_domains
from mmpose_addons.engine.pseudo_labeller import network_for


@pytest.fixture
def model(tmp_path):
    init_default_scope('mmpose')
    return MODELS.build(tiny_domains.config(tmp_path, tmp_path).model)


def affine(width, use_udp):
    return dict(type='TopdownAffine', input_size=(width, 64), use_udp=use_udp)


def test_the_network_sees_the_crops_of_the_last_affine(model):
    steps = [dict(type='GetBBoxCenterScale', padding=1.5), affine(32, False), affine(48, True)]
    network = network_for(model, Compose(steps), (1, 0), 'label_pipeline')
    geometry = network.geometry
    assert (geometry.input_size, geometry.padding, geometry.use_udp) == ((48, 64), 1.5, True)
    assert network.flip_indices == [1, 0]


def test_a_pipeline_without_padding_has_that_of_the_geometry(model):
    network = network_for(model, Compose([affine(32, False)]), (0,), 'x')
    assert network.geometry.padding == 1.25


def test_a_pipeline_without_crop_is_named(model):
    steps = Compose([dict(type='GetBBoxCenterScale')])
    with pytest.raises(ValueError, match=r"label_pipeline needs a TopdownAffine, got \['GetBB"):
        network_for(model, steps, (0,), 'label_pipeline')
