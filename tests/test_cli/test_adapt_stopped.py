"""A run that is stopped in the middle of training goes on, and ends with the same files."""

import json
import os
import re
import signal
import time

import pytest

from helpers.commands import start
from helpers.labelled_animals import (
    run_with_tiny_network,
    write_labelled,
    write_tiny_network,
    write_video,
)

PATIENCE = 240  # seconds


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    """``labelled/``, ``new.avi`` and ``tiny.py``."""
    folder = tmp_path_factory.mktemp('data')
    write_labelled(folder / 'labelled', images=10)
    write_video(folder / 'new.avi', folder / 'real')
    write_tiny_network(folder / 'tiny.py')
    return folder


def begin_run(data, out, log):
    """Start a run of three epochs of each training in a process."""
    options = ['--labelled', data / 'labelled', '--model', data / 'tiny.py', '--out', out]
    options += ['--unlabelled', data / 'new.avi', '--frames', '4', '--steps', '60']
    return start(run_with_tiny_network, 'adapt', *map(str, options), output=log)


def files_of(out):
    """Names of what a run leaves, without logs and the numbers of epochs."""
    names = [file.relative_to(out) for file in out.rglob('*') if file.is_file()]
    dated = re.compile(r'\d{8}_\d{6}')
    kept = [name for name in names if not any(dated.search(part) for part in name.parts)]
    names = {re.sub(r'epoch_\d+', 'epoch', str(name)) for name in kept}
    # crops are named by the path of their image
    return {re.sub(r'crops/.*', 'crops', name) for name in names}


def wait_for(file, process):
    begin = time.monotonic()
    while not file.is_file():
        assert process.is_alive(), 'the run ended too early'
        assert time.monotonic() - begin < PATIENCE
        time.sleep(0.05)


@pytest.mark.slow
def test_signals_and_kills(data, tmp_path):
    out, log = tmp_path / 'run', tmp_path / 'log.txt'
    stops = [
        (signal.SIGKILL, out / 'target/frames.json'),  # before the first step
        (signal.SIGINT, out / 'source/epoch_1.pth'),
        (signal.SIGKILL, out / 'source/epoch_2.pth'),
        (signal.SIGTERM, out / 'adapt/epoch_1.pth'),
    ]
    for number, sign in stops:
        process = begin_run(data, out, log)
        wait_for(sign, process)
        os.kill(process.pid, number)
        process.join(PATIENCE)
        expected = -number if number == signal.SIGKILL else 128 + number
        assert process.exitcode == expected, log.read_text()[-2000:]
        if number != signal.SIGKILL:
            assert 'the same command goes on' in log.read_text()
        assert not (out / 'report.html').exists()
    trained = (out / 'source/epoch_3.pth').stat().st_mtime_ns
    whole = tmp_path / 'whole'
    for folder in (out, whole):
        process = begin_run(data, folder, log)
        process.join(PATIENCE)
        assert process.exitcode == 0, log.read_text()[-2000:]
    assert (out / 'source/epoch_3.pth').stat().st_mtime_ns == trained
    assert files_of(out) == files_of(whole)
    assert not [file for file in out.rglob('.*') if file.is_file()]
    scores = [json.loads((folder / 'scores.json').read_text()) for folder in (out, whole)]
    assert [{part: [*found] for part, found in one.items()} for one in scores] == [
        {'val': ['before', 'after']}
    ] * 2
