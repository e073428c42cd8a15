"""Several runners in one process."""

from pathlib import Path
from uuid import uuid4

from mmengine.config import Config
from mmengine.runner import Runner


def make_runner(config: Config, work_dir: Path) -> Runner:
    """Build a runner that shares nothing with earlier ones.

    MMEngine finds loggers, message hubs and visualizers by name, so that a second runner of
    the same name would write to the files of the first.
    """
    config.work_dir = str(work_dir)
    config.experiment_name = f'{work_dir.name}_{uuid4().hex[:8]}'
    if config.get('visualizer'):
        config.visualizer.name = config.experiment_name
    return Runner.from_cfg(config)
