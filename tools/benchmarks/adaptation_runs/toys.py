"""Tasks on toy animals, which need no data: each seed has its own images and its own networks.

- ``toy-light``: from synthetic images to videos at dusk, a shift of appearance;
- ``toy-shape``: from horses to dogs in the same light, a shift of geometry;
- ``toy-30-labels``, ``toy-60-labels``: one domain, whose frames have few labels.

The last epoch is tested.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from mmengine.config import Config

from mmpose_addons_core.even_choice import evenly_chosen
from mmpose_addons_toys import make_toy_animals

from .arms import REAL, SOURCE, Arm, Task, schedule, with_appearance
from .run import adapt_batchnorm_in_test, labelled, point_fourier

SOURCE_CONFIG, REAL_CONFIG, CONTROL, CCSSL, TEACHER = (
    f'configs/animal_2d_keypoint/{name}_toy-animals-128x128.py'
    for name in (
        'ccssl/toy/td-hm_lpn-50-half_source-1xb8-40e',
        'ccssl/toy/td-hm_lpn-50-half_real-1xb8-15e',
        'ccssl/toy/td-hm_lpn-50-half_batchnorm-only-1xb16-9e',
        'ccssl/toy/td-hm_lpn-50-half_ccssl-1xb16-9e',
        'mean_teacher/toy/td-hm_lpn-50-half_mean-teacher-1xb16-9e',
    )
)
MAIN = (
    *(SOURCE, 'source only, as long', 'AdaBN', 'BatchNorm only'),
    *('CC-SSL', 'mean teacher', REAL),
)
HOOK = 'custom_hooks.1'
LOOK = 'train_dataloader.dataset.target.pipeline.4'  # RandomAppearance
LEGS = [[(3, 4), (8, 9), (12, 13), (14, 15)], [(5, 6), (10, 11), (16, 17)]]
"""Left and right keypoints of the fore and of the hind legs."""
TARGET_NORM = {'model.batch_norm': 'target'}
NO_LESSON = {'model.consistency.weight': 0.0}
LONG = {'train_dataloader.sampler.num_batches': 240}
"""Four times as many steps: 2160."""
FAST = {'optim_wrapper.optimizer.lr': 2e-3}
HARD = {
    **FAST,
    'model.consistency.weight': 4.0,
    'model.consistency.share': 1.0,
    'model.consistency.occlusion': dict(probability=0.9, count=4, size=1 / 8),
}
"""A mean teacher whose student learns all joints, four of them covered."""
OPEN_SIDES = dict(
    _delete_=True,
    type='SideAgnosticLoss',
    limbs=LEGS,
    epochs=3,  # the first round
    loss=dict(type='KeypointMSELoss', use_target_weight=True, loss_weight=1000.0),
)


@dataclass(frozen=True)
class Domain:
    """Toy animals of one kind.

    Args:
        folder: Its name; the test images are there, too.
        settings: Arguments of ``make_toy_animals``.
        offset: Added to the seed, so that scenes of domains differ.
    """

    folder: str
    settings: dict[str, Any]
    offset: int = 0


def draw(data: Path, seed: int, domains: tuple[Domain, ...]) -> None:
    """Draw what is missing of a seed's images; all animals walk to the right."""
    for domain in domains:
        make_toy_animals(
            data / domain.folder,
            seed=seed + domain.offset,
            heading='right',
            size=160,
            **domain.settings,
        )


def place(config: Config, task: Task, arm: Arm, data: Path, labels: int | None) -> None:
    """Set the folders that :func:`draw` fills; ``labels``: their number, None: all."""
    source, target = (str(data / name) for name in (task.source, task.target))
    if 'target' in config.train_dataloader.dataset:
        config.train_dataloader.dataset.target.dataset.data_root = target
    train = labelled(config)
    train.data_root = target if arm.domain == 'target' else source
    if labels is not None and arm.domain != 'target':
        train.indices = evenly_chosen(VIDEO_FRAMES, labels)
    point_fourier(config, data / task.target / 'images' / 'train')
    config.test_dataloader.dataset.data_root = target
    if not arm.train:
        frames = dict(ann_file='annotations/animals_train.json')
        adapt_batchnorm_in_test(config, **frames, data_prefix=dict(img='images/train/'))


def arms(steps_an_epoch: int = 30) -> dict[str, Arm]:
    """Return the arms of a toy task.

    Args:
        steps_an_epoch: Of the source's training with batches of 8.
    """

    def ccssl(**options: Any) -> Arm:
        return Arm(CCSSL, options, start=SOURCE)

    def teacher(**options: Any) -> Arm:
        return Arm(TEACHER, options, start=SOURCE)

    # all source networks train for 1200 steps of 8 images, "as long" for 540 of 16 more
    first, longer = (
        schedule(epochs, lr) | {'default_hooks.checkpoint.interval': max(5, epochs // 10)}
        for epochs, lr in ((1200 // steps_an_epoch, 3e-3), (1080 // steps_an_epoch, 5e-4))
    )
    still = {f'{LOOK}.{n}': v for n, v in dict(noise=0, blur=0, contrast=1, colour=0).items()}
    return {
        SOURCE: Arm(SOURCE_CONFIG, first),
        **with_appearance(Arm(SOURCE_CONFIG, first)),
        'source only, as long': Arm(
            SOURCE_CONFIG, {**longer, 'train_dataloader.batch_size': 16}, start=SOURCE
        ),
        'AdaBN': Arm(SOURCE_CONFIG, start=SOURCE, train=False),
        'BatchNorm only': Arm(CONTROL, start=SOURCE),
        'CC-SSL': ccssl(),
        'CC-SSL without equivariance': ccssl(**{f'{HOOK}.views': None}),
        'CC-SSL without invariance': ccssl(**still),
        'CC-SSL without time': ccssl(**{f'{HOOK}.flow': None}),
        'CC-SSL without curriculum': ccssl(**{f'{HOOK}.curriculum': None}),
        # all animals head to the right, in both domains
        'CC-SSL with checks': ccssl(**{f'{HOOK}.checks': dict(prior=dict(mirror=False))}),
        'CC-SSL with open sides': ccssl(**{'model.head.loss': OPEN_SIDES}),
        'mean teacher, weight 0': teacher(**NO_LESSON),
        'mean teacher': teacher(),
        'mean teacher, weight 0, target BatchNorm': teacher(**TARGET_NORM, **NO_LESSON),
        'mean teacher, target BatchNorm': teacher(**TARGET_NORM),
        'mean teacher, weight 0, 2160 steps': teacher(**NO_LESSON, **LONG),
        'mean teacher, 2160 steps': teacher(**LONG),
        'mean teacher, weight 0, target BatchNorm, 2160 steps': teacher(
            **TARGET_NORM, **NO_LESSON, **LONG
        ),
        'mean teacher, target BatchNorm, 2160 steps': teacher(**TARGET_NORM, **LONG),
        'mean teacher, weight 4': teacher(**{'model.consistency.weight': 4.0}),
        'mean teacher, weight 0, fast': teacher(**NO_LESSON, **FAST),
        'mean teacher, hard views': teacher(**HARD),
        'mean teacher, slow average': teacher(**{f'{HOOK}.momentum': 0.001}),
        'mean teacher, copied statistics': teacher(**{f'{HOOK}.buffers': 'copied'}),
        'mean teacher, own statistics': teacher(**{f'{HOOK}.buffers': 'own'}),
        REAL: Arm(REAL_CONFIG, domain='target'),
    }


def toy(
    name: str,
    source: Domain,
    target: Domain,
    labels: int | None = None,
    steps_an_epoch: int = 30,
) -> Task:
    """Return a task between two domains, or within one of which few images have labels."""
    return Task(
        name,
        source.folder,
        target.folder,
        arms(steps_an_epoch),
        partial(place, labels=labels),
        partial(draw, domains=tuple({source.folder: source, target.folder: target}.values())),
        metrics={'PCK@0.05': 'animal/PCK'},
        main=MAIN,
    )


SYNTHETIC = Domain('synthetic', dict(domain='synthetic', images=240, val_fraction=0))
VIDEOS = Domain('real', dict(domain='real', images=1200, val_fraction=1 / 6))
VIDEO_FRAMES = 1000
"""For training: 125 videos of 8 frames; 25 others are for the test."""
HORSES = Domain('horse', dict(domain='species', species=['horse'], images=240, val_fraction=0))
DOGS = Domain(
    'dog', dict(domain='species', species=['dog'], images=1200, val_fraction=1 / 6), 1000
)
TASKS = {
    task.name: task
    for task in (
        toy('toy-light', SYNTHETIC, VIDEOS),
        toy('toy-shape', HORSES, DOGS),
        toy('toy-30-labels', VIDEOS, VIDEOS, labels=30, steps_an_epoch=4),
        toy('toy-60-labels', VIDEOS, VIDEOS, labels=60, steps_an_epoch=8),
    )
}
