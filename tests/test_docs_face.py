"""The config of docs/face.md for one's own faces, on toy faces in COCO's layout."""

import json
import re

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS, METRICS, MODELS

from mmpose_addons_toys import make_toy_faces


@pytest.fixture
def config(repo, tmp_path):
    make_toy_faces(tmp_path, images=6, landmarks=68, workers=1, val_fraction=1 / 3)
    for name, part in (('train', 'train'), ('test', 'val')):
        content = json.loads((tmp_path / f'annotations/faces_{part}.json').read_text())
        for image in content['images']:
            image['file_name'] = f'images/{part}/{image["file_name"]}'
        for annotation in content['annotations']:
            del annotation['center'], annotation['scale']
            annotation.pop('area', None)  # the page does not ask for it
        (tmp_path / f'{name}.json').write_text(json.dumps(content))
    page = (repo / 'docs/face.md').read_text()
    (name,) = re.findall(r'^config=(configs/face_2d_keypoint/wing/faces/\S+)$', page, re.M)
    init_default_scope('mmpose')
    config = Config.fromfile(repo / name)
    for loader in (config.train_dataloader, config.val_dataloader, config.test_dataloader):
        assert loader.dataset.data_root == 'data/faces/'
        loader.dataset.data_root = str(tmp_path)
    return config


def test_own_faces_are_trained_on_and_tested(config, tmp_path):
    assert config.model.backbone.get('init_cfg') is None
    train = DATASETS.build(config.train_dataloader.dataset)
    test = DATASETS.build(config.test_dataloader.dataset)
    assert (len(train), len(test)) == (4, 2)
    assert test.metainfo['dataset_name'] == train.metainfo['dataset_name'] == '300w'
    torch.manual_seed(0)
    model = MODELS.build(config.model)
    batch = model.data_preprocessor(pseudo_collate([*train]), training=True)
    loss = model(**batch, mode='loss')['loss_kpt'].item()
    assert 0 < loss < 1000

    metric = METRICS.build(dict(config.test_evaluator, out_dir=str(tmp_path / 'out')))
    metric.dataset_meta = test.metainfo
    with torch.no_grad():
        samples = model.eval().test_step(pseudo_collate([*test]))
    metric.process(None, [sample.to_dict() for sample in samples])
    scores = metric.evaluate(len(samples))
    assert [scores[name] for name in ('faces', 'left_out', 'lost')] == [2, 0, 0]
    truth = np.concatenate([sample.gt_instances.keypoints for sample in samples])
    found = np.concatenate([sample.pred_instances.keypoints for sample in samples])
    eyes = np.linalg.norm(truth[:, 36] - truth[:, 45], axis=-1)
    expected = np.linalg.norm(found - truth, axis=-1).mean(1) / eyes
    assert scores['NME'] == pytest.approx(expected.mean(), rel=1e-4)
