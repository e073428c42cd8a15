"""The tasks of the comparison: a labelled source, and a target whose labels are for testing.

A task names the configs of its arms. An arm is one way to train; all arms of a task that
continue from the source network train for the same number of steps with the same augmentation.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
LIVESTOCK = 'configs/animal_2d_keypoint/livestock/td-hm_lpn-50_{}_livestock-{}-128x128.py'


@dataclass(frozen=True)
class Arm:
    """One way to train.

    Args:
        config: Path of its config below the repository, with the placeholder of the data set
            filled in.
        options: Changes to the config, as of ``--cfg-options``.
        start: Arm from whose last checkpoint it starts; of the same task and seed.
    """

    config: str
    options: dict[str, Any] = field(default_factory=dict)
    start: str | None = None


@dataclass(frozen=True)
class Task:
    """A source, a target, and the arms.

    Args:
        source: Name of the labelled domain.
        target: Name of the domain to adapt to.
        arms: By name; the order is that of the table.
    """

    source: str
    target: str
    arms: dict[str, Arm]


SOURCE, LONG, REAL = 'source only', 'source only, as long', 'real labels'


def livestock(source: str, target: str) -> Task:
    """Horses in a stable, cattle on a farm, sheep outdoors: from one to another."""
    plain = LIVESTOCK.format('1xb32-30e', 'horse')
    ccssl = LIVESTOCK.format('ccssl-1xb32-30e', 'cattle')
    return Task(
        source,
        target,
        {
            SOURCE: Arm(plain),
            # the arms below see 600 x 16 source images after the source network
            LONG: Arm(
                plain,
                {
                    'optim_wrapper.optimizer.lr': 5e-4,
                    'train_dataloader.batch_size': 16,
                    'train_cfg.max_epochs': 18,
                    'param_scheduler.1.T_max': 18,
                    'param_scheduler.1.end': 18,
                },
                start=SOURCE,
            ),
            'BatchNorm only': Arm(ccssl, {'model.target_weight': 0}, start=SOURCE),
            'CC-SSL': Arm(ccssl, start=SOURCE),
            REAL: Arm(LIVESTOCK.format('1xb32-30e', 'cattle')),
        },
    )


TASKS = {
    'horse-cattle': livestock('horse', 'cattle'),
    'horse-sheep': livestock('horse', 'sheep'),
    'sheep-horse': livestock('sheep', 'horse'),
}
