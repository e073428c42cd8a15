"""One run: a task's arm with one seed, trained, tested and written down."""

import json
from copy import deepcopy
from datetime import datetime
from inspect import signature
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.runner import Runner

from mmpose_addons_core.datasets.coco_file import CocoFileError, read_json
from mmpose_addons_core.even_choice import evenly_chosen
from mmpose_addons_core.fileio import write_json

from .arms import ROOT, Arm, Task


def folder_of(work_dir: Path, task: str, arm: str, seed: int) -> Path:
    """Return the folder of a run."""
    return work_dir / task / f'seed{seed}' / arm.replace(',', '').replace(' ', '_').lower()


class BrokenRunError(ValueError):
    """A file of a run that is done is missing or not what a run writes; it is named."""


def metrics_of(folder: Path) -> dict[str, dict[str, float]]:
    """Return the metrics of a run that is done, by domain.

    Raises:
        BrokenRunError: The file is not what a run writes.
    """
    file = folder / 'metrics.json'
    try:
        content = read_json(file)
    except CocoFileError as error:
        raise BrokenRunError(f'{file} {error.reason}') from None
    if not isinstance(content, dict) or 'target' not in content:
        raise BrokenRunError(f'{file}: expected metrics by domain, got {content!r:.60}')
    for values in content.values():
        numbers = values.values() if isinstance(values, dict) else ['']
        if not all(isinstance(value, int | float) for value in numbers):
            raise BrokenRunError(f'{file}: expected numbers by name, got {values!r:.60}')
    return content


def network_of(folder: Path) -> Path:
    """Return the last checkpoint of a run.

    Raises:
        BrokenRunError: It is missing.
    """
    file = folder / 'last_checkpoint'
    try:
        network = Path(file.read_text())
    except (OSError, ValueError) as error:
        reason = getattr(error, 'strerror', None) or error
        raise BrokenRunError(f'{file} cannot be read: {reason}') from None
    if not network.is_file():
        raise BrokenRunError(f'{network} is missing, which {file} names')
    return network


def minutes(folder: Path) -> float:
    """Return how long a run took, by MMEngine's log files, without pauses between its parts.

    A log file is named after the time of its first line, and was changed by its last.
    """
    seconds = 0.0
    for log in folder.glob('*/*.log'):
        begin = datetime.strptime(log.stem, '%Y%m%d_%H%M%S').timestamp()
        seconds += max(0.0, log.stat().st_mtime - begin)
    return seconds / 60


def build_config(
    task: Task, arm: Arm, seed: int, data: Path, folder: Path, start: Path | None
) -> Config:
    """Return the config of a run, with its data, seed, folder and starting checkpoint."""
    config = Config.fromfile(ROOT / arm.config)
    config.merge_from_dict(arm.options)
    _insert(config, arm.transforms)
    task.place(config, task, arm, task.data_of(data, seed))
    config.load_from = None if start is None else str(start)
    config.randomness.seed = seed
    config.work_dir = str(folder)
    config.experiment_name = f'{folder.parent.parent.name}_{folder.name}_{seed}'
    return _without_parts(config)


def labelled(config: Config) -> dict:
    """Return the settings of the labelled images of a training."""
    dataset = config.train_dataloader.dataset
    return dataset.get('source', dataset)


def _insert(config: Config, transforms: tuple[dict[str, Any], ...]) -> None:
    """Put transforms behind the crop in the pipeline of the labelled images."""
    pipeline = labelled(config)['pipeline']
    crop = [step['type'] for step in pipeline].index('TopdownAffine')
    pipeline[crop + 1 : crop + 1] = deepcopy(list(transforms))


def point_fourier(config: Config, images: Path) -> None:
    """Let Fourier adaptation take its amplitudes from a folder or a COCO file."""
    for step in labelled(config)['pipeline']:
        if step['type'] == 'FourierDomainAdaptation':
            step['images'] = str(images)


def _without_parts(config: Config) -> Config:
    """Leave out variables of the config file; every checkpoint writes the config as text."""
    known = {*signature(Runner.__init__).parameters, 'custom_imports'}
    parts = {name: value for name, value in config.items() if name in known}
    return Config(parts, filename=config.filename)


def place_source_and_target(config: Config, task: Task, arm: Arm, data: Path) -> None:
    """Set files ``<kind>_train.json`` and ``<kind>_test.json`` of one folder."""
    train = config.train_dataloader.dataset
    if 'source' in train:
        datasets = {task.source: train.source, task.target: train.target.dataset}
        if arm.few:
            train.few = few_of(train.source, data / f'{task.target}_train.json', arm.few)
            config.train_dataloader.sampler.shares = dict(source=0.25, few=0.25, target=0.5)
    else:
        datasets = {task.target if arm.domain == 'target' else task.source: train}
    for name, dataset in datasets.items():
        dataset.data_root, dataset.ann_file = f'{data}/', f'{name}_train.json'
    point_fourier(config, data / f'{task.target}_train.json')
    test = config.test_dataloader.dataset
    test.data_root, test.ann_file = f'{data}/', f'{task.target}_test.json'
    if not arm.train:
        adapt_batchnorm_in_test(config, ann_file=f'{task.target}_train.json')


def adapt_batchnorm_in_test(config: Config, **files: Any) -> None:
    """Take BatchNorm statistics of images, the test set's but for these files, in the test."""
    images = deepcopy(config.test_dataloader.dataset)
    images.update(files)
    hook = dict(type='AdaptBatchNormHook', dataset=images, when='test')
    config.custom_hooks = [*config.custom_hooks, hook]


def few_of(source: dict, ann_file: Path, count: int) -> dict:
    """Build a domain of evenly chosen labelled images, configured as ``source``."""
    total = len(json.loads(ann_file.read_text())['annotations'])
    few = deepcopy(source)
    few.update(
        data_root=f'{ann_file.parent}/',
        ann_file=ann_file.name,
        indices=evenly_chosen(total, count),
    )
    return few


def train_and_test(work_dir: Path, task: Task, arm_name: str, seed: int, data: Path) -> None:
    """Leave ``metrics.json`` in the run's folder; an interrupted training continues."""
    arm = task.arms[arm_name]
    folder = folder_of(work_dir, task.name, arm_name, seed)
    if task.draw is not None:
        task.draw(task.data_of(data, seed), seed)
    start = None
    if arm.start is not None:
        first = folder_of(work_dir, task.name, arm.start, seed)
        start = network_of(first)
    config = build_config(task, arm, seed, data, folder, start)
    if (folder / 'last_checkpoint').exists():
        config.resume, config.load_from = True, None
    runner = Runner.from_cfg(config)
    if arm.train:
        runner.train()
    metrics: dict[str, Any] = dict(target=runner.test())
    if arm.train and arm.start is None and arm.domain == 'source' and task.source_test:
        metrics['source'] = _test_on_source(config, task.source_test)
    write_json(folder / 'metrics.json', metrics)


def _test_on_source(config: Config, ann_file: str) -> dict[str, float]:
    """Test the source network on images of its own domain."""
    config = config.copy()
    config.test_dataloader.dataset.ann_file = ann_file
    config.load_from = str(network_of(Path(config.work_dir)))
    config.resume = False
    config.experiment_name += '_source'
    return Runner.from_cfg(config).test()
