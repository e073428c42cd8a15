"""One of several training processes of CC-SSL, a mean teacher or PPLO without a GPU."""

import os
from pathlib import Path

import torch

import mmpose_addons  # noqa: F401
from helpers import tiny_domains

TEACHER: dict = dict(
    teacher=dict(ramp=0, report=1, momentum=0.2), consistency=dict(small_loss=dict(start=1))
)
PPLO: dict = dict(
    type='PPLOHook',
    pace=dict(start=0.3, step=0.3),
    draw_all=True,
    model=dict(discriminator=dict(in_channels=16, hidden=8, human=[])),
)
SYNCED: dict = dict(PPLO, norm=True, sync_bn='mmcv')
SYNCED_TEACHER: dict = dict(TEACHER, norm=True, sync_bn='mmcv')
TURNS: dict = dict(
    PPLO,
    pace=dict(measure='confidence', start=2, step=2, end=0),  # labels in the second epoch only
    sampler=dict(batches='pure', num_batches=4),
    find_unused=True,
)
METHODS: dict = dict(
    ccssl={},
    teacher=TEACHER,
    synced_teacher=SYNCED_TEACHER,
    pplo=PPLO,
    synced=SYNCED,
    turns=TURNS,
)


def train(folder: str, work_dir: str, method: str = 'ccssl') -> None:
    """Train two epochs and make labels twice; four samples a step over all processes."""
    torch.set_num_threads(1)
    world_size = int(os.environ.get('WORLD_SIZE', 1))
    if world_size > 1:
        torch.distributed.init_process_group('gloo')
    runner = tiny_domains.make_runner(
        Path(folder),
        Path(work_dir),
        epochs=2,
        batch_size=4 // world_size,
        distributed=world_size > 1,
        **(dict(norm=False) | METHODS[method]),
    )
    if method.startswith('synced'):  # Adam enlarges the rounding errors of gradients near 0
        runner.optim_wrapper = dict(optimizer=dict(type='SGD', lr=1e-5))
    torch.manual_seed(0)  # MMSyncBN draws random numbers when it takes BatchNorm's place
    runner.train()
