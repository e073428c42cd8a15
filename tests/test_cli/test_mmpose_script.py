"""tools/train.py and tools/test.py on one and on two processes."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import torch

from helpers.attacks import CALLS
from helpers.commands import free_port, run_command
from helpers.noise import noise
from mmpose_addons_toys import make_toy_people

CONFIG = 'configs/body_2d_keypoint/lpn/toy/td-hm_lpn-50_1xb16-5e_toy-people-128x96.py'


@pytest.fixture(scope='module')
def options(tmp_path_factory):
    data = tmp_path_factory.mktemp('toy') / 'people'
    make_toy_people(data, images=12, seed=0, val_fraction=0.5)
    return [
        '--cfg-options',
        'train_cfg.max_epochs=1',
        'train_dataloader.batch_size=4',
        'train_dataloader.num_workers=0',
        'train_dataloader.persistent_workers=False',
        'val_dataloader.num_workers=0',
        'val_dataloader.persistent_workers=False',
        'test_dataloader.num_workers=0',
        'test_dataloader.persistent_workers=False',
        f'train_dataloader.dataset.data_root={data}',
        f'val_dataloader.dataset.data_root={data}',
        f'test_dataloader.dataset.data_root={data}',
        f'val_evaluator.ann_file={data}/annotations/people_val.json',
        f'test_evaluator.ann_file={data}/annotations/people_val.json',
    ]


def run_alone(*command, cwd):
    """In an interpreter that has imported the stack."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / 'log.txt'
        status = run_command('python', *command, output=log, folder=cwd)
        text = log.read_text()
    assert status == 0, text[-4000:]
    return text


def run(*command, cwd):
    """In a new interpreter."""
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=cwd, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert noise(done.stdout + done.stderr) == []
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize('processes', [1, 2])
def test_train_then_test(repo, tmp_path, options, processes):
    launcher = []
    start = []
    call = run_alone
    if processes > 1:
        call = run
        launcher = ['--launcher', 'pytorch']
        start = ['-m', 'torch.distributed.run', '--standalone']  # on a free port
        start += [f'--nproc_per_node={processes}']
    call(
        *start, 'tools/train.py', CONFIG, '--work-dir', tmp_path, *launcher, *options, cwd=repo
    )
    checkpoint = tmp_path / 'epoch_1.pth'
    metrics = tmp_path / 'metrics.json'
    call(
        *start,
        'tools/test.py',
        CONFIG,
        checkpoint,
        '--work-dir',
        tmp_path,
        '--out',
        metrics,
        *launcher,
        *options,
        cwd=repo,
    )
    assert 0 <= json.loads(metrics.read_text())['coco/AP'] <= 1


@pytest.mark.slow
def test_two_processes_of_srun(repo, tmp_path, options):
    """Without a GPU; scontrol, which names the hosts, is a script here."""
    scontrol = tmp_path / 'scontrol'
    scontrol.write_text('#!/bin/sh\nprintf "127.0.0.1\\nother\\n"\n')
    scontrol.chmod(0o755)
    cluster = dict(
        PATH=f'{tmp_path}:{os.environ["PATH"]}',
        SLURM_NTASKS='2',
        SLURM_NODELIST='node[1-2]',
        MASTER_PORT=str(free_port()),
    )
    words = [sys.executable, 'tools/train.py', CONFIG, '--work-dir', tmp_path / 'work']
    words += ['--launcher', 'slurm', *options]
    running = [
        subprocess.Popen(
            [*map(str, words)],
            cwd=repo,
            env=os.environ | cluster | dict(SLURM_PROCID=str(rank), SLURM_LOCALID=str(rank)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(2)
    ]
    texts = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], texts[0][-3000:]
    assert re.search(r'Distributed training: True\s+GPU number: 2', texts[0])
    assert (tmp_path / 'work/epoch_1.pth').is_file()


def test_slurm_without_srun(repo, tmp_path):
    words = ['mmpose-addons', 'train', repo / CONFIG, '--launcher', 'slurm']
    log = tmp_path / 'log'
    assert run_command(*words, output=log, folder=tmp_path) == 2
    last = log.read_text().splitlines()[-1]
    assert last.startswith('train: --launcher slurm needs the variables that srun sets')
    assert 'SLURM_PROCID' in last


def test_help_is_that_of_mmpose(repo):
    for name, argument in (('train.py', '--resume'), ('test.py', '--show-dir')):
        text = run_alone(f'tools/{name}', '--help', cwd=repo)
        assert argument in text
        assert '--cfg-options' in text
        assert '--trust-checkpoint' in text


@pytest.mark.parametrize('command', ['train', 'test'])
def test_checkpoints_that_run_code(repo, tmp_path, options, command):
    """They are refused in one line, unless they are trusted by name."""
    torch.save(dict(state_dict={}, evil=dict(CALLS)['posix.system']), tmp_path / 'evil.pth')
    words = dict(train=['--cfg-options', 'load_from=evil.pth'], test=['evil.pth'])[command]
    words = ['mmpose-addons', command, repo / CONFIG, '--work-dir', 'work', *words]
    words += options[words.count('--cfg-options') :]
    log = tmp_path / 'log'
    assert run_command(*words, output=log, folder=tmp_path) == 2
    last = log.read_text().splitlines()[-1]
    assert last.startswith(f'{command}: evil.pth is refused')
    assert 'posix.system' in last
    assert 'Traceback' not in log.read_text()
    assert not (tmp_path / 'ran').exists()


@pytest.mark.slow
def test_a_trusted_checkpoint(repo, tmp_path, options):
    torch.save(dict(state_dict={}, evil=dict(CALLS)['posix.system']), tmp_path / 'evil.pth')
    words = ['mmpose-addons', 'test', '--trust-checkpoint', repo / CONFIG, 'evil.pth']
    log = tmp_path / 'log'
    status = run_command(*words, '--work-dir', 'w', *options, output=log, folder=tmp_path)
    assert status == 0, log.read_text()
    assert (tmp_path / 'ran').exists()


@pytest.mark.parametrize('command', ['train', 'test'])
def test_a_file_in_place_of_the_work_dir(repo, tmp_path, options, command):
    torch.save(dict(state_dict={}), tmp_path / 'a.pth')
    words = ['mmpose-addons', command, repo / CONFIG, *dict(train=[], test=['a.pth'])[command]]
    log = tmp_path / 'log'
    words += ['--work-dir', 'a.pth', *options]
    assert run_command(*words, output=log, folder=tmp_path) == 2
    last = log.read_text().splitlines()[-1]
    assert last == f'{command}: {tmp_path}/a.pth: is a file, a folder is needed'
