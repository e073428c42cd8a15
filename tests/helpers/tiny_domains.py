"""Two domains of coloured dots, and the smallest network that CC-SSL can adapt to them.

Three keypoints: a red dot (left), a blue one (right) and a green one between. Source images
are grey with clean dots, target images are short noisy videos.
"""

import json
from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np
from mmengine.config import Config
from mmengine.runner import Runner
from mmpose.registry import MODELS
from torch import nn

SIZE = 48  # image px
INPUT, MAP = (32, 32), (16, 16)
NAMES = ('left_dot', 'right_dot', 'middle_dot')
SWAP = {'left_dot': 'right_dot', 'right_dot': 'left_dot', 'middle_dot': ''}
COLOURS = ((40, 40, 230), (230, 40, 40), (40, 230, 40))  # BGR
METAINFO = dict(
    dataset_name='dots',
    keypoint_info={
        i: dict(name=name, id=i, color=[0, 0, 0], type='upper', swap=SWAP[name])
        for i, name in enumerate(NAMES)
    },
    skeleton_info={0: dict(link=('left_dot', 'middle_dot'), id=0, color=[0, 0, 0])},
    joint_weights=[1.0] * 3,
    sigmas=[0.05] * 3,
)


@MODELS.register_module()
class TinyBackbone(nn.Module):
    """Three convolutions; stride 2."""

    def __init__(self, channels: int = 16, norm: bool = True, dropout: float = 0.0) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inside, stride in ((3, 2), (channels, 1), (channels, 1)):
            layers.append(nn.Conv2d(inside, channels, 5, stride, padding=2))
            layers.append(nn.BatchNorm2d(channels) if norm else nn.Identity())
            layers.append(nn.ReLU())
        self.layers = nn.Sequential(*layers, nn.Dropout(dropout))

    def init_weights(self) -> None:
        pass

    def forward(self, x):
        return (self.layers(x),)


def write_domain(folder: Path, name: str, count: int, seed: int, video: int = 0) -> Path:
    """``<name>.json`` and its images; ``video`` frames belong together."""
    rng = np.random.default_rng(seed)
    (folder / name).mkdir(parents=True, exist_ok=True)
    images, annotations = [], []
    for index in range(count):
        frame = index % video if video else 0
        if frame == 0:
            ends = rng.uniform(14, 34, (2, 2))
            speed = rng.uniform(-0.7, 0.7, 2)
            floor = rng.uniform(60, 200, 3) if video else np.full(3, 128.0)
            coarse = rng.normal(0, 25 if video else 5, (12, 12, 3)).astype(np.float32)
            texture = cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
        points = np.vstack([ends, ends.mean(0)]) + frame * speed
        image = floor + texture + rng.normal(0, 6 if video else 1, (SIZE, SIZE, 3))
        image = np.clip(image, 0, 255).astype(np.uint8)
        for point, colour in zip(points, COLOURS, strict=True):
            centre = np.round(point * 16).astype(int).tolist()
            cv2.circle(image, centre, 3 * 16, colour, -1, cv2.LINE_AA, 4)
        file_name = f'{name}/{index:03d}.png'
        cv2.imwrite(str(folder / file_name), image)
        more = dict(video_id=index // video, frame_id=frame) if video else {}
        images.append(dict(id=index, file_name=file_name, width=SIZE, height=SIZE))
        flat = np.concatenate((points, np.full((3, 1), 2)), 1).ravel().tolist()
        annotations.append(
            dict(
                id=index,
                image_id=index,
                category_id=1,
                bbox=[4, 4, 40, 40],
                area=1600.0,
                iscrowd=0,
                num_keypoints=3,
                keypoints=flat,
                **more,
            )
        )
    categories = [dict(id=1, name='dots', keypoints=NAMES, skeleton=[[1, 3]])]
    file = folder / f'{name}.json'
    file.write_text(
        json.dumps(dict(images=images, annotations=annotations, categories=categories))
    )
    return file


def write_domains(folder: Path, source: int = 16, target: int = 12, video: int = 4) -> Path:
    write_domain(folder, 'source', source, seed=1)
    write_domain(folder, 'target', target, seed=2, video=video)
    return folder


def shuffle_labels(file: Path, rng: np.random.Generator) -> None:
    """Exchange the keypoints of the annotations of a file, and give them other areas."""
    content = json.loads(file.read_text())
    annotations = content['annotations']
    keypoints = [annotation['keypoints'] for annotation in annotations]
    for annotation, index in zip(annotations, rng.permutation(len(keypoints)), strict=True):
        annotation['keypoints'] = keypoints[index]
        annotation['area'] = float(rng.uniform(100, 2000))
    file.write_text(json.dumps(content))


HEADS = dict(
    heatmap=(
        dict(type='HeatmapHead', deconv_out_channels=None),
        dict(type='SoftArgmaxHeatmap', input_size=INPUT, heatmap_size=MAP, sigma=1.5, beta=60),
    ),
    msra=(
        dict(type='HeatmapHead', deconv_out_channels=None),
        dict(type='MSRAHeatmap', input_size=INPUT, heatmap_size=MAP, sigma=1.5),
    ),
    udp=(
        dict(type='HeatmapHead', deconv_out_channels=None),
        dict(type='UDPHeatmap', input_size=INPUT, heatmap_size=MAP, sigma=1.5),
    ),
    stages=(
        dict(type='CPMHead', num_stages=1, deconv_out_channels=None),
        dict(type='MSRAHeatmap', input_size=INPUT, heatmap_size=MAP, sigma=1.5),
    ),
    simcc=(
        dict(
            type='SimCCHead',
            input_size=INPUT,
            in_featuremap_size=MAP,
            deconv_out_channels=None,
            simcc_split_ratio=2.0,
        ),
        dict(type='SimCCLabel', input_size=INPUT, sigma=3.0, simcc_split_ratio=2.0),
    ),
    regression=(
        dict(
            type='RegressionHead',
            loss=dict(type='SmoothL1Loss', use_target_weight=True),
        ),
        dict(type='RegressionLabel', input_size=INPUT),
    ),
    rle=(dict(type='RLEHead'), dict(type='RegressionLabel', input_size=INPUT)),
)


def config(
    folder: Path,
    work_dir: Path,
    head: str = 'heatmap',
    epochs: int = 2,
    batch_size: int = 4,
    num_workers: int = 0,
    persistent: bool = False,
    norm: bool = True,
    dropout: float = 0.0,
    lr: float = 5e-3,
    target: dict | None = None,
    sampler: dict | None = None,
    checkpoints: int = 2,
    distributed: bool = False,
    sync_bn: str | None = None,
    find_unused: bool = False,
    model: dict | None = None,
    teacher: dict | None = None,
    consistency: dict | None = None,
    more_domains: dict | None = None,
    draw_all: bool = False,
    **hook,
) -> Config:
    """A config as a user writes one.

    ``teacher`` are arguments of ``MeanTeacherHook``, which then stands in place of
    ``CCSSLHook``, and ``consistency`` those of the estimator's loss. ``more_domains`` are
    annotation files of other labelled domains, by name. ``hook`` are arguments of ``CCSSLHook``
    or of the hook that ``type`` names.
    """
    head_cfg, codec = HEADS[head]
    use_udp = head == 'udp'
    affine = dict(type='TopdownAffine', input_size=INPUT, use_udp=use_udp)
    label_pipeline = [
        dict(type='LoadImage'),
        dict(type='GetBBoxCenterScale', padding=1.0),
        affine,
        dict(type='PackPoseInputs'),
    ]
    pipeline = [
        dict(type='LoadImage'),
        dict(type='GetBBoxCenterScale', padding=1.0),
        dict(type='RandomFlip', direction='horizontal'),
        dict(type='RandomBBoxTransform', shift_prob=0, rotate_factor=20),
        affine,
        dict(type='GenerateTarget', encoder=codec),
        dict(type='PackPoseInputs'),
    ]

    def data(name: str) -> dict:
        return dict(
            type='CheckedCocoDataset',
            metainfo=METAINFO,
            data_root=str(folder),
            ann_file=f'{name}.json',
        )

    labelling = dict(type='CCSSLHook', interval=1, batch_size=5, num_workers=0)
    hooks = [labelling | hook]
    model, views = dict(model or {}), {}
    if teacher is not None:
        defaults = dict(ramp=1, report=None, batch_size=5, num_workers=0)
        hooks = [dict(type='MeanTeacherHook', **(defaults | teacher))]
        model.setdefault('consistency', consistency or {})
        views['teacher_pipeline'] = label_pipeline
    neck, launch = {}, {}
    if distributed:
        wrapper = dict(
            type='MMDistributedDataParallel',
            device_ids=None,
            find_unused_parameters=find_unused,
        )
        launch = dict(launcher='pytorch', cfg=dict(model_wrapper_cfg=wrapper, sync_bn=sync_bn))
    if head in ('regression', 'rle'):
        neck = dict(neck=dict(type='GlobalAveragePooling'))
    return Config(
        dict(
            model=dict(
                type='SourceTargetTopdown',
                data_preprocessor=dict(
                    type='PoseDataPreprocessor',
                    mean=[128.0] * 3,
                    std=[64.0] * 3,
                    bgr_to_rgb=True,
                ),
                backbone=dict(type='TinyBackbone', norm=norm, dropout=dropout),
                head=dict(head_cfg, in_channels=16, decoder=codec)
                | (
                    dict(num_joints=3)
                    if head in ('regression', 'rle')
                    else dict(out_channels=3)
                ),
                **neck,
                **model,
            ),
            train_dataloader=dict(
                batch_size=batch_size,
                num_workers=num_workers,
                persistent_workers=persistent,
                sampler=dict(
                    type='SourceTargetSampler', batch_size=batch_size, **(sampler or {})
                ),
                dataset=dict(
                    type='SourceTargetDataset',
                    source=dict(data('source'), pipeline=pipeline),
                    target=dict(
                        type='PseudoLabelDataset',
                        dataset=dict(data('target'), **(target or {})),
                        pipeline=pipeline,
                        label_pipeline=label_pipeline,
                        draw_all=draw_all,
                        **views,
                    ),
                    **{
                        name: dict(data(file), pipeline=pipeline)
                        for name, file in (more_domains or {}).items()
                    },
                ),
            ),
            train_cfg=dict(by_epoch=True, max_epochs=epochs),
            optim_wrapper=dict(optimizer=dict(type='Adam', lr=lr)),
            default_hooks=dict(
                checkpoint=dict(type='CheckpointHook', interval=1, max_keep_ckpts=checkpoints),
                logger=dict(type='LoggerHook', interval=1),
            ),
            custom_hooks=hooks,
            default_scope='mmpose',
            randomness=dict(seed=0),
            work_dir=str(work_dir),
            **launch,
            experiment_name=f'dots-{uuid4()}',
        )
    )


def make_runner(folder: Path, work_dir: Path, resume: bool = False, **kwargs) -> Runner:
    """A runner; made without Runner.from_cfg, which formats the config at every checkpoint."""
    return Runner(**config(folder, work_dir, **kwargs), resume=resume)


def points_of_batch(samples: list[dict]) -> np.ndarray:
    """Collates the keypoints of packed samples; here, where a spawned worker finds it."""
    return np.stack([sample['data_samples'].gt_instances.keypoints[0] for sample in samples])
