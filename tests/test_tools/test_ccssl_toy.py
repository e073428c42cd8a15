"""tools/benchmarks/ccssl_toy.py on a handful of images."""

import importlib.util
import json

import numpy as np
import pytest
import torch
from mmpose.registry import MODELS
from rich.console import Console

from mmpose_addons_core.keypoints.animal18 import KEYPOINTS
from mmpose_addons_core.keypoints.names import mirrored


@pytest.fixture
def tool(repo, monkeypatch):
    """The script, with quick trainings."""
    file = repo / 'tools/benchmarks/ccssl_toy.py'
    spec = importlib.util.spec_from_file_location('ccssl_toy', file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    domains = dict(
        synthetic=dict(images=8, val_fraction=0), real=dict(images=16, val_fraction=0.5)
    )
    quick = {'train_cfg.max_epochs': 1}
    runs = {name: (kind, quick | options) for name, (kind, options) in module.RUNS.items()}
    runs[module.CCSSL][1]['train_dataloader.sampler.num_batches'] = 1
    monkeypatch.setattr(module, 'DOMAINS', domains)
    monkeypatch.setattr(module, 'RUNS', runs)
    return module


def weights(folder) -> dict:
    file = folder / 'epoch_1.pth'
    return torch.load(file, map_location='cpu', weights_only=False)['state_dict']


@pytest.mark.slow
def test_hidden_labels_reach_neither_training_nor_selection(tool, tmp_path, rng):
    """Other labels of the videos: the same weights, and the same predictions are tested."""
    scores = []
    for name in ('as drawn', 'shuffled'):
        folder = tmp_path / name
        tool.draw(folder / 'data', seed=0)
        if name == 'shuffled':
            file = folder / 'data/real/annotations/animals_train.json'
            content = json.loads(file.read_text())
            for annotation in content['annotations']:
                points = np.reshape(annotation['keypoints'], (18, 3))
                annotation['keypoints'] = rng.permutation(points).ravel().tolist()
            file.write_text(json.dumps(content))
        for run in (tool.SOURCE, tool.CCSSL):
            tool.train_and_test(folder, run, seed=0)
        metrics = tool.place(folder, tool.CCSSL) / 'metrics.json'
        scores.append(json.loads(metrics.read_text()))
    assert scores[0] == scores[1]
    for run in (tool.SOURCE, tool.CCSSL):
        one, two = (weights(tool.place(tmp_path / n, run)) for n in ('as drawn', 'shuffled'))
        assert all(torch.equal(value, two[name]) for name, value in one.items())


def test_table_tells_the_share_of_the_gap(tool, tmp_path):
    for seed, scores in enumerate(((0.2, 0.5, 0.6), (0.3, 0.5, 0.8))):
        for name, score in zip(tool.RUNS, scores, strict=True):
            folder = tool.place(tmp_path / f'seed{seed}', name)
            folder.mkdir(parents=True)
            (folder / 'metrics.json').write_text(json.dumps({tool.METRIC: score}))
    console = Console(width=120, record=True)
    console.print(tool.table(tmp_path, [0, 1], list(tool.RUNS)))
    rows = [line.replace('│', ' ').split() for line in console.export_text().splitlines()]
    assert ['source', 'only', '20.0', '30.0', '25.0', '0%'] in rows
    assert ['CC-SSL', '50.0', '50.0', '50.0', '56%'] in rows
    assert ['real', 'labels', '60.0', '80.0', '70.0', '100%'] in rows


def test_what_each_run_starts_from_and_changes(tool, tmp_path):
    source = tool.place(tmp_path, tool.SOURCE)
    source.mkdir()
    (source / 'last_checkpoint').write_text('source.pth')
    configs = {
        name: tool.configured(tmp_path, name)
        for name in (*tool.RUNS, *tool.CONTROLS, *tool.ABLATIONS)
    }
    fresh = {name for name, config in configs.items() if config.get('load_from') is None}
    assert fresh == {tool.SOURCE, tool.REAL}
    *_, hook = configs['AdaBN'].custom_hooks
    frames, test = hook.dataset, configs['AdaBN'].test_dataloader.dataset
    assert (hook.type, hook.when) == ('AdaptBatchNormHook', 'test')
    assert frames.data_root == test.data_root
    assert (frames.ann_file, test.ann_file) == (
        'annotations/animals_train.json',
        'annotations/animals_val.json',
    )
    assert configs['BatchNorm only'].model.target_weight == 0
    loss = configs['with open sides'].model.head.loss
    assert MODELS.build(loss).loss.loss_weight == configs['CC-SSL'].model.head.loss.loss_weight
    flips = [mirrored(name) for name in KEYPOINTS]
    assert all(
        flips[a] == KEYPOINTS[b] and KEYPOINTS[a].startswith('left')
        for limb in loss.limbs
        for a, b in limb
    )
    hooks = {
        name: config.custom_hooks[1]
        for name, config in configs.items()
        if config.custom_hooks[1].type == 'CCSSLHook'
    }
    for part, name in (
        ('views', 'equivariance'),
        ('flow', 'time'),
        ('curriculum', 'curriculum'),
    ):
        without = {run for run, hook in hooks.items() if hook.get(part, 'default') is None}
        assert without == {f'without {name}'}
    appearances = {
        name: config.train_dataloader.dataset.target.pipeline[4]
        for name, config in configs.items()
        if name in hooks
    }
    assert all(change.type == 'RandomAppearance' for change in appearances.values())
    still = {
        name
        for name, change in appearances.items()
        if change.noise == change.blur == change.colour == 0
    }
    assert still == {'without invariance'}
    plain = configs['CC-SSL'].train_dataloader.dataset.source.pipeline
    for name in hooks:  # the source's images change their appearance in every run
        assert configs[name].train_dataloader.dataset.source.pipeline == plain
    assert any(step.type == 'RandomAppearance' and step.noise > 0 for step in plain)
