"""The tasks of the comparison: a labelled source, and a target whose labels are for testing.

A task names the configs of its arms. An arm is one way to train. All arms but "plain
augmentation" and "source and ..." have the same augmentation, and all that continue from the
source network train for the same number of steps.
"""

from dataclasses import replace
from typing import Any

from .arms import REAL, SOURCE, Arm, Task, schedule, with_appearance
from .run import place_source_and_target

MAIN = (
    *(SOURCE, 'source only, as long', 'AdaBN', 'BatchNorm only'),
    *('CC-SSL', 'mean teacher', REAL),
    *('30 labels', '30 labels and mean teacher'),
)
LIVESTOCK = 'configs/animal_2d_keypoint/livestock/td-hm_lpn-50_{}_livestock-{}-128x128.py'
HALF = {
    'model.backbone.stem_channels': 32,
    'model.backbone.base_channels': 32,
    'model.head.in_channels': 256,
    'model.head.deconv_out_channels': (128, 128),
}
"""Half the channels, as in the toy configs."""
SLOW = {'custom_hooks.1.momentum': 0.001}
"""The published average, which is that of all 600 steps."""
TURNED = {'train_dataloader.dataset.pipeline.3.rotate_factor': 90}
"""Rotations to 90 instead of 40 degrees, so that a head may lie lower than the tail."""
LONG = {'train_dataloader.sampler.num_batches': 80}
"""Four times as many steps: 2400."""
REAL_EPOCHS = dict(cattle=75, sheep=38, horse=36)
"""Of about 600 steps with all labels, as an adaptation has."""


def livestock(source: str, target: str, half: bool = False) -> Task:
    """Return a task between horses in a stable, cattle on a farm and sheep outdoors."""
    plain = Arm(LIVESTOCK.format('1xb32-30e', 'horse'))
    randomised = LIVESTOCK.format('randomised-1xb32-30e', 'horse')
    teacher = LIVESTOCK.format('mean-teacher-1xb32-30e', 'cattle')

    def changed(**options: Any) -> Arm:
        return Arm(teacher, {f'model.{name}': v for name, v in options.items()}, start=SOURCE)

    arms = {
        'plain augmentation': plain,
        **with_appearance(plain),
        SOURCE: Arm(randomised),
        # all four changes, where "source only" has no Fourier adaptation
        'Fourier': Arm(LIVESTOCK.format('fourier-1xb32-30e', 'horse')),
        'rotations to 90 degrees': Arm(randomised, TURNED),
        # from the backbone of tools/pretrain_toy_animals.sh
        'toy pretraining': Arm(LIVESTOCK.format('toy-pretrained-1xb32-30e', 'horse')),
        # 600 x 16 source images after the source network, as the arms below
        'source only, as long': Arm(
            randomised, {'train_dataloader.batch_size': 16, **schedule(18, 5e-4)}, start=SOURCE
        ),
        'AdaBN': Arm(randomised, start=SOURCE, train=False),
        'BatchNorm only': Arm(
            LIVESTOCK.format('batchnorm-only-1xb32-30e', 'cattle'), start=SOURCE
        ),
        'CC-SSL': Arm(LIVESTOCK.format('ccssl-1xb32-30e', 'cattle'), start=SOURCE),
        # as "BatchNorm only", but without an average of weights, as CC-SSL
        'CC-SSL, weight 0': Arm(
            LIVESTOCK.format('ccssl-1xb32-30e', 'cattle'),
            {'model.target_weight': 0},
            start=SOURCE,
        ),
        'CC-SSL, checked': Arm(
            LIVESTOCK.format('ccssl-checks-1xb32-30e', 'cattle'), start=SOURCE
        ),
        'PPLO': Arm(LIVESTOCK.format('pplo-1xb32-30e', 'cattle'), start=SOURCE),
        'mean teacher': Arm(teacher, start=SOURCE),
        'mean teacher, weight 4': changed(**{'consistency.weight': 4.0}),
        'mean teacher, target BatchNorm': changed(batch_norm='target'),
        'mean teacher, share 0.3': changed(**{'consistency.share': 0.3}),
        'mean teacher, small loss and agreement': changed(
            **{'consistency.small_loss': {}, 'consistency.agreement': 3.0}
        ),
        'mean teacher, slow average': Arm(teacher, SLOW, start=SOURCE),
        'mean teacher, copied statistics': Arm(
            teacher, {'custom_hooks.1.buffers': 'copied'}, start=SOURCE
        ),
        'mean teacher, own statistics': Arm(
            teacher, {'custom_hooks.1.buffers': 'own'}, start=SOURCE
        ),
        'mean teacher after Fourier': Arm(teacher, start='Fourier'),
        **{
            f'{name} after toy pretraining': Arm(
                LIVESTOCK.format(f'{config}-1xb32-30e', 'cattle'), start='toy pretraining'
            )
            for name, config in (('BatchNorm only', 'batchnorm-only'), ('CC-SSL', 'ccssl'))
        },
        REAL: Arm(
            LIVESTOCK.format('randomised-1xb32-75e', 'cattle'),
            schedule(REAL_EPOCHS[target], 2e-3),
            domain='target',
        ),
    }
    only = LIVESTOCK.format('batchnorm-only-1xb32-30e', 'cattle')
    few_labels = []
    for few in (10, 30):
        name = f'{few} labels'
        few_labels += [name, f'{name} and mean teacher']
        arms[name] = Arm(only, start=SOURCE, few=few)
        arms[f'{name} and CC-SSL'] = replace(arms['CC-SSL'], few=few)
        arms[f'{name} and mean teacher'] = Arm(teacher, start=SOURCE, few=few)
        arms[f'{name}, slow average'] = Arm(only, SLOW, start=SOURCE, few=few)
        arms[f'{name} and mean teacher, slow average'] = replace(
            arms[f'{name} and mean teacher'], options=SLOW
        )
        for buffers in ('copied', 'own'):
            arms[f'{name} and mean teacher, {buffers} statistics'] = replace(
                arms[f'{name} and mean teacher'], options={'custom_hooks.1.buffers': buffers}
            )
    for name in ('BatchNorm only', 'CC-SSL', 'mean teacher', *few_labels):
        arms[f'{name}, 2400 steps'] = replace(arms[name], options=LONG)
    if half:
        arms = {
            name: replace(arm, options={**arm.options, **HALF}) for name, arm in arms.items()
        }
    return Task(
        f'{source}-{target}' + ('-half' if half else ''),
        source,
        target,
        arms,
        place_source_and_target,
        main=MAIN,
        source_test=f'{source}_test.json',
    )


TASKS = {
    task.name: task
    for half in (False, True)
    for task in (
        livestock('horse', 'cattle', half),
        livestock('horse', 'sheep', half),
        livestock('sheep', 'horse', half),
    )
}
