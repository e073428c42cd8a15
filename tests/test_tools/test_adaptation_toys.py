"""Toy tasks of tools/benchmarks/adaptation.py: arms, table, trainings on a few images."""

import importlib
import json
import os
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS, MODELS

from mmpose_addons_core.image_sheet import CAPTION_HEIGHT as BAR
from mmpose_addons_core.keypoints.animal18 import KEYPOINTS
from mmpose_addons_core.keypoints.names import mirrored

sys.path.insert(0, str(Path(__file__).parents[2] / 'tools/benchmarks'))
toys, arms, run, command, table, predictions, training_logs = (
    importlib.import_module(f'adaptation_runs.{name}')
    for name in (
        *('toys', 'arms', 'run', 'command', 'table', 'predictions'),
        'training_logs',
    )
)
TASK = toys.TASKS['toy-light']
SOURCE, REAL, CCSSL = arms.SOURCE, arms.REAL, 'CC-SSL'


def config_of(task, arm, tmp_path):
    return run.build_config(task, task.arms[arm], 0, tmp_path / 'data', tmp_path / arm, None)


def weights(folder) -> dict:
    file = (folder / 'last_checkpoint').read_text()
    return torch.load(file, map_location='cpu', weights_only=False)['state_dict']


def small(domain, images, val_fraction):
    return replace(
        domain, settings=dict(domain.settings, images=images, val_fraction=val_fraction)
    )


@pytest.fixture
def quick(monkeypatch):
    """The first task on few images, with short trainings."""
    # formats the config for every checkpoint
    monkeypatch.setattr(Config, 'pretty_text', property(lambda self: ''))
    task = toys.toy('toy-light', small(toys.SYNTHETIC, 8, 0), small(toys.VIDEOS, 16, 0.5))
    short = {'train_cfg.max_epochs': 1, 'param_scheduler': None}
    found = {}
    for name in (SOURCE, CCSSL):
        kept = {
            key: value
            for key, value in task.arms[name].options.items()
            if not key.startswith('param_scheduler')
        }
        found[name] = replace(task.arms[name], options=kept | short)
    found[CCSSL].options['train_dataloader.sampler.num_batches'] = 1
    return replace(task, arms=found)


@pytest.mark.slow
def test_hidden_labels_reach_neither_training_nor_selection(quick, tmp_path, rng):
    """Other labels of the videos: the same weights, and the same predictions are tested."""
    scores = []
    for name in ('as drawn', 'shuffled'):
        folder = tmp_path / name
        data = folder / 'data'
        quick.draw(quick.data_of(data, 0), 0)
        if name == 'shuffled':
            file = data / 'seed0/real/annotations/animals_train.json'
            content = json.loads(file.read_text())
            for annotation in content['annotations']:
                points = np.reshape(annotation['keypoints'], (18, 3))
                annotation['keypoints'] = rng.permutation(points).ravel().tolist()
            file.write_text(json.dumps(content))
        for arm in (SOURCE, CCSSL):
            run.train_and_test(folder, quick, arm, 0, data)
        metrics = run.folder_of(folder, quick.name, CCSSL, 0) / 'metrics.json'
        scores.append(json.loads(metrics.read_text()))
    assert scores[0] == scores[1]
    for arm in (SOURCE, CCSSL):
        one, two = (
            weights(run.folder_of(tmp_path / name, quick.name, arm, 0))
            for name in ('as drawn', 'shuffled')
        )
        assert all(torch.equal(value, two[name]) for name, value in one.items())


@pytest.mark.slow
def test_a_stopped_run_goes_on_and_its_network_is_drawn(quick, tmp_path):
    """The second start trains the second epoch only; the sheet shows truth and network."""
    data = tmp_path / 'data'
    folder = run.folder_of(tmp_path, quick.name, SOURCE, 0)
    for epochs in (1, 2):
        options = quick.arms[SOURCE].options | {'train_cfg.max_epochs': epochs}
        task = replace(quick, arms={SOURCE: replace(quick.arms[SOURCE], options=options)})
        run.train_and_test(tmp_path, task, SOURCE, 0, data)
        (folder / 'metrics.json').unlink()
    trained = [r['epoch'] for r in training_logs.records(folder) if 'loss' in r]
    assert trained == [1, 2]
    config = run.build_config(task, task.arms[SOURCE], 0, data, folder, None)
    network = (SOURCE, config, (folder / 'last_checkpoint').read_text())
    sheet = cv2.imread(str(predictions.write_predictions([network], tmp_path / 'sheet.png')))
    truth, predicted = sheet[BAR : BAR + 160], sheet[2 * BAR + 160 :]
    assert sheet.shape == (2 * (BAR + 160), 8 * 160, 3)
    assert (truth != predicted).any()


def test_table_tells_the_share_of_the_gap(tmp_path):
    results = {SOURCE: (0.2, 0.3), CCSSL: (0.5, 0.5), REAL: (0.6, 0.8)}
    for arm, scores in results.items():
        for seed, score in enumerate(scores):
            folder = run.folder_of(tmp_path, TASK.name, arm, seed)
            folder.mkdir(parents=True)
            (folder / 'metrics.json').write_text(json.dumps(dict(target={'animal/PCK': score})))
    rows = table.markdown(tmp_path, TASK, [0, 1]).splitlines()[2:]
    assert rows == [
        f'| {SOURCE} | 25.0 (20.0 to 30.0) |  |  |',
        f'| {CCSSL} | 50.0 (50.0 to 50.0) | 56% |  |',
        f'| {REAL} | 70.0 (60.0 to 80.0) |  |  |',
    ]


def test_table_tells_the_minutes_of_runs_without_their_pauses(tmp_path):
    folder = run.folder_of(tmp_path, TASK.name, SOURCE, 0)
    assert run.minutes(folder) == 0
    for stamp, end in (
        ('20260131_235900', datetime(2026, 2, 1, 0, 1)),
        ('20260201_120000', datetime(2026, 2, 1, 12, 4)),
    ):
        log = folder / stamp / f'{stamp}.log'
        log.parent.mkdir(parents=True)
        log.touch()
        os.utime(log, (end.timestamp(),) * 2)
    assert run.minutes(folder) == 6
    (folder / 'metrics.json').write_text(json.dumps(dict(target={'animal/PCK': 0.5})))
    head, _, row = table.markdown(tmp_path, TASK, [0, 1]).splitlines()
    assert head.endswith('| gap closed | minutes |')
    assert row == f'| {SOURCE} | 50.0 |  | 6.0 |'


def test_all_arms_train_for_as_many_images():
    """1200 steps of 8 for a source network, 540 of 16 after it."""
    for task, images in (('toy-light', 240), ('toy-30-labels', 30), ('toy-60-labels', 60)):
        found = toys.TASKS[task].arms
        for arm, batch, steps in ((SOURCE, 8, 1200), ('source only, as long', 16, 540)):
            epochs = found[arm].options['train_cfg.max_epochs']
            assert epochs * -(-images // batch) == steps
            assert found[arm].options['param_scheduler.1.end'] == epochs


def test_what_each_arm_starts_from_and_changes(tmp_path):
    appearance = {f'source and {name}' for name in arms.APPEARANCE}
    assert {name for name, arm in TASK.arms.items() if arm.start is None} == (
        appearance | {SOURCE, REAL}
    )
    configs = {name: config_of(TASK, name, tmp_path) for name in TASK.arms}
    *_, hook = configs['AdaBN'].custom_hooks
    frames, test = hook.dataset, configs['AdaBN'].test_dataloader.dataset
    assert (hook.type, hook.when) == ('AdaptBatchNormHook', 'test')
    assert frames.data_root == test.data_root == str(tmp_path / 'data/seed0/real')
    assert frames.data_prefix.img, test.data_prefix.img == ('images/train/', 'images/val/')
    assert (frames.ann_file, test.ann_file) == (
        'annotations/animals_train.json',
        'annotations/animals_val.json',
    )
    assert configs['BatchNorm only'].model.target_weight == 0
    loss = configs['CC-SSL with open sides'].model.head.loss
    assert MODELS.build(loss).loss.loss_weight == configs[CCSSL].model.head.loss.loss_weight
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
        without = {arm for arm, hook in hooks.items() if hook.get(part, 'default') is None}
        assert without == {f'CC-SSL without {name}'}
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
    assert still == {'CC-SSL without invariance'}
    # the source's images change their appearance in every arm
    plain = configs[CCSSL].train_dataloader.dataset.source.pipeline
    domains = [config.train_dataloader.dataset.get('source') for config in configs.values()]
    assert all(domain.pipeline == plain for domain in domains if domain is not None)
    assert any(step.type == 'RandomAppearance' and step.noise > 0 for step in plain)


def test_transforms_of_labelled_images(tmp_path):
    """They stand behind the crop; Fourier adaptation reads the target's training images."""
    plain, changed = (
        config_of(TASK, name, tmp_path).train_dataloader.dataset.pipeline
        for name in (SOURCE, 'source and all four')
    )
    crop = [step.type for step in plain].index('TopdownAffine')
    fourier, background, texture, photometry = changed[crop + 1 : crop + 5]
    assert [*changed[: crop + 1], *changed[crop + 5 :]] == plain
    assert fourier['images'] == str(tmp_path / 'data/seed0/real/images/train')
    assert (background['type'], texture['type']) == ('RandomBackground', 'RandomTexture')
    assert photometry == arms.PHOTOMETRY


def test_few_labels_of_one_domain(tmp_path):
    """30 frames of 30 videos have labels; the unlabelled images are those of all videos."""
    init_default_scope('mmpose')
    task = toys.TASKS['toy-30-labels']
    task.draw(task.data_of(tmp_path / 'data', 0), 0, domains=(small(toys.VIDEOS, 16, 0.5),))
    data = config_of(task, 'mean teacher', tmp_path).train_dataloader.dataset
    assert data.source.data_root == data.target.dataset.data_root
    assert data.source.indices == np.linspace(0, 999, 30).round().tolist()
    assert len({index // 8 for index in data.source.indices}) == 30
    assert 'indices' not in config_of(task, REAL, tmp_path).train_dataloader.dataset
    data.source.indices = [0, 7]
    sizes = {name: len(part) for name, part in DATASETS.build(data).domains.items()}
    assert sizes == dict(source=2, target=8)


def test_default_arms_are_those_of_the_task():
    assert command.chosen_arms(TASK, []) == [
        *(SOURCE, REAL, 'source only, as long', 'AdaBN', 'BatchNorm only'),
        *(CCSSL, 'mean teacher'),
    ]
