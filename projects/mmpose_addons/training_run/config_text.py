"""Text of the configs of a run, which ``mim train mmpose`` takes as they are."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmengine.config import Config

from mmpose_addons_core.adaptation.diagnosis import THRESHOLDS
from mmpose_addons_core.training_plan import LabelledFolder, Sizes

VALIDATIONS = 4
"""Points of the score's curve, before the end."""
SHORT = 60.0
"""A training of fewer seconds has no such points."""
DIAGNOSED = 48
"""Target frames by which an adaptation is diagnosed."""


@dataclass(frozen=True)
class SourceConfig:
    """What ``source.py`` needs.

    Attributes:
        labelled: The labels.
        model: Of the config.
        sizes: Of the training.
        workers: Processes that load images.
        randomise: Strong changes of appearance, for a target that looks different.
        gpu: Whether there is one; otherwise tests load images themselves.
        crops: ``'frame'``: the whole image is the crop; ``'box'``: the box is.
        seconds: Time of the training; None: its number of epochs is fixed.
        curve: Images of the val part for the score's curve.
        seed: Of the training.
        start: Checkpoint to begin with.
        cache: Folder of the crop cache; None: images are decoded each time.
    """

    labelled: LabelledFolder
    model: dict[str, Any]
    sizes: Sizes
    workers: int
    randomise: bool
    gpu: bool = False
    crops: str = 'box'
    seconds: float | None = None
    curve: int = 0
    seed: int = 0
    start: Path | None = None
    cache: Path | None = None

    @property
    def length(self) -> str:
        """The lines of a config on the length of the training and its learning rate."""
        return _length(self.sizes, self.seconds, warm_up=self.start is None)


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
    centre = 'GetImageCenterScale' if plan.crops == 'frame' else 'GetBBoxCenterScale'
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

load_steps = [dict(type='LoadImage'), dict(type={centre!r})]
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

# what crops need of each image is kept here; None: images are decoded each time
crop_cache = {None if plan.cache is None else str(plan.cache)!r}
train_dataset = dict(
    type='CropCacheDataset',
    folder=crop_cache,
    dataset=dict(
        type='CheckedCocoDataset',
        metainfo=metainfo,
        data_root={str(labelled.folder)!r},
        ann_file='annotations/train.json',
        data_prefix=dict(img='images/'),
        pipeline=train_pipeline,
    ),
)
train_dataloader = dict(
    batch_size=batch_size,
    num_workers=num_workers,
    persistent_workers=num_workers > 0,
    # an epoch has {sizes.steps} steps, whatever the number of images
    sampler=dict(type='FixedLengthSampler', length={sizes.steps} * batch_size),
    dataset=train_dataset,
)
test_dataloader = dict(
    batch_size=batch_size,
    num_workers={plan.workers if plan.gpu else 0},
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

test_cfg = dict()
{_validation(plan)}optim_wrapper = dict(
    optimizer=dict(type='Adam', lr=1e-3), clip_grad=dict(max_norm=10))
{plan.length}default_hooks = dict(
    logger=dict(interval={max(1, sizes.steps // 4)}),
    checkpoint=dict(interval={_saves(plan)}, save_best=None, max_keep_ckpts=2),
)
# faster without a GPU
custom_hooks = [dict(type='mmpose.ChannelsLastHook')]
randomness = dict(seed={plan.seed})
"""


@dataclass(frozen=True)
class AdaptConfig:
    """What ``adapt.py`` needs; its base is ``source.py`` beside it.

    Attributes:
        method: One of ``choices.ADAPTATION_METHODS``.
        sizes: Of the adaptation; half of a batch are target images.
        target: Folder with ``frames.json`` and ``frames/``.
        start: Checkpoint of the source network.
        seconds: Time of the adaptation; None: its number of epochs is fixed.
        rounds: Rounds of labelling, at most.
        views: Of each frame in a round.
        frame_crops: Whether whole frames are the crops.
        few: COCO file and folder of a few labelled images of the target; a quarter of a batch,
            which then has four images at least.
    """

    method: str
    sizes: Sizes
    target: Path
    start: Path
    seconds: float | None = None
    rounds: int = 5
    views: int = 5
    frame_crops: bool = False
    few: tuple[Path, Path] | None = None


def adapt_text(plan: AdaptConfig) -> str:
    """Return the config that adapts."""
    method, sizes, target, start = plan.method, plan.sizes, plan.target, plan.start
    interval = math.ceil(sizes.epochs / plan.rounds)
    if method == 'cc-ssl':
        model = "dict(type='SourceTargetTopdown', target_weight=2)"
        views = f'dict(count={plan.views})' if plan.views > 1 else None
        # the frames are apart in time, so that optical flow between them makes no sense
        hook = (
            f"dict(type='CCSSLHook', interval={interval}, flow=None, num_workers={{workers}},\n"
            f'         views={views},\n'
            "         curriculum=dict(schedule='linear', first=0.8, last=0.4))"
        )
    else:
        weight = 1.0 if method == 'mean-teacher' else 0.0
        model = (
            f"dict(type='SourceTargetTopdown', consistency=dict(weight={weight}, share=0.5))"
        )
        hook = (
            f"dict(type='MeanTeacherHook', ramp={interval}, report={interval}, "
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
    # whole frames are no boxes, so the spread of poses within them has other units
    spread = 'variety' if plan.frame_crops else 'spread'
    agree = THRESHOLDS['view_agreement']
    few = shares = ''
    if plan.few is not None:
        file, folder = map(str, plan.few)
        shares = '\n        shares=dict(source=0.25, few=0.25, target=0.5),'
        few = f"""
        few=dict(
            _base_.train_dataset,
            dataset=dict(
                _base_.train_dataset.dataset, data_root='', ann_file={file!r},
                data_prefix=dict(img={folder!r}))),"""
    return f"""# Adapts the network of source.py to {target} by {method}
_base_ = ['source.py']
custom_imports = dict(imports=['mmpose_addons'], allow_failed_imports=False)
load_from = {str(start)!r}

epochs = {sizes.epochs}
optim_wrapper = dict(optimizer=dict(lr=5e-4))
{_length(sizes, plan.seconds, warm_up=True)}
model = {model}
custom_hooks = [
    *_base_.custom_hooks,
    {hook},
    # whether labels are right, estimated before and after
    dict(type='DiagnosisHook', interval=epochs, samples={DIAGNOSED}, num_workers=0,
         thresholds=dict(view_agreement={agree}, {spread}=0.5)),
]
train_dataloader = dict(
    sampler=dict(
        _delete_=True, type='SourceTargetSampler', batch_size={sizes.batch},{shares}
        num_batches={sizes.steps}),
    batch_size={sizes.batch},
    dataset=dict(
        _delete_=True,
        type='SourceTargetDataset',
        source=_base_.train_dataset,{few}
        target=dict(
            type='PseudoLabelDataset',
            dataset=dict(
                type='UnlabelledCocoDataset', metainfo=_base_.metainfo,
                data_root={str(target)!r}, ann_file='frames.json',
                data_prefix=dict(img='frames/')),
            pipeline=_base_.train_pipeline, crop_cache=_base_.crop_cache,{teacher}
            label_pipeline=_base_.test_pipeline)))
"""


def _length(sizes: Sizes, seconds: float | None, warm_up: bool) -> str:
    if seconds is not None:
        return f"""# the learning rate follows the time: a warm-up, then half a cosine
train_cfg = dict(
    _delete_=True, type='TimedTrainLoop', seconds={seconds:.1f}, max_epochs=epochs,
    warm_up={0.05 if warm_up else 0.0},
    validations={VALIDATIONS if seconds > SHORT else 0})
param_scheduler = None
"""
    steps = max(2, min(50, sizes.steps * sizes.epochs // 20))
    first = (
        f"    dict(type='LinearLR', begin=0, end={steps}, start_factor=0.01, by_epoch=False),\n"
    )
    return f"""train_cfg = dict(
    _delete_=True, type='EpochBasedTrainLoop', max_epochs=epochs,
    val_interval={max(1, sizes.epochs // (VALIDATIONS + 1))})
param_scheduler = [
{first * warm_up}    dict(type='CosineAnnealingLR', end=epochs, T_max=epochs, eta_min=1e-5,
         convert_to_iter_based=True),
]
"""


def _validation(plan: SourceConfig) -> str:
    """Return the lines of a config that score some images of the val part during training."""
    if not plan.labelled.has_val or not plan.curve:
        return 'val_cfg = val_dataloader = val_evaluator = None\n'
    count = plan.labelled.tested
    chosen = [int((i + 0.5) * count / plan.curve) for i in range(plan.curve)]
    some = chosen if plan.curve < count else None
    return f"""# a curve of the score on some images
val_cfg = dict()
val_dataloader = {{
    **test_dataloader, 'dataset': {{**test_dataloader['dataset'], 'indices': {some}}}}}
val_evaluator = test_evaluator
"""


def _saves(plan: SourceConfig) -> int:
    """Return the epochs from one checkpoint to the next."""
    return 1 if plan.seconds is not None else max(1, plan.sizes.epochs // 10)
