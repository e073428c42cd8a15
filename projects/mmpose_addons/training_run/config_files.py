"""Write the config files of a run, which ``mim train mmpose`` takes as they are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmengine.config import Config

from mmpose_addons_core.training_plan import LabelledFolder, Sizes

METHODS = ('cc-ssl', 'mean-teacher', 'batchnorm')


@dataclass(frozen=True)
class SourceConfig:
    """What ``source.py`` needs.

    Attributes:
        labelled: The labels.
        model: Of the config.
        sizes: Of the training.
        workers: Processes that load images.
        randomise: Strong changes of appearance, for a target that looks different.
        start: Checkpoint to begin with.
    """

    labelled: LabelledFolder
    model: dict[str, Any]
    sizes: Sizes
    workers: int
    randomise: bool
    start: Path | None = None


def source_text(plan: SourceConfig) -> str:
    """Return the config that trains on labels and that tests every network of the run."""
    labelled, sizes = plan.labelled, plan.sizes
    settings = Config(dict(model=plan.model)).pretty_text
    strong = (
        "    dict(type='RandomBackground', prob=0.3, inside=0.5),\n"
        "    dict(type='RandomTexture', prob=0.2),\n"
        "    dict(type='RandomPhotometry', prob=0.8),\n"
        if plan.randomise
        else "    dict(type='RandomAppearance', noise=0.05, blur=1.5, contrast=2,\n"
        '         colour=0.1),\n'
    )
    ann_file = 'annotations/val.json' if labelled.has_val else 'annotations/train.json'
    return f"""# Trains on {labelled.folder}
_base_ = ['mmpose::_base_/default_runtime.py']
custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)
load_from = {None if plan.start is None else str(plan.start)!r}

epochs = {sizes.epochs}
batch_size = {sizes.batch}
num_workers = {plan.workers}

{settings}
codec = model['head']['decoder']
metainfo = dict(from_file={str(labelled.info)!r})

load_steps = [dict(type='LoadImage'), dict(type='GetBBoxCenterScale')]
crop = dict(type='TopdownAffine', input_size=codec['input_size'])
train_pipeline = [
    *load_steps,
    dict(type='RandomFlip', direction='horizontal'),
    dict(type='RandomBBoxTransform', shift_factor=0.1, scale_factor=(0.7, 1.35),
         rotate_factor=40),
    crop,
{strong}    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs'),
]
test_pipeline = [*load_steps, crop, dict(type='PackPoseInputs')]

train_dataset = dict(
    type='CheckedCocoDataset',
    metainfo=metainfo,
    data_root={str(labelled.folder)!r},
    ann_file='annotations/train.json',
    data_prefix=dict(img='images/'),
    pipeline=train_pipeline,
)
train_dataloader = dict(
    batch_size=batch_size,
    num_workers=num_workers,
    persistent_workers=num_workers > 0,
    sampler=dict(type='DefaultSampler', shuffle=True),
    # an epoch has about {sizes.steps} steps
    dataset=dict(type='RepeatDataset', times={_repeats(plan)}, dataset=train_dataset),
)
test_dataloader = dict(
    batch_size=batch_size,
    num_workers=num_workers,
    persistent_workers=num_workers > 0,
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
    dataset=dict(
        type='CheckedCocoDataset',
        metainfo=metainfo,
        data_root={str(labelled.folder)!r},
        ann_file={ann_file!r},
        data_prefix=dict(img='images/'),
        test_mode=True,
        pipeline=test_pipeline,
    ),
)
# PCK at 0.05 and 0.1 of the box's longer side, and the mean error in px
test_evaluator = [
    dict(type='PCKAccuracy', thr=0.05, prefix='0.05'),
    dict(type='PCKAccuracy', thr=0.1, prefix='0.1'),
    dict(type='EPE'),
]

train_cfg = dict(by_epoch=True, max_epochs=epochs)
test_cfg = dict()
val_cfg = val_dataloader = val_evaluator = None
optim_wrapper = dict(optimizer=dict(type='Adam', lr=1e-3), clip_grad=dict(max_norm=10))
param_scheduler = [
    dict(type='LinearLR', begin=0, end={_warm_up(sizes)}, start_factor=0.01, by_epoch=False),
    dict(type='CosineAnnealingLR', end=epochs, T_max=epochs, eta_min=1e-5,
         convert_to_iter_based=True),
]
default_hooks = dict(
    logger=dict(interval={max(1, sizes.steps // 2)}),
    checkpoint=dict(interval={max(1, sizes.epochs // 10)}, save_best=None, max_keep_ckpts=2),
)
# about twice as fast without a GPU
custom_hooks = [dict(type='mmpose.ChannelsLastHook')]
randomness = dict(seed=0)
"""


def adapt_text(method: str, sizes: Sizes, target: Path, start: Path) -> str:
    """Return the config that adapts; its base is ``source.py`` beside it.

    Args:
        method: One of ``METHODS``.
        sizes: Of the adaptation; half of a batch are target images.
        target: Folder with ``frames.json`` and ``frames/``.
        start: Checkpoint of the source network.
    """
    rounds = max(1, sizes.epochs // 5)
    if method == 'cc-ssl':
        model = "dict(type='SourceTargetTopdown', target_weight=2)"
        # the frames are apart in time, so that optical flow between them makes no sense
        hook = (
            f"dict(type='CCSSLHook', interval={rounds}, flow=None, num_workers={{workers}},\n"
            "         curriculum=dict(schedule='linear', first=0.8, last=0.4, "
            f'epochs={max(1, round(0.8 * sizes.epochs))}))'
        )
    else:
        weight = 1.0 if method == 'mean-teacher' else 0.0
        model = (
            f"dict(type='SourceTargetTopdown', consistency=dict(weight={weight}, share=0.5))"
        )
        hook = (
            f"dict(type='MeanTeacherHook', ramp={rounds}, report={rounds}, "
            'num_workers={workers})'
        )
    teacher = (
        ''
        if method == 'cc-ssl'
        else """
            teacher_pipeline=[
                *_base_.load_steps, dict(type='RandomFlip', direction='horizontal'),
                _base_.crop, dict(type='PackPoseInputs')],"""
    )
    hook = hook.format(workers='_base_.num_workers')
    return f"""# Adapts the network of source.py to {target} by {method}
_base_ = ['source.py']
custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)
load_from = {str(start)!r}

epochs = {sizes.epochs}
train_cfg = dict(max_epochs=epochs)
optim_wrapper = dict(optimizer=dict(lr=5e-4))
param_scheduler = [dict(
    type='CosineAnnealingLR', end=epochs, T_max=epochs, eta_min=1e-5,
    convert_to_iter_based=True)]
default_hooks = dict(checkpoint=dict(interval={max(1, sizes.epochs // 10)}))

model = {model}
custom_hooks = [
    *_base_.custom_hooks,
    {hook},
]
train_dataloader = dict(
    sampler=dict(
        _delete_=True, type='SourceTargetSampler', batch_size={sizes.batch},
        num_batches={sizes.steps}),
    batch_size={sizes.batch},
    dataset=dict(
        _delete_=True,
        type='SourceTargetDataset',
        source=_base_.train_dataset,
        target=dict(
            type='PseudoLabelDataset',
            dataset=dict(
                type='UnlabelledCocoDataset', metainfo=_base_.metainfo,
                data_root={str(target)!r}, ann_file='frames.json',
                data_prefix=dict(img='frames/')),
            pipeline=_base_.train_pipeline,{teacher}
            label_pipeline=_base_.test_pipeline)))
"""


def _repeats(plan: SourceConfig) -> int:
    images = len(plan.labelled.boxes)
    return max(1, round(plan.sizes.steps * plan.sizes.batch / images))


def _warm_up(sizes: Sizes) -> int:
    """Return the steps to warm up: a twentieth of all, at most 50."""
    return max(1, min(50, sizes.steps * sizes.epochs // 20))
