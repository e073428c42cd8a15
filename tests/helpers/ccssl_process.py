"""One of several CC-SSL training processes without a GPU."""

import os
from pathlib import Path

import torch

import mmpose_addons  # noqa: F401
from helpers import tiny_domains


def train(folder: str, work_dir: str) -> None:
    """Train one epoch and make labels twice; four samples a step over all processes."""
    torch.set_num_threads(1)
    world_size = int(os.environ.get('WORLD_SIZE', 1))
    if world_size > 1:
        torch.distributed.init_process_group('gloo')
    runner = tiny_domains.make_runner(
        Path(folder),
        Path(work_dir),
        epochs=2,
        norm=False,
        batch_size=4 // world_size,
        distributed=world_size > 1,
    )
    runner.train()
