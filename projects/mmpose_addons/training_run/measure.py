"""Measure what a training step costs, before its length is planned."""

import time
from pathlib import Path

import torch
from mmengine.config import Config

from mmpose_addons_core.training_plan import Measured

from .runners import make_runner

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

BATCH = 4
STEPS = 3


def measure(config_file: Path, work_dir: Path) -> tuple[Measured, int]:
    """Measure the cost of an image in training, and count the network's parameters.

    Takes a few steps on the real data, after one that is not counted. Images are loaded by
    the same process, so that the time counts loading and training.
    """
    config = Config.fromfile(config_file)
    config.load_from = None
    config.train_dataloader.update(batch_size=BATCH, num_workers=0, persistent_workers=False)
    config.log_level = 'ERROR'
    runner = make_runner(config, work_dir)
    loader = runner.build_dataloader(config.train_dataloader)
    model = runner.model
    wrapper = runner.build_optim_wrapper(config.optim_wrapper)
    model.train()
    before = _used()
    seconds = []
    batches = iter(loader)
    for _ in range(STEPS + 1):
        start = time.perf_counter()
        batch = next(batches, None)
        if batch is None:
            break
        model.train_step(batch, optim_wrapper=wrapper)
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    counted = seconds[1:] or seconds
    parameters = sum(weights.numel() for weights in model.parameters())
    # gradients and Adam's averages do not grow with the batch
    growth = max(0, _used() - before - 12 * parameters)
    return Measured(sum(counted) / len(counted) / BATCH, growth / BATCH, _free()), parameters


def _used() -> float:
    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated())
    if resource is None:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def _free() -> float:
    if torch.cuda.is_available():
        return float(torch.cuda.mem_get_info()[0])
    about = Path('/proc/meminfo')  # Linux
    for line in about.read_text().splitlines() if about.is_file() else ():
        if line.startswith('MemAvailable:'):
            return float(line.split()[1]) * 1024
    return 4e9
