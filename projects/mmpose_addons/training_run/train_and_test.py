"""Train and test by the config files of a run."""

import time
from pathlib import Path

from mmengine.config import Config

from mmpose_addons_core.fileio import write_json
from mmpose_addons_core.progress import share_bar
from mmpose_addons_core.stop_signals import StopRequest
from mmpose_addons_core.training_plan import RunClock, read_run_file

from .predictions import KeepPredictions
from .runners import end_workers, make_runner, quiet, show_warnings
from .watch import TrainingWatch

PREDICTIONS = 'predictions.json'


def train(
    config_file: Path,
    work_dir: Path,
    description: str,
    clock: RunClock,
    stop: StopRequest,
    seconds: float | None = None,
) -> Path:
    """Train, or go on where a training was stopped; the checkpoint of the last epoch.

    A training that has ended is not repeated.

    Args:
        config_file: Of the training.
        work_dir: For checkpoints and logs.
        description: For the progress bar.
        clock: Of the run.
        stop: Ends the training.
        seconds: Time that is left for it, in place of what the config says.

    Raises:
        RunStoppedError: By a signal.
        PlanError: A file of an earlier part of the run is damaged.
    """
    done = work_dir / 'trained.json'
    if done.is_file():
        return work_dir / read_run_file(done, str)
    config = Config.fromfile(config_file)
    config.resume = (work_dir / 'last_checkpoint').is_file()
    if config.resume:
        config.load_from = None
    if seconds is not None and config.train_cfg.type == 'TimedTrainLoop':
        config.train_cfg.until = time.time() + seconds
    with quiet() as console:
        runner = make_runner(config, work_dir)
        with show_warnings(runner, console), share_bar(description, console) as show:
            runner.register_hook(TrainingWatch(show, clock, stop))
            runner.train()
        end_workers(runner)
    checkpoint = Path((work_dir / 'last_checkpoint').read_text(encoding='utf-8'))
    write_json(done, checkpoint.name)
    return work_dir / checkpoint.name


def score_network(
    config_file: Path, checkpoint: Path, work_dir: Path, images: tuple[Path, Path] | None
) -> dict[str, float]:
    """Test a network: metrics by their names in the config's evaluator.

    Args:
        config_file: ``source.py``.
        checkpoint: Of the network.
        work_dir: For logs and ``PREDICTIONS``.
        images: COCO file and folder of images; None: those of the config.
    """
    config = Config.fromfile(config_file)
    config.load_from = str(checkpoint)
    config.train_dataloader = config.train_cfg = config.optim_wrapper = None
    config.val_dataloader = config.val_cfg = config.val_evaluator = None
    config.param_scheduler = None
    if images is not None:
        config.test_dataloader.dataset.update(
            data_root='', ann_file=str(images[0]), data_prefix=dict(img=str(images[1]))
        )
    keep = KeepPredictions()
    with quiet() as console:
        runner = make_runner(config, work_dir)
        runner.register_hook(keep)
        with show_warnings(runner, console):
            metrics = runner.test()
        end_workers(runner)
    keep.write(work_dir / PREDICTIONS)
    return {key: float(value) for key, value in metrics.items()}
