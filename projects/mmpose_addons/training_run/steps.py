"""Train and test by the config files of a run."""

import json
from pathlib import Path

from mmengine.config import Config

from mmpose_addons_core.fileio import atomic_write

from .runners import make_runner


def train(config_file: Path, work_dir: Path) -> Path:
    """Train, or go on where a training was stopped; the checkpoint of the last epoch.

    A training that has ended is not repeated.
    """
    done = work_dir / 'trained.json'
    if done.is_file():
        return work_dir / json.loads(done.read_text(encoding='utf-8'))
    config = Config.fromfile(config_file)
    config.resume = (work_dir / 'last_checkpoint').is_file()
    if config.resume:
        config.load_from = None
    make_runner(config, work_dir).train()
    checkpoint = Path((work_dir / 'last_checkpoint').read_text(encoding='utf-8'))
    with atomic_write(done) as unfinished:
        unfinished.write_text(json.dumps(checkpoint.name), encoding='utf-8')
    return work_dir / checkpoint.name


def score_network(
    config_file: Path, checkpoint: Path, work_dir: Path, images: tuple[Path, Path] | None
) -> dict[str, float]:
    """Test a network: metrics by their names in the config's evaluator.

    Args:
        config_file: ``source.py``.
        checkpoint: Of the network.
        work_dir: For logs.
        images: COCO file and folder of images; None: those of the config.
    """
    config = Config.fromfile(config_file)
    config.load_from = str(checkpoint)
    config.train_dataloader = config.train_cfg = config.optim_wrapper = None
    config.param_scheduler = None
    if images is not None:
        config.test_dataloader.dataset.update(
            data_root='', ann_file=str(images[0]), data_prefix=dict(img=str(images[1]))
        )
    metrics = make_runner(config, work_dir).test()
    return {key: float(value) for key, value in metrics.items()}
