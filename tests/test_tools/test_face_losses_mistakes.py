"""Losses compared on faces: arguments, data and results that do not fit."""

import json

import pytest
import torch

from helpers.dotted_faces import dotted_faces
from mmpose_addons_core.folder_lock import lock_folder

ARM = 'shufflenetv2-96, L1'


@pytest.fixture(autouse=True)
def real_faces(repo, monkeypatch):
    """The package beside the script, on a machine without a GPU."""
    monkeypatch.syspath_prepend(str(repo / 'tools/benchmarks'))
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)


@pytest.fixture
def data(tmp_path, rng):
    return dotted_faces(tmp_path, rng)


@pytest.fixture
def run(data, run_tool, tmp_path):
    """Run the script on a CPU, as one thread; its status and errors."""

    def run(*arguments):
        fixed = '--device', 'cpu', '--pool', 'thread', '--steps', 2, '--batch', 4
        out = tmp_path / 'out'
        status, _, errors = run_tool(
            'face_losses.py', data, '--out', out, *fixed, '--arms', ARM, *arguments
        )
        return status, errors

    return run


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--arms', 'resnet'], "no arm begins with 'resnet'"),
        (['--arms', ''], "no arm begins with ''"),
        (['--jobs', 99], 'at most 15 for threads, got 99'),
        (['--device', 'cuda:7'], '--device cuda:7 needs a GPU, got none'),
        (['--device', 'gpu'], '--device must be cuda or cpu, got gpu'),
        (['--limit', 1], 'a training and a validation part, got 0 and 1 faces'),
    ],
)
def test_mistakes_are_named(run, arguments, message):
    status, errors = run(*arguments)
    assert status == 2
    assert message in errors


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--seeds', 0, 1, 0], '--seeds must be different, got [0, 1, 0]'),
        (['--rates', '1e-3', '0.001'], '--rates must be different'),
        (['--rates', 'nan'], "a positive number, got 'nan'"),
        (['--views', 2], "a whole number from 4, got '2'"),  # half of them count
        (['--limit', -1], "a whole number from 0, got '-1'"),
    ],
)
def test_numbers_that_fit_no_run_are_refused(run, arguments, message):
    status, errors = run(*arguments)
    assert status == 2
    assert message in errors


def test_data_that_are_not_there_are_named(tmp_path, run_tool):
    status, _, errors = run_tool('face_losses.py', tmp_path)
    assert status == 2
    assert f'got {tmp_path}' in errors


def change(file, **fields):
    content = json.loads(file.read_text())
    content['annotations'][1] |= fields
    file.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ('part', 'fields', 'message'),
    [
        ('train', dict(keypoints=[5, 5, 2] * 98), 'annotation 2'),
        ('train', dict(keypoints=[5, 5, 2, 0, 0, 0] * 34), 'got visibility 0 of landmark 1'),
        ('test', dict(bbox=None), 'annotation 2'),
        ('test', dict(iscrowd=1), 'must be usable, got'),
    ],
)
def test_faces_that_are_none_end_it_before_the_first_run(run, data, part, fields, message):
    """A landmark without a label is at (0, 0), which would be learnt."""
    change(data / f'{part}.json', **fields)
    status, errors = run()
    assert status == 2
    assert message in errors
    assert f'{part}.json' in errors


def test_a_report_needs_results(run, tmp_path):
    status, errors = run('--report-only')
    assert status == 2
    assert '--report-only needs finished tests, got none' in errors
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize(
    ('content', 'message'),
    [('{"rate"', 'is not JSON'), ('[]', 'must have rate, validation, probes, got []')],
)
def test_broken_results_are_named(run, tmp_path, content, message):
    file = tmp_path / 'out/runs/shufflenetv2-96_L1/0.001_seed0.json'
    file.parent.mkdir(parents=True)
    file.write_text(content)
    status, errors = run('--rates', '1e-3')
    assert status == 2
    assert f'{file} {message}' in errors
    assert 'remove it to run it again' in errors


def test_two_commands_at_once(run, tmp_path):
    with lock_folder(tmp_path / 'out'):
        status, errors = run()
    assert status == 2
    assert 'is in use by' in errors


def test_a_mean_is_over_tests_of_one_learning_rate(tmp_path):
    """The grid may grow: tests of the rate that was the best before are made again."""
    from real_faces.arms import all_arms
    from real_faces.report import results
    from real_faces.schedule import ready
    from real_faces.store import Store, Task

    store, arms = Store(tmp_path), all_arms()
    for rate, nme in ((0.001, 0.2), (0.004, 0.1), (0.016, 0.3)):
        store.write(Task(ARM, rate, 0), dict(rate=rate, validation=dict(nme=nme), probes={}))
    for seed, rate in enumerate((0.001, 0.004)):
        test = dict(rate=rate, test=dict(nme=0.1), jitter={}, seed=seed)
        store.write(Task(ARM, rate, seed, test=True), test)

    def seeds(*rates):
        return [test['seed'] for test in results(arms, store, (0, 1), rates)[ARM]]

    assert seeds(0.001, 0.004) == [1]
    assert seeds(0.001) == [0]
    assert seeds(0.002) == [0]  # not tuned: those of the first test's rate
    again = ready(arms, [ARM], (0, 1), store.read, lambda task: True, (0.001, 0.004))
    assert again == [Task(ARM, 0.004, 0, test=True)]


def test_arms_of_one_loss_have_curves_of_their_own(data, tmp_path, monkeypatch):
    """Here the losses of the heatmap branch differ."""
    from real_faces import report
    from real_faces.arms import all_arms
    from real_faces.faces import read_faces
    from real_faces.store import Store, Task

    store, faces = Store(tmp_path), read_faces(data / 'test.json')
    network = 'mobilenetv2-128+heatmaps'
    for offset, name in enumerate(('L1', 'L1, branch AdaptiveWing')):
        task = Task(f'{network}, {name}', 0.002, 0, test=True)
        result = dict(arm=task.arm, rate=task.rate, seed=0, test={}, jitter={})
        store.write(task, result)
        store.save_predictions(task, landmarks=faces.landmarks.numpy() + offset)
    curves = {}
    monkeypatch.setattr(report, 'draw_ced', lambda file, found, limits: curves.update(found))
    report.write(all_arms(), store, [0], faces)
    assert [*curves] == ['L1', 'L1, branch AdaptiveWing']
    assert curves['L1'].max() < 1e-6 < 0.01 < curves['L1, branch AdaptiveWing'].min()
