"""The command of tools/benchmarks/adaptation.py: wrong arguments, and runs that fail."""

import importlib
import json
import sys
import threading
from argparse import Namespace
from pathlib import Path

import pytest

from mmpose_addons_core.folder_lock import lock_folder

sys.path.insert(0, str(Path(__file__).parents[2] / 'tools/benchmarks'))
arms, command, run = (
    importlib.import_module(f'adaptation_runs.{name}') for name in ('arms', 'command', 'run')
)


def unused(*_):
    raise AssertionError('no run is to be built')


TASK = arms.Task(
    'horse-cow',
    'horse',
    'cow',
    {
        arms.SOURCE: arms.Arm('source.py'),
        'CC-SSL': arms.Arm('ccssl.py', start=arms.SOURCE),
        arms.REAL: arms.Arm('real.py', domain='target'),
    },
    place=unused,
    main=(arms.SOURCE, 'CC-SSL'),
)


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Call the command; its status and what it says."""
    for kind in ('horse_train', 'cow_train', 'cow_test'):
        images = [dict(id=1, file_name='a.jpg')]
        (tmp_path / f'{kind}.json').write_text(json.dumps(dict(images=images)))
    (tmp_path / 'a.jpg').touch()
    monkeypatch.setattr(command, 'draw_predictions', lambda *_: None)

    def called(*words, data=tmp_path):
        words = [*words, '--data', str(data), '--work-dir', str(tmp_path / 'runs')]
        monkeypatch.setattr(sys, 'argv', ['adaptation.py', *words])
        try:
            status = command.main('adaptation.py', '', '', {TASK.name: TASK}, 'data')
        except SystemExit as end:
            status = end.code
        said = capsys.readouterr()
        return status, said.out + said.err

    return called


def finish(work_dir, arm, seed=0):
    folder = run.folder_of(work_dir, TASK.name, arm, seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'epoch_1.pth').touch()
    (folder / 'last_checkpoint').write_text(str(folder / 'epoch_1.pth'))
    metrics = {'animal/PCK': 0.5, 'animal/PCK@0.1': 0.5}
    (folder / 'metrics.json').write_text(json.dumps(dict(target=metrics)))
    return folder


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['--arms', 'CC-SLL'], "--arms: horse-cow has the arms ['source only', 'CC-SSL'"),
        (['--table-only', '--arms', 'CC-SLL'], "got ['CC-SLL']"),
        (['--jobs', '0'], "--jobs: must be a whole number from 1, got '0'"),
        (['--seeds', '-1'], 'seeds'),
        (['--seeds', str(2**32)], 'must be a whole number from 0 to 4294967295'),
        (['--tasks', 'horse-dog'], "invalid choice: 'horse-dog'"),
    ],
)
def test_wrong_arguments(call, tmp_path, words, message):
    status, said = call(*words)
    assert (status, message in said) == (2, True), said
    assert not (tmp_path / 'runs').exists()


def test_data_that_are_not_there(call, tmp_path):
    status, said = call(data=tmp_path / 'gone')
    assert status == 2
    assert f'the data of horse-cow: {tmp_path}/gone/horse_train.json is missing' in said
    (tmp_path / 'cow_test.json').unlink()
    status, said = call()
    assert status == 2
    assert f'the data of horse-cow: {tmp_path}/cow_test.json is missing' in said
    assert not (tmp_path / 'runs').exists()


def test_data_without_images(call, tmp_path):
    (tmp_path / 'a.jpg').unlink()
    status, said = call()
    file = tmp_path / 'horse_train.json'
    assert (status, f'{file}: 1 of 1 images are missing: a.jpg' in said) == (2, True)
    file.write_text('{"images": []}')
    assert f'{file} has no image' in call()[1]
    file.write_text('{')
    assert f'{file} is not a COCO file' in call()[1]
    assert not (tmp_path / 'runs').exists()


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{', 'metrics.json is not JSON'),
        ('[]', 'metrics.json: expected metrics by domain, got []'),
        ('{"target": 1}', 'metrics.json: expected numbers by name, got 1'),
        ('{"target": {"a": "b"}}', "metrics.json: expected numbers by name, got {'a': 'b'}"),
    ],
)
def test_a_broken_run_is_left_out_of_the_table(call, tmp_path, content, message):
    folder = finish(tmp_path / 'runs', 'CC-SSL')
    (folder / 'metrics.json').write_text(content)
    finish(tmp_path / 'runs', arms.SOURCE)
    status, said = call('--table-only')
    assert status == 3
    assert f'horse-cow / CC-SSL / 0 is not in the table: {folder}/{message}' in said
    assert call('--table-only', '--arms', arms.SOURCE)[1].count('CC-SSL / 0 is not in') == 1
    table = (tmp_path / 'runs/table.md').read_text()
    assert ('| source only | 50.0 |' in table, 'CC-SSL' in table) == (True, False)


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('last_checkpoint', 'last_checkpoint cannot be read: No such file or directory'),
        ('epoch_1.pth', 'epoch_1.pth is missing, which '),
    ],
)
def test_a_network_that_is_gone_is_left_out_of_the_pictures(call, tmp_path, name, message):
    folder = finish(tmp_path / 'runs', arms.SOURCE)
    (folder / name).unlink()
    status, said = call('--table-only')
    start = 'horse-cow / source only / 0 is not in predictions.jpg: '
    assert (status, f'{start}{folder}/{message}' in said) == (3, True)
    assert '| source only | 50.0 |' in (tmp_path / 'runs/table.md').read_text()


def test_a_table_of_nothing_replaces_no_table(call, tmp_path):
    file = tmp_path / 'runs/table.md'
    file.parent.mkdir()
    file.write_text('of another task')
    status, said = call('--table-only')
    assert (status, 'no run is done, so there is no table' in said) == (1, True)
    assert file.read_text() == 'of another task'
    finish(tmp_path / 'runs', arms.SOURCE)
    assert call('--table-only')[0] == 0
    assert '| source only | 50.0 |' in file.read_text()


def test_what_starts_from_a_run_that_failed_is_not_started(call, tmp_path, monkeypatch):
    started = []

    def start(script, args, one):
        started.append(one[1])
        if one[1] == arms.REAL:
            finish(args.work_dir, arms.REAL)
        return one[1] == arms.REAL

    monkeypatch.setattr(command, 'start', start)
    status, said = call('--arms', 'all')
    assert status == 1
    assert started == [arms.SOURCE, arms.REAL]
    assert 'horse-cow / CC-SSL / 0: not started, source only is not done' in said
    assert 'horse-cow / CC-SSL / 0 failed' in said


def test_a_run_that_cannot_start(call, tmp_path):
    (tmp_path / 'runs').write_text('a file where the folder would be')
    status, said = call()
    assert status == 1
    assert 'horse-cow / source only / 0: not started, ' in said
    assert 'horse-cow / CC-SSL / 0: not started, source only is not done' in said


def test_a_run_starts_when_its_network_is_there(call, monkeypatch):
    """It does not wait for others that started before it."""
    adapted = threading.Event()

    def start(script, args, one):
        if one[1] == arms.REAL:
            assert adapted.wait(60)
        finish(args.work_dir, one[1])
        if one[1] == 'CC-SSL':
            adapted.set()
        return True

    monkeypatch.setattr(command, 'start', start)
    assert call('--arms', 'all', '--jobs', '2')[0] == 0


def test_a_run_that_another_command_has_in_work(tmp_path, monkeypatch, capsys):
    """A training locks its folder itself, in the same process."""
    folder = run.folder_of(tmp_path, TASK.name, arms.SOURCE, 0)

    def train(*_):
        with lock_folder(folder):
            pass

    monkeypatch.setattr(command, 'train_and_test', train)
    args = Namespace(one=[TASK.name, arms.SOURCE, '0'], work_dir=tmp_path, data=tmp_path)
    assert command._one(args, {TASK.name: TASK}) == 0
    with lock_folder(folder):
        assert command._one(args, {TASK.name: TASK}) == 2
    assert f'{folder} is in use by' in capsys.readouterr().err
