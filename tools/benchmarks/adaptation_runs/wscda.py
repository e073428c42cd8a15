"""The tasks of WS-CDA and PPLO: people, a few labelled animals, an unseen species with boxes.

In every arm a batch has people, labelled animals and animals of the unseen species, which pass
through the network together, in the same shares in all arms after the training on people, so
that BatchNorm is the same. Arms differ in what the
losses count, in the network that they start from, and in "real labels", which learns the
labels of the unseen species. Where the discriminator must not act, it only watches: it
learns to tell the domains apart, and the factor of the reversal is 0.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mmengine.config import Config

from mmpose_addons_core.setting_checks import NO_SETTINGS
from mmpose_addons_toys import make_toy_animals, make_toy_people

from .arms import PCKS, Arm, Task, schedule

TOY = 'configs/animal_2d_keypoint/wscda/toy/td-hm_res18-half_{}_toy-species-64x64.py'
LIVESTOCK = 'configs/animal_2d_keypoint/wscda/livestock/td-hm_{}_livestock-cattle-{}.py'
PEOPLE, ANIMALS, FIRST = 'people only', 'animals only', 'WS-CDA, first part'
BASE, WITHOUT, WSCDA = 'people, then animals', 'WS-CDA without L_DDL', 'WS-CDA'
PPLO, LABELS = 'WS-CDA and PPLO', "the species' own labels"
WEAKER, STRONGER = 'WS-CDA, weaker reversal', 'WS-CDA, stronger discriminator'
ALTERNATING, JOINTS = 'WS-CDA, alternating updates', 'WS-CDA and PPLO by joint'
LIGHT, BASE_FIRST = 'WS-CDA, people weigh 0.1', 'people, then animals, first part'
ALONE = 'people, then animals, and PPLO'
MAIN = PEOPLE, ANIMALS, BASE, WITHOUT, FIRST, WSCDA, PPLO, LABELS
"""Trained unless others are named; the others vary parts of WS-CDA."""
METRICS = {'AP': 'coco/AP', **PCKS}
SIZES = dict(people=500, seen=90, unseen=300, test=180)
"""Images of the toy data, of each seed."""
SEEN = ('horse', 'dog', 'sheep')


def wscda_arms(
    config: str,
    pplo: str,
    people: int,
    first: int,
    more: int,
    lr: float,
    labelled: Sequence[str] = ('source',),
) -> dict[str, Arm]:
    """Return the arms of a task.

    Args:
        config: Path of the config of WS-CDA.
        pplo: Path of the config of PPLO.
        people: Epochs of the training on people.
        first: Epochs of WS-CDA before the first labels.
        more: Epochs with pseudo-labels; the arms without them train for as long altogether.
        lr: Learning rate; that of the epochs with pseudo-labels is in the config.
        labelled: Domains of labelled animals.
    """
    # more people in a batch, and a few animals for BatchNorm
    shares = {name: 0.125 / len(labelled) for name in labelled}
    shares |= dict(human=0.75, target=0.125)
    mostly_people = {f'train_dataloader.sampler.shares.{n}': v for n, v in shares.items()}

    def arm(
        epochs: int,
        start: str | None,
        *without: str,
        adversary: bool = False,
        domain: str = 'source',
        **options: Any,
    ) -> Arm:
        options |= schedule(epochs, lr)
        options |= {f'model.domain_weights.{name}': 0.0 for name in without}
        if not adversary:
            options['model.discriminator.strength'] = 0.0
        return Arm(config, options, start, domain=domain)

    def acting(**discriminator: Any) -> Arm:
        options = {f'model.discriminator.{name}': v for name, v in discriminator.items()}
        return arm(first + more, PEOPLE, adversary=True, **options)

    def pseudo(options: Mapping[str, Any] = NO_SETTINGS, start: str = FIRST) -> Arm:
        shorter = {
            'train_cfg.max_epochs': more,
            'param_scheduler.1.T_max': more,
            'param_scheduler.1.end': more,
        }
        return Arm(pplo, {**shorter, **options}, start)

    return {
        PEOPLE: arm(people, None, *labelled, **mostly_people),
        ANIMALS: arm(people + first + more, None, 'human'),
        BASE: arm(first + more, PEOPLE, 'human'),
        WITHOUT: arm(first + more, PEOPLE),
        FIRST: arm(first, PEOPLE, adversary=True),
        WSCDA: acting(),
        PPLO: pseudo(),
        LABELS: arm(first + more, PEOPLE, 'human', domain='target'),
        WEAKER: acting(strength=0.1),
        STRONGER: acting(convolutions=(128,), hidden=256),
        ALTERNATING: acting(updates='alternate'),
        JOINTS: pseudo({'custom_hooks.1.pace.by': 'joint'}),
        LIGHT: arm(first + more, PEOPLE, adversary=True, **{'model.domain_weights.human': 0.1}),
        BASE_FIRST: arm(first, PEOPLE, 'human'),
        ALONE: pseudo(
            {'model.domain_weights.human': 0.0, 'model.discriminator.strength': 0.0}, BASE_FIRST
        ),
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
    make_toy_people(data / 'people', SIZES['people'], seed, scenes='calm', **common)
    animals = dict(common, domain='species', heading='right')
    make_toy_animals(data / source, SIZES['seen'], seed, species=SEEN, **animals)
    images = SIZES['unseen'] + SIZES['test']
    animals |= dict(val_fraction=SIZES['test'] / images, species=[target])
    # another seed, so that the scenes are not those of the seen species
    make_toy_animals(data / target, images, seed + 1000, **animals)


def toy(target: str) -> Task:
    """Return the task from people, horses, dogs and sheep to another species."""
    arms = wscda_arms(
        TOY.format('wscda-1xb24-9e'), TOY.format('pplo-1xb24-4e'), 5, 5, 4, lr=2e-3
    )
    draw = partial(draw_toys, source='seen', target=target)
    return Task(
        f'toy-{target}', 'seen', target, arms, place_toys, draw, BASE, LABELS, METRICS, MAIN
    )


def place_livestock(
    config: Config, task: Task, arm: Arm, data: Path, few: str | None = None
) -> None:
    """Set files of ``livestock`` and, for people, ``minicoco`` below the folder.

    ``few`` is a kind of animals with a few labelled images; None: there is none.
    """
    train, animals = config.train_dataloader.dataset, data / 'livestock'
    kinds = {task.source: train.source, task.target: train.target.dataset}
    if few is None:
        train.pop('few')
        shares = config.train_dataloader.sampler.shares
        shares.source += shares.pop('few')
    else:
        kinds[few] = train.few
    for kind, dataset in kinds.items():
        dataset.data_root, dataset.ann_file = f'{animals}/', f'{kind}_train.json'
    test = config.test_dataloader.dataset
    test.data_root, test.ann_file = f'{animals}/', f'{task.target}_test.json'
    photos = train.human.datasets[0]
    both = []
    for part in ('train2017', 'val2017'):
        ann_file = f'annotations/person_keypoints_{part}.json'
        place = dict(data_root=f'{data}/minicoco/', data_prefix=dict(img=f'images/{part}/'))
        both.append({**photos, **place, 'ann_file': ann_file})
    train.human.datasets = both
    if arm.domain == 'target':
        label_target(config)


def livestock(target: str, few: str | None, size: int = 128) -> Task:
    """Return the task from people and horses, perhaps a few others, to another kind.

    At 64 px it has the small network of the toy tasks.
    """
    small = size == 64
    names = (
        ('wscda-1xb24-9e', 'pplo-1xb24-4e') if small else ('wscda-1xb32-30e', 'pplo-1xb32-12e')
    )
    network = 'res18-half' if small else 'lpn-50'
    arms = wscda_arms(
        *(LIVESTOCK.format(f'{network}_{name}', f'{size}x{size}') for name in names),
        *((5, 5, 4) if small else (10, 18, 12)),
        lr=2e-3,
        labelled=('source', 'few'),
    )
    place = partial(place_livestock, few=few)
    name = f'livestock-{target}' + ('-64px' if small else '')
    ends = BASE, LABELS
    return Task(name, 'horse', target, arms, place, None, *ends, main=MAIN, folder='livestock')


TASKS = {
    task.name: task
    for task in (
        toy('antelope'),
        toy('cat'),
        livestock('cattle', few='sheep'),
        livestock('sheep', few=None),
        livestock('cattle', few='sheep', size=64),
        livestock('sheep', few=None, size=64),
    )
}
