"""Measure what a training step costs, before its length is planned."""

import time
from pathlib import Path

import torch
from mmengine.config import Config

from mmpose_addons_core.training_plan import Measured

from .runners import make_runner, quiet

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

BATCH = 4
STEPS = 3


def measure(config_file: Path, work_dir: Path) -> tuple[Measured, int]:
    """Measure an image's cost in training and in a test, and count the parameters.

    Takes a few steps on the real data, after one that is not counted. Images are loaded by
    the same process, so that the time counts loading and training.
    """
    config = Config.fromfile(config_file)
    config.load_from = None
    config.train_dataloader.update(batch_size=BATCH, num_workers=0, persistent_workers=False)
    config.train_dataloader.sampler.length = BATCH * (STEPS + 1)
    config.val_dataloader = config.val_cfg = config.val_evaluator = None
    with quiet():
        runner = make_runner(config, work_dir)
        for hook in runner.hooks:  # channels last, where the config says so
            hook.before_run(runner)
        batches = iter(runner.build_dataloader(config.train_dataloader))
    model = runner.model
    wrapper = runner.build_optim_wrapper(config.optim_wrapper)
    model.train()
    before = _used()
    seconds = []
    for _ in range(STEPS + 1):
        start = time.perf_counter()
        batch = next(batches)
        model.train_step(batch, optim_wrapper=wrapper)
        seconds.append(_since(start))
    model.eval()
    with torch.no_grad():
        model.test_step(batch)
        start = time.perf_counter()
        model.test_step(batch)
        test_seconds = _since(start)
    counted = seconds[1:]
    parameters = sum(weights.numel() for weights in model.parameters())
    # gradients and Adam's averages do not grow with the batch
    growth = max(0, _used() - before - 12 * parameters)
    cost = Measured(
        sum(counted) / len(counted) / BATCH, growth / BATCH, _free(), test_seconds / BATCH
    )
    return cost, parameters


def _since(start: float) -> float:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start


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
