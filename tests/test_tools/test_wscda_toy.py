"""tools/benchmarks/wscda_toy.py: arms, tables from logs, trainings on a handful of images."""

import importlib
import json
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib.axes import Axes
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS

sys.path.insert(0, str(Path(__file__).parents[2] / 'tools/benchmarks'))
wscda, run, command, table, reports = (
    importlib.import_module(f'adaptation_runs.{name}')
    for name in ('wscda', 'run', 'command', 'table', 'training_logs')
)
folder_of, chosen_arms = run.folder_of, command.chosen_arms

TASK = wscda.TASKS['toy-cat']


def configs(tmp_path):
    return {
        name: run.build_config(TASK, arm, 3, tmp_path / 'data', tmp_path / name, None)
        for name, arm in TASK.arms.items()
    }


def test_the_livestock_data_lie_in_their_folder(tmp_path):
    task = wscda.TASKS['livestock-cattle']
    assert task.data_problem(tmp_path) == f'{tmp_path}/livestock/horse_train.json is missing'


def test_arms_differ_in_losses_only(tmp_path):
    found = configs(tmp_path)
    acting = {n for n, c in found.items() if c.model.discriminator.get('strength', 1) > 0}
    variants = {wscda.WEAKER, wscda.STRONGER, wscda.ALTERNATING, wscda.LIGHT}
    assert acting == {wscda.FIRST, wscda.WSCDA, wscda.PPLO, wscda.JOINTS, *variants}
    assert found[wscda.WEAKER].model.discriminator.strength == 0.1
    assert found[wscda.ALTERNATING].model.discriminator.updates == 'alternate'
    labelled = {n for n, c in found.items() if 'target' not in c.train_dataloader.dataset}
    assert labelled == {wscda.LABELS}
    rounds = {n for n, c in found.items() if c.custom_hooks[1].type == 'PPLOHook'}
    assert rounds == {wscda.PPLO, wscda.JOINTS, wscda.ALONE}
    assert found[wscda.LIGHT].model.domain_weights.human == 0.1
    weights = {name: config.model.get('domain_weights', {}) for name, config in found.items()}
    silent = {name: {d for d, w in found.items() if w == 0} for name, found in weights.items()}
    assert {n for n, domains in silent.items() if domains == {'source'}} == {wscda.PEOPLE}
    assert {n for n, domains in silent.items() if domains == {'human'}} == {
        *(wscda.ANIMALS, wscda.BASE, wscda.BASE_FIRST, wscda.ALONE, wscda.LABELS)
    }
    for name, config in found.items():  # the same batches for BatchNorm
        shares = dict(config.train_dataloader.sampler.shares)
        if name == wscda.PEOPLE:
            assert shares == dict(source=0.125, human=0.75, target=0.125)
            continue
        target = shares.pop('target', None) or shares.pop('own')
        assert (target, shares) == (0.25, dict(source=0.375, human=0.375))
        assert config.model.get('batch_norm', 'joint') == 'joint'
        assert config.train_dataloader.batch_size == 24
        names = ('source', 'human', 'target', 'own')
        pipelines = [
            part.pipeline
            for name in names
            if (part := config.train_dataloader.dataset.get(name)) is not None
        ]
        assert pipelines[0] == pipelines[1] == pipelines[2]


def test_all_arms_train_for_as_long_as_pplo(tmp_path):
    lengths = {name: config.train_cfg.max_epochs for name, config in configs(tmp_path).items()}

    def whole(name):
        start = TASK.arms[name].start
        return lengths[name] + (whole(start) if start else 0)

    first_parts = {wscda.PEOPLE, wscda.FIRST, wscda.BASE_FIRST}
    assert {whole(name) for name in {*TASK.arms} - first_parts} == {14}


def test_what_an_arm_starts_from_is_trained_before():
    assert chosen_arms(TASK, [wscda.PPLO]) == [wscda.PEOPLE, wscda.FIRST, wscda.PPLO]
    assert chosen_arms(TASK, ['all'])[0] == wscda.PEOPLE
    assert chosen_arms(TASK, ['all'])[-3:] == [wscda.PPLO, wscda.JOINTS, wscda.ALONE]
    with pytest.raises(ValueError, match=r"got \['nothing'\]"):
        chosen_arms(TASK, ['nothing'])


@pytest.mark.parametrize(
    ('name', 'counts'),
    [
        ('livestock-cattle', dict(source=526, few=30, human=93)),
        ('livestock-sheep', dict(source=526, human=93)),
        ('livestock-cattle-64px', dict(source=526, few=30, human=93)),
    ],
)
def test_livestock_with_people(sample_data, tmp_path, name, counts):
    init_default_scope('mmpose')
    task = wscda.TASKS[name]
    unlabelled = {'cattle': 238, 'sheep': 482}[task.target]
    for arm, domain in ((wscda.PPLO, 'target'), (wscda.LABELS, 'own')):
        config = run.build_config(task, task.arms[arm], 0, sample_data, tmp_path / arm, None)
        shares = dict(config.train_dataloader.sampler.shares)
        assert sum(shares.values()) == 1
        data = DATASETS.build(config.train_dataloader.dataset)
        assert {k: len(v) for k, v in data.domains.items()} == {**counts, domain: unlabelled}
        assert {*shares} == {*data.domains}
        assert config.test_dataloader.dataset.ann_file == f'{task.target}_test.json'


def test_data_are_drawn_once_before_runs_start(tmp_path, monkeypatch):
    events = []
    task = replace(TASK, draw=lambda data, seed: events.append((data.name, seed)))

    def start(script, args, run):
        events.append(run)
        write_json(folder_of(args.work_dir, *run) / 'metrics.json', {})
        return True

    monkeypatch.setattr(command, 'start', start)
    args = Namespace(
        tasks=['toy-cat'],
        seeds=[3],
        arms=[wscda.PPLO],
        jobs=1,
        work_dir=tmp_path,
        data=tmp_path,
    )
    assert command.run_all('script', {'toy-cat': task}, args) == []
    arms = (wscda.PEOPLE, wscda.FIRST, wscda.PPLO)
    assert events == [('seed3', 3), *(('toy-cat', arm, 3) for arm in arms)]


def write_json(file, *lines):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('\n'.join(map(json.dumps, lines)) + '\n')


def test_table_and_logs_of_runs(tmp_path):
    scores = {wscda.BASE: (0.2, 0.3), wscda.PPLO: (0.5, 0.6), wscda.LABELS: (0.8, 0.7)}
    for arm, values in scores.items():
        for seed, value in enumerate(values):
            folder = folder_of(tmp_path, TASK.name, arm, seed)
            metrics = {'animal/PCK': value, 'animal/PCK@0.1': value, 'coco/AP': value}
            write_json(folder / 'metrics.json', dict(target=metrics))
            write_json(
                folder / 'time/vis_data/scalars.json',
                {
                    'discriminator/human_accuracy': 1.0,
                    'discriminator/b_accuracy': 0.5,
                    'epoch': 1,
                },
                {
                    'discriminator/human_accuracy': value,
                    'discriminator/b_accuracy': 0.5,
                    'epoch': 2,
                },
                {'pseudo_labels/kept_share': 0.25, 'pseudo_labels/pck_kept': value, 'step': 0},
            )
    rows = table.markdown(tmp_path, TASK, [0, 1]).splitlines()
    assert rows[0].startswith('| toy-cat | AP | gap closed | PCK@0.05 |')
    assert len(rows) == 5
    assert f'| {wscda.PPLO} | 55.0 (50.0 to 60.0) | 60% |' in rows[3]
    lines = reports.training_logs(tmp_path, TASK, [0, 1]).splitlines()
    assert f'- {wscda.BASE}: discriminator right in % of decisions, by epoch: 75, 38' in lines
    assert f'- {wscda.PPLO}: right in % of kept labels, of % kept, by round: 55 of 25' in lines
    assert reports.training_logs(tmp_path, TASK, [5]) == ''
    picture = reports.draw_labels(tmp_path, TASK, [0, 1])
    assert picture == tmp_path / 'toy-cat/labels.png'
    assert cv2.imread(str(picture)).shape == (540, 960, 3)
    assert reports.draw_labels(tmp_path, TASK, [5]) is None


def test_labels_over_epochs_are_those_that_all_runs_have(tmp_path, monkeypatch):
    for seed, rounds in enumerate(({0: 0.2, 3: 0.5, 6: 0.7}, {0: 0.4, 3: 0.1})):
        file = folder_of(tmp_path, TASK.name, wscda.PPLO, seed) / 'time/vis_data/scalars.json'
        write_json(
            file,
            *(
                {'pseudo_labels/kept_share': 1, 'pseudo_labels/pck_kept': share, 'step': epoch}
                for epoch, share in rounds.items()
            ),
        )
        with file.open('a') as log:
            log.write('{"step": 9, "pseudo_la')  # cut off by a kill
    drawn = {}
    monkeypatch.setattr(Axes, 'plot', recorded(Axes.plot, drawn))
    monkeypatch.setattr(Axes, 'fill_between', recorded(Axes.fill_between, drawn))
    reports.draw_labels(tmp_path, TASK, [0, 1, 2])
    epochs, means = drawn['plot'][:2]
    assert (epochs, means.tolist()) == ([0, 3], pytest.approx([30, 30]))
    _, low, high = drawn['fill_between']
    assert (low.tolist(), high.tolist()) == (pytest.approx([20, 10]), pytest.approx([40, 50]))


def recorded(method, calls):
    """Wrap a method of axes so that its arguments are kept by its name."""

    def call(axes, *args, **options):
        calls[method.__name__] = args
        return method(axes, *args, **options)

    return call


def quick(task):
    """The task with two arms that train for two epochs of two batches."""
    few = {
        'train_cfg.max_epochs': 2,
        'train_dataloader.sampler.num_batches': 2,
        'param_scheduler': None,
        'default_hooks.logger.interval': 1,
    }
    arms = {}
    for name, start in ((wscda.PEOPLE, None), (wscda.PPLO, wscda.PEOPLE)):
        old = task.arms[name].options
        options = {key: old[key] for key in old if not key.startswith('param_scheduler')}
        arms[name] = replace(
            task.arms[name], options=options | few | {'visualizer.name': name}, start=start
        )
    return replace(task, arms=arms)


@pytest.mark.slow
def test_arms_train_on_drawn_data(tmp_path, monkeypatch):
    monkeypatch.setattr(wscda, 'SIZES', dict(people=6, seen=6, unseen=8, test=4))
    # formats the config for every checkpoint
    monkeypatch.setattr(Config, 'pretty_text', property(lambda self: ''))
    task = quick(TASK)
    for name in task.arms:
        run.train_and_test(tmp_path, task, name, 0, tmp_path / 'data')
        metrics = json.loads(
            (folder_of(tmp_path, task.name, name, 0) / 'metrics.json').read_text()
        )
        assert all(np.isfinite(metrics['target'][key]) for key in task.metrics.values())
    lines = reports.training_logs(tmp_path, task, [0]).splitlines()
    assert [line.split(':')[0] for line in lines] == [
        *(f'- {wscda.PEOPLE}', f'- {wscda.PPLO}', f'- {wscda.PPLO}')
    ]
    assert lines[2].split(', by round: ')[1].count(',') == 1
