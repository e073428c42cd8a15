"""The page on WS-CDA, followed on generated images with a small network."""

import json
import re
import shlex
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner

from mmpose_addons_cli.main import load_command
from mmpose_addons_core.adaptation import read_npz

ROOT = Path(__file__).parents[1]
CONFIGS = ROOT / 'configs' / 'animal_2d_keypoint' / 'wscda'
SIDE = 72  # px of an image
SMALL = {(256, 256): (64, 64), (64, 64): (16, 16)}
SPECIES = ('cat', 'cow', 'dog', 'horse', 'sheep')


@pytest.fixture
def page():
    return (ROOT / 'docs' / 'wscda.md').read_text()


def write_data(folder, rng):
    """Noise in the layout of the page: 8 people, 6 cows' boxes, 3 animals of each species."""
    photos, animals = folder / 'data/coco/train2017', folder / 'data/animalpose/images'
    for images in (photos, animals, folder / 'data/coco/annotations'):
        images.mkdir(parents=True)

    def image(file):
        cv2.imwrite(str(file), rng.integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8))
        return file.name

    def joints(count):
        return np.c_[rng.uniform(8, 60, (count, 2)), np.ones(count)]

    names = [image(photos / f'{number}.png') for number in range(8)]
    records = [dict(id=i, file_name=n, width=SIDE, height=SIDE) for i, n in enumerate(names)]
    box = dict(bbox=[6, 6, 56, 56], area=3136, iscrowd=0)
    people = [
        dict(
            box,
            id=number,
            image_id=number,
            category_id=1,
            num_keypoints=17,
            keypoints=(joints(17) * [1, 1, 2]).ravel().tolist(),
        )
        for number in range(8)
    ]
    cows = [dict(box, id=90 + i, image_id=i, category_id=21) for i in range(6)]
    for name, annotations in (('person_keypoints', people), ('instances', cows)):
        content = dict(
            images=records,
            annotations=annotations,
            categories=[dict(id=1, name='person'), dict(id=21, name='cow')],
        )
        file = folder / f'data/coco/annotations/{name}_train2017.json'
        file.write_text(json.dumps(content))
    labelled = [
        dict(
            image_id=number,
            category_id=1 + number % 5,
            bbox=[6, 6, 62, 62],
            num_keypoints=20,
            keypoints=joints(20).tolist(),
        )
        for number in range(15)
    ]
    content = dict(
        images={str(i): image(animals / f'{i}.png') for i in range(15)},
        annotations=labelled,
        categories=[dict(id=1 + i, name=name) for i, name in enumerate(SPECIES)],
    )
    (folder / 'data/animalpose/keypoints.json').write_text(json.dumps(content))


def smaller(value):
    """A config with smaller images and maps."""
    if isinstance(value, dict):
        return {name: smaller(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        for size, small in SMALL.items():
            if tuple(value) == size:
                return small
        return [smaller(part) for part in value]
    return value


def run(name, work_dir, load_from):
    config = Config.fromfile(CONFIGS / f'td-hm_res50_{name}_animalpose-256x256.py')
    config = Config(smaller(config.to_dict()))
    config.model.backbone = dict(type='ResNet', depth=18)
    config.model.head.update(in_channels=512, deconv_out_channels=(16,) * 3)
    config.model.adapter = dict(channels=512, hidden=8)
    config.model.discriminator.in_channels = 512
    config.train_dataloader.update(batch_size=8, num_workers=0, persistent_workers=False)
    config.train_dataloader.sampler.update(batch_size=8, num_batches=2)
    config.test_dataloader.update(num_workers=0, persistent_workers=False)
    config.train_cfg.max_epochs = 2
    config.param_scheduler = None
    for hook in config.get('custom_hooks') or []:
        if hook['type'] == 'PPLOHook':
            hook.update(interval=1, num_workers=0, pace=dict(start=0.5, step=0.5, end=1))
    config.update(work_dir=str(work_dir), load_from=load_from)
    runner = Runner.from_cfg(config)
    runner.train()
    return runner


def test_from_three_folders_to_an_adapted_network(
    page, tmp_path, monkeypatch, rng, run_command
):
    monkeypatch.chdir(tmp_path)
    write_data(tmp_path, rng)
    commands = re.findall(r'^mmpose-addons (animal-\S+) (.*)$', page, re.M)
    assert len(commands) == 3
    for name, arguments in commands:
        status, _, errors = run_command(name, *shlex.split(arguments))
        assert status == 0, errors

    first = run('wscda-1xb64-60e', tmp_path / 'wscda', None)
    second = run('pplo-1xb64-30e', tmp_path / 'pplo', str(tmp_path / 'wscda/epoch_2.pth'))
    rounds = [read_npz(file) for file in sorted(tmp_path.glob('pplo/pseudo_labels/*.npz'))]
    assert [labels.kept.shape for labels in rounds] == [(6, 20)] * 2
    assert rounds[0].kept.sum() < rounds[1].kept.sum() == 6 * 20
    weights = second.model.state_dict()
    assert all(value.isfinite().all() for value in weights.values())
    moved = [n for n, v in first.model.state_dict().items() if not torch.equal(v, weights[n])]
    for part in ('backbone.', 'head.', 'adapter.', 'discriminator.'):
        assert any(name.startswith(part) for name in moved)
    metrics = second.test()
    assert {'coco/AP'} <= {*metrics}


def test_other_commands_and_lines_of_the_page(page, tmp_path):
    names = re.findall(r'^name=(\S+)$', page, re.M)
    assert all((CONFIGS / f'{name}.py').exists() for name in names)
    (report,) = re.findall(r'^mmpose-addons report (.*)$', page, re.M)
    load_command('report').parse_args(shlex.split(report))
    (lines,) = re.findall(r'```python\n(.*?)```', page, re.S)
    (tmp_path / 'mine.py').write_text(lines.replace("'configs/", f"'{ROOT}/configs/"))
    dataset = Config.fromfile(tmp_path / 'mine.py').train_dataloader.dataset
    assert dataset.source.ann_file == 'horses.json'
    assert dataset.target.dataset.ann_file == 'boxes.json'
    assert dataset.human.type == 'CombinedDataset'
