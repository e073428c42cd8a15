"""The tasks of the comparison: a labelled source, and a target whose labels are for testing.

A task names the configs of its arms. An arm is one way to train. All arms but "plain
augmentation" have the same augmentation, and all that continue from the source network train
for the same number of steps.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
LIVESTOCK = 'configs/animal_2d_keypoint/livestock/td-hm_lpn-50_{}_livestock-{}-128x128.py'
SOURCE, REAL = 'source only', 'real labels'


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
    """

    config: str
    options: dict[str, Any] = field(default_factory=dict)
    start: str | None = None
    train: bool = True
    domain: str = 'source'
    few: int = 0


@dataclass(frozen=True)
class Task:
    """A source, a target, and the arms by name, in the order of the table."""

    source: str
    target: str
    arms: dict[str, Arm]


def schedule(epochs: int, lr: float) -> dict[str, Any]:
    """Return options that change the length of a training and its learning rate."""
    return {
        'optim_wrapper.optimizer.lr': lr,
        'train_cfg.max_epochs': epochs,
        'param_scheduler.1.T_max': epochs,
        'param_scheduler.1.end': epochs,
    }


def livestock(source: str, target: str) -> Task:
    """Return a task: from horses in a stable, cattle on a farm or sheep outdoors to another."""
    randomised = LIVESTOCK.format('randomised-1xb32-30e', 'horse')
    teacher = LIVESTOCK.format('mean-teacher-1xb32-30e', 'cattle')

    def changed(**options: Any) -> Arm:
        return Arm(teacher, {f'model.{name}': v for name, v in options.items()}, start=SOURCE)

    arms = {
        'plain augmentation': Arm(LIVESTOCK.format('1xb32-30e', 'horse')),
        SOURCE: Arm(randomised),
        'Fourier': Arm(LIVESTOCK.format('fourier-1xb32-30e', 'horse')),
        # 600 x 16 source images after the source network, as the arms below
        'source only, as long': Arm(
            randomised, {'train_dataloader.batch_size': 16, **schedule(18, 5e-4)}, start=SOURCE
        ),
        'AdaBN': Arm(randomised, start=SOURCE, train=False),
        'BatchNorm only': Arm(
            LIVESTOCK.format('batchnorm-only-1xb32-30e', 'cattle'), start=SOURCE
        ),
        'CC-SSL': Arm(LIVESTOCK.format('ccssl-1xb32-30e', 'cattle'), start=SOURCE),
        'CC-SSL, checked': Arm(
            LIVESTOCK.format('ccssl-checks-1xb32-30e', 'cattle'), start=SOURCE
        ),
        'mean teacher': Arm(teacher, start=SOURCE),
        'mean teacher, weight 4': changed(**{'consistency.weight': 4.0}),
        'mean teacher, target BatchNorm': changed(batch_norm='target'),
        'mean teacher, share 0.3': changed(**{'consistency.share': 0.3}),
        'mean teacher, small loss and agreement': changed(
            **{'consistency.small_loss': {}, 'consistency.agreement': 3.0}
        ),
        'mean teacher, faster average': Arm(
            teacher, {'custom_hooks.1.momentum': 0.005}, start=SOURCE
        ),
        'mean teacher after Fourier': Arm(teacher, start='Fourier'),
        REAL: Arm(LIVESTOCK.format('randomised-1xb32-75e', 'cattle'), domain='target'),
    }
    for few in (10, 30):
        arms[f'{few} labels'] = Arm(
            LIVESTOCK.format('batchnorm-only-1xb32-30e', 'cattle'), start=SOURCE, few=few
        )
        arms[f'{few} labels and mean teacher'] = Arm(teacher, start=SOURCE, few=few)
    return Task(source, target, arms)


TASKS = {
    'horse-cattle': livestock('horse', 'cattle'),
    'horse-sheep': livestock('horse', 'sheep'),
    'sheep-horse': livestock('sheep', 'horse'),
}
MAIN = (
    *(SOURCE, 'AdaBN', 'BatchNorm only', 'CC-SSL', 'mean teacher', REAL),
    *('30 labels', '30 labels and mean teacher'),
)
"""Arms that the command trains unless others are named."""
