import os
import subprocess
from pathlib import Path

import pytest

from mmpose_addons_core.fileio import (
    OverwriteError,
    atomic_folder,
    atomic_write,
    hold,
    refuse_input,
    refuse_outputs,
    write_json,
    write_text,
)


def test_a_file_appears_when_it_is_complete(tmp_path):
    target = tmp_path / 'new' / 'a.txt'
    with atomic_write(target) as unfinished:
        unfinished.write_text('whole')
        assert not target.exists()
    assert target.read_text() == 'whole'
    assert [file.name for file in target.parent.iterdir()] == ['a.txt']


def test_a_failure_leaves_the_old_file(tmp_path):
    target = tmp_path / 'a.txt'
    target.write_text('old')

    def write_half():
        with atomic_write(target) as unfinished:
            unfinished.write_text('ha')
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert target.read_text() == 'old'
    assert [file.name for file in tmp_path.iterdir()] == ['a.txt']


def test_text_and_json_are_utf8(tmp_path):
    write_text(tmp_path / 'new/a.txt', 'Zügel\n')
    assert (tmp_path / 'new/a.txt').read_bytes() == 'Zügel\n'.encode()
    write_json(tmp_path / 'a.json', dict(name='Zügel'))
    assert (tmp_path / 'a.json').read_bytes() == b'{"name": "Z\\u00fcgel"}'
    write_json(tmp_path / 'a.json', ['ü'], indent=1, ensure_ascii=False)
    assert (tmp_path / 'a.json').read_bytes() == '[\n "ü"\n]'.encode()


def test_what_is_no_json_leaves_the_old_file(tmp_path):
    write_json(tmp_path / 'a.json', 1)
    with pytest.raises(ValueError, match='not JSON compliant'):
        write_json(tmp_path / 'a.json', float('nan'), allow_nan=False)
    assert [file.read_text() for file in tmp_path.iterdir()] == ['1']


def test_a_folder_replaces_another_when_it_is_complete(tmp_path, ended):
    target = tmp_path / 'data'
    target.mkdir()
    (target / 'old').write_text('1')
    (tmp_path / f'.{ended}.data').mkdir()  # of a run that was killed

    def write_half():
        with atomic_folder(target) as unfinished:
            (unfinished / 'new').write_text('2')
            raise OSError(28, 'No space left on device')

    with pytest.raises(OSError, match='No space left') as error:
        write_half()
    assert error.value.filename == str(target)
    assert [file.name for file in tmp_path.rglob('*')] == ['data', 'old']
    with atomic_folder(target) as unfinished:
        (unfinished / 'new').write_text('2')
    assert [file.name for file in tmp_path.rglob('*')] == ['data', 'new']


@pytest.fixture
def ended():
    """The number of a process that has ended."""
    process = subprocess.Popen(['true'])
    process.wait()
    return process.pid


def test_half_files_of_ended_processes_are_removed(tmp_path, ended):
    mine = tmp_path / f'.{ended}.a.txt'
    mine.write_bytes(bytes(1000))
    folder = tmp_path / f'.{ended}.b.txt'
    (folder / 'in').mkdir(parents=True)
    others = [f'.{ended}.notes.txt', f'.{os.getppid()}.a.txt', '.a.txt', '.x.a.txt']
    for name in others:
        (tmp_path / name).write_text('of somebody')
    for name in ('a.txt', 'b.txt'):
        with atomic_write(tmp_path / name) as unfinished:
            unfinished.write_text('new')
    assert {file.name for file in tmp_path.iterdir()} == {'a.txt', 'b.txt', *others}


def test_a_half_file_that_is_held_stays(tmp_path, ended):
    """As of a container whose processes have other numbers."""
    half = tmp_path / f'.{ended}.a.txt'
    with half.open('w') as stream:
        hold(stream.fileno())
        with atomic_write(tmp_path / 'a.txt') as unfinished:
            unfinished.write_text('new')
        assert half.exists()


def test_an_input_is_refused_as_target(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'in.json').write_text('{}')
    os.link('in.json', 'hard.json')
    os.symlink('in.json', 'soft.json')
    for target in ('in.json', './in.json', tmp_path / 'in.json', 'hard.json', 'soft.json'):
        with pytest.raises(ValueError, match='would be overwritten'):
            refuse_input(target, [None, 'other.json', 'in.json'])
    with pytest.raises(ValueError, match='would be overwritten'):
        refuse_input('missing', [tmp_path / 'missing'])
    refuse_input('out.json', [None, 'in.json'])


@pytest.mark.parametrize(
    ('outputs', 'message'),
    [
        (['in.json'], 'in.json is read by this command and would be overwritten'),
        (['a.json', None, './a.json'], './a.json would be written twice'),
        (['folder'], 'folder is a folder, not a file to write'),
        (['a.json', 'old.json'], 'old.json exists; --force overwrites it'),
    ],
)
def test_outputs_replace_nothing(tmp_path, monkeypatch, outputs, message):
    monkeypatch.chdir(tmp_path)
    for name in ('in.json', 'old.json'):
        (tmp_path / name).touch()
    (tmp_path / 'folder').mkdir()
    with pytest.raises(OverwriteError, match=message):
        refuse_outputs(outputs, ['in.json', None], force=False)
    if 'force' in message:
        refuse_outputs(outputs, ['in.json'], force=True)
    else:
        with pytest.raises(OverwriteError, match=message):
            refuse_outputs(outputs, ['in.json'], force=True)


@pytest.mark.parametrize('link', [False, True])
def test_a_folder_of_an_output_is_no_file(tmp_path, link):
    if link:
        (tmp_path / 'old').symlink_to('nowhere')
    else:
        (tmp_path / 'old').touch()
    for below in ('a.json', 'new/a.json'):
        with pytest.raises(NotADirectoryError) as raised:
            refuse_outputs([tmp_path / 'b.json', tmp_path / 'old' / below], force=True)
        assert raised.value.filename == str(tmp_path / 'old')


@pytest.mark.parametrize('name', ['a.pth', 'new/folder/a.pth'])
def test_a_folder_that_takes_no_file_is_found_before_the_work(tmp_path, monkeypatch, name):
    monkeypatch.setattr(os, 'access', lambda folder, mode: Path(folder) != tmp_path)
    with pytest.raises(PermissionError) as error:
        refuse_outputs([tmp_path / name], force=True)
    assert error.value.filename == str(tmp_path)
    refuse_outputs([tmp_path.parent / 'b.pth'], force=True)
