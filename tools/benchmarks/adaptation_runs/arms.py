"""What a comparison consists of: tasks, and the ways to train that each task compares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mmengine.config import Config

from mmpose_addons_core.datasets.coco_file import CocoFileError, read_records
from mmpose_addons_core.datasets.coco_images import named_images
from mmpose_addons_core.message_texts import listed

ROOT = Path(__file__).resolve().parents[3]
SOURCE, REAL = 'source only', 'real labels'
PCKS = {'PCK@0.05': 'animal/PCK', 'PCK@0.1': 'animal/PCK@0.1'}

PHOTOMETRY = dict(type='RandomPhotometry', prob=1)
TEXTURE = dict(type='RandomTexture', prob=0.3)
BACKGROUND = dict(type='RandomBackground', prob=0.5, inside=0.5)
FOURIER = dict(type='FourierDomainAdaptation', images='', prob=0.5)
APPEARANCE = {
    'photometry': (PHOTOMETRY,),
    'textures': (TEXTURE,),
    'backgrounds': (BACKGROUND,),
    'Fourier': (FOURIER,),
    'all four': (FOURIER, BACKGROUND, TEXTURE, PHOTOMETRY),
}
"""Beside the config's RandomAppearance."""


@dataclass(frozen=True)
class Arm:
    """One way to train.

    Args:
        config: Path of its config below the repository.
        options: Changes to the config, as of ``--cfg-options``.
        start: Arm of the same task and seed from whose last checkpoint it starts.
        train: Whether it trains at all.
        domain: ``'target'`` if it learns from the target's labels; no other arm sees them.
        few: Number of labelled target images in training; 0 for none.
        transforms: Of labelled images, between their crop and the rest of their pipeline.
    """

    config: str
    options: dict[str, Any] = field(default_factory=dict)
    start: str | None = None
    train: bool = True
    domain: str = 'source'
    few: int = 0
    transforms: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Task:
    """A source, a target, and the arms by name, in the order of the table.

    Args:
        name: Of its folder and its table.
        source: Name of the labelled kind of animals.
        target: Name of the kind that is tested.
        arms: By name.
        place: Called with the config of an arm, the task, the arm and the folder of the data;
            it sets the files of data.
        draw: Called with the folder of the data and the seed before a run; it makes the data.
            None: the data are there.
        baseline: Arm at which the gap begins.
        upper: Arm at which it ends.
        metrics: Names in the table of the metrics, from 0 to 1.
        main: Arms that are trained unless others are named.
        source_test: Annotation file of the source's test set; None: it has none.
        folder: Of the annotation files and their images, below that of the data.
    """

    name: str
    source: str
    target: str
    arms: Mapping[str, Arm]
    place: Callable[[Config, 'Task', Arm, Path], None]
    draw: Callable[[Path, int], None] | None = None
    baseline: str = SOURCE
    upper: str = REAL
    metrics: Mapping[str, str] = field(default_factory=lambda: dict(PCKS))
    main: Sequence[str] = ()
    source_test: str | None = None
    folder: str = ''

    def data_of(self, data: Path, seed: int) -> Path:
        """Return the folder of a seed's data; drawn data differ from seed to seed."""
        return data if self.draw is None else data / f'seed{seed}'

    def data_problem(self, data: Path) -> str:
        """Say which annotation file or image the data lack; drawn data lack none."""
        if self.draw is not None:
            return ''
        kinds = (f'{self.source}_train', f'{self.target}_train', f'{self.target}_test')
        names = [f'{kind}.json' for kind in kinds]
        if self.source_test is not None:
            names.append(self.source_test)
        folder = data / self.folder
        for file in (folder / name for name in names):
            if not file.is_file():
                return f'{file} is missing'
            try:
                images = named_images(file, read_records(file, 'images', ['file_name']))
            except CocoFileError as error:
                return str(error)
            if not images:
                return f'{file} has no image'
            files = [image.file_name for image in images.values()]
            if gone := [name for name in files if not (folder / name).is_file()]:
                return f'{file}: {len(gone)} of {len(files)} images are missing: {listed(gone)}'
        return ''

    def depth(self, name: str) -> int:
        """Count the trainings that come before this arm."""
        start = self.arms[name].start
        return 0 if start is None else 1 + self.depth(start)

    def with_starts(self, names: set[str]) -> set[str]:
        """Add the arms that these start from."""
        starts = {start for name in names if (start := self.arms[name].start) is not None}
        return names if starts <= names else self.with_starts(names | starts)


def schedule(epochs: int, lr: float) -> dict[str, Any]:
    """Return options that change the length of a training and its learning rate."""
    return {
        'optim_wrapper.optimizer.lr': lr,
        'train_cfg.max_epochs': epochs,
        'param_scheduler.1.T_max': epochs,
        'param_scheduler.1.end': epochs,
    }


def with_appearance(source: Arm) -> dict[str, Arm]:
    """Return arms of a source network with transforms that change its appearance, by name."""
    return {
        f'source and {name}': replace(source, transforms=transforms)
        for name, transforms in APPEARANCE.items()
    }
