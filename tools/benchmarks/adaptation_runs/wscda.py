"""The tasks of WS-CDA and PPLO: people, a few labelled animals, an unseen species with boxes.

In every arm a batch has people, labelled animals and animals of the unseen species, which pass
through the network together, so that BatchNorm is the same in all arms. Arms differ in what the
losses count, in the network that they start from, and in "real labels", which learns the
labels of the unseen species. Where the discriminator must not act, it only watches: it
learns to tell the domains apart, and the factor of the reversal is 0.
"""

from functools import partial
from pathlib import Path
from typing import Any

from mmengine.config import Config

from mmpose_addons_toys import make_toy_animals, make_toy_people

from .arms import PCKS, Arm, Task, schedule

TOY = 'configs/animal_2d_keypoint/wscda/toy/td-hm_res18-half_{}_toy-species-64x64.py'
PEOPLE, ANIMALS, FIRST = 'people only', 'animals only', 'WS-CDA, first part'
BASE, WITHOUT, WSCDA = 'people, then animals', 'WS-CDA without L_DDL', 'WS-CDA'
PPLO, LABELS = 'WS-CDA and PPLO', "the species' own labels"
METRICS = {'AP': 'coco/AP', **PCKS}
SIZES = dict(people=500, seen=90, unseen=300, test=180)
"""Images of the toy data, of each seed."""
SEEN = ('horse', 'dog', 'sheep')


def wscda_arms(
    config: str, pplo: str, people: int, first: int, more: int, lr: float
) -> dict[str, Arm]:
    """Return the arms of a task.

    Args:
        config: Path of the config of WS-CDA.
        pplo: Path of the config of PPLO.
        people: Epochs of the training on people.
        first: Epochs of WS-CDA before the first labels.
        more: Epochs with pseudo-labels; the arms without them train for as long altogether.
        lr: Learning rate; that of the epochs with pseudo-labels is in the config.
    """

    def arm(
        epochs: int, start: str | None, *without: str, adversary: bool = False, **kwargs: Any
    ) -> Arm:
        options = schedule(epochs, lr) | {
            f'model.domain_weights.{domain}': 0.0 for domain in without
        }
        if not adversary:
            options['model.discriminator.strength'] = 0.0
        return Arm(config, options, start, **kwargs)

    return {
        PEOPLE: arm(people, None, 'source'),
        ANIMALS: arm(people + first + more, None, 'human'),
        BASE: arm(first + more, PEOPLE, 'human'),
        WITHOUT: arm(first + more, PEOPLE),
        FIRST: arm(first, PEOPLE, adversary=True),
        WSCDA: arm(first + more, PEOPLE, adversary=True),
        PPLO: Arm(pplo, {'train_cfg.max_epochs': more}, FIRST),
        LABELS: arm(first + more, PEOPLE, 'human', domain='target'),
    }


def place_toys(config: Config, task: Task, arm: Arm, data: Path) -> None:
    """Set the folders that :func:`draw_toys` fills."""
    train = config.train_dataloader.dataset
    train.source.data_root = f'{data}/{task.source}/'
    train.human.datasets[0].data_root = f'{data}/people/'
    for dataset in (train.target.dataset, config.test_dataloader.dataset):
        dataset.data_root = f'{data}/{task.target}/'
    if arm.domain == 'target':
        label_target(config)


def label_target(config: Config) -> None:
    """Let a training learn the target's own labels."""
    train = config.train_dataloader.dataset
    target = train.pop('target')
    train.own = dict(target.dataset, pipeline=target.pipeline)
    shares = config.train_dataloader.sampler.shares
    shares.own = shares.pop('target')
    config.model.discriminator.target = ['own']


def draw_toys(data: Path, seed: int, source: str, target: str) -> None:
    """Draw what is missing of the people, the seen species and the unseen one."""
    common = dict(size=128, val_fraction=0)
    make_toy_people(data / 'people', SIZES['people'], seed, **common)
    animals = dict(common, domain='species', heading='right')
    make_toy_animals(data / source, SIZES['seen'], seed, species=SEEN, **animals)
    images = SIZES['unseen'] + SIZES['test']
    animals |= dict(val_fraction=SIZES['test'] / images, species=[target])
    # another seed, so that the scenes are not those of the seen species
    make_toy_animals(data / target, images, seed + 1000, **animals)


def toy(target: str) -> Task:
    """Return the task from people, horses, dogs and sheep to another species."""
    arms = wscda_arms(
        TOY.format('wscda-1xb24-14e'), TOY.format('pplo-1xb24-6e'), 6, 8, 6, lr=2e-3
    )
    draw = partial(draw_toys, source='seen', target=target)
    return Task(f'toy-{target}', 'seen', target, arms, place_toys, draw, BASE, LABELS, METRICS)


TASKS = {task.name: task for task in (toy('cat'), toy('antelope'))}
MAIN = [PEOPLE, ANIMALS, BASE, WITHOUT, FIRST, WSCDA, PPLO, LABELS]
"""Arms that the command trains unless others are named."""
