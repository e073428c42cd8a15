#!/usr/bin/env python
"""Time a loader of training samples with and without the crop cache, and compare the samples.

One process reads each data set by the training pipeline of each config: photographs in COCO's
format, and frames of 1920 x 1080 px made of them, as JPEG and PNG. Both ways take turns with
the same random numbers. Printed are medians of samples per second over the rounds, the median
of the rounds' ratios, the ratio if loading and cropping took no time, and the differences of
crops (grey values) and of keypoints (px).
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from mmpose.datasets.transforms import LoadImage, TopdownAffine
from mmpose.registry import DATASETS

import mmpose_addons  # noqa: F401  registers everything
from mmpose_addons.datasets import CropCacheDataset
from mmpose_addons_core.adaptation import seeded_rng

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = (
    'configs/body_2d_keypoint/lpn/coco/td-hm_lpn-50_1xb32-150e_coco-256x192.py',
    'configs/body_2d_keypoint/dark/coco/td-hm_res50_dark-stride-8xb64-210e_coco-256x192.py',
    'configs/body_2d_keypoint/dark/coco/td-hm_res50_dark-unit-8xb64-210e_coco-128x96.py',
    'configs/animal_2d_keypoint/livestock/td-hm_lpn-50_1xb32-30e_livestock-horse-128x128.py',
)
COLUMNS = (
    'data',
    'config',
    'oversampling',
    'from images, samples/s',
    'from the cache, samples/s',
    'ratio',
    'largest ratio',
    'mean difference, grey values',
    '99th percentile',
    'keypoints and targets',
    'MB a sample',
)
CLOCKS = {'wall': time.perf_counter, 'cpu': time.process_time}
FRAME = (1920, 1080)
FILES = {'JPEG': ('.jpg', [cv2.IMWRITE_JPEG_QUALITY, 95]), 'PNG': ('.png', [])}


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: crop_cache.py --images data/coco/val2017 --ann '
        'data/coco/annotations/person_keypoints_val2017.json --samples 50',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--images', type=Path, required=True, help='photographs')
    parser.add_argument('--ann', type=Path, required=True, help='COCO file of their people')
    parser.add_argument('--configs', nargs='+', default=CONFIGS, help='(default: four)')
    parser.add_argument('--samples', type=int, default=50, help='at most (%(default)s)')
    parser.add_argument('--rounds', type=int, default=5, help='default: %(default)s')
    parser.add_argument(
        '--clock',
        choices=list(CLOCKS),
        default='wall',
        help='cpu: for a machine with other work',
    )
    parser.add_argument('--oversampling', type=float, nargs='+', default=[2.0])
    parser.add_argument('--parts', nargs='+', choices=['photographs', *FILES], default=None)
    return parser.parse_args()


def write_frames(images: Path, ann: Path, folder: Path, kind: str) -> Path:
    """Write photographs enlarged to frames; smaller ones are mirrored at their borders."""
    content = json.loads(ann.read_text())
    suffix, options = FILES[kind]
    placed = {}
    for record in content['images']:
        pixels = cv2.imread(str(images / record['file_name']))
        height, width = pixels.shape[:2]
        factor = min(FRAME[0] / width, FRAME[1] / height)
        size = round(width * factor), round(height * factor)
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)
        left, top = (FRAME[0] - size[0]) // 2, (FRAME[1] - size[1]) // 2
        right, bottom = FRAME[0] - size[0] - left, FRAME[1] - size[1] - top
        pixels = cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_REFLECT)
        name = Path(record['file_name']).stem + suffix
        cv2.imwrite(str(folder / name), pixels, options)
        record.update(file_name=name, width=FRAME[0], height=FRAME[1])
        placed[record['id']] = factor, left, top
    for annotation in content['annotations']:
        factor, left, top = placed[annotation['image_id']]
        x, y, width, height = (value * factor for value in annotation['bbox'])
        annotation.update(
            bbox=[x + left, y + top, width, height], area=annotation['area'] * factor**2
        )
        points = np.array(annotation['keypoints'], float).reshape(-1, 3)
        points[points[:, 2] > 0, :2] = points[points[:, 2] > 0, :2] * factor + (left, top)
        annotation.update(keypoints=points.ravel().tolist(), segmentation=[])
    file = folder / 'frames.json'
    file.write_text(json.dumps(content))
    return file


Clock = Callable[[], float]


def timed(dataset: Any, count: int, seed: int, clock: Clock) -> tuple[float, list[Any]]:
    """Measure the seconds that the samples take, and return the samples."""
    with seeded_rng(seed):
        start = clock()
        samples = [dataset[index] for index in range(count)]
        return clock() - start, samples


def other_seconds(dataset: Any, count: int, clock: Clock) -> float:
    """Return the seconds of all but the two cached steps: the least with a cache."""
    inside = 0.0
    start = clock()
    for index in range(count):
        results = dataset.get_data_info(index)
        for step in dataset.pipeline.transforms:
            begin = clock()
            results = step(results)
            inside += (clock() - begin) * isinstance(step, (LoadImage, TopdownAffine))
    return clock() - start - inside


def differences(usual: Sequence[Any], cached: Sequence[Any]) -> tuple[np.ndarray, float]:
    """Compare crops in grey values, and keypoints and targets by the largest difference."""
    grey, largest = [], 0.0
    for one, other in zip(usual, cached, strict=True):
        pixels = one['inputs'].numpy().astype(np.int16) - other['inputs'].numpy()
        grey.append(np.abs(pixels).astype(np.uint8).ravel())
        one, other = one['data_samples'], other['data_samples']
        apart = one.gt_instances.keypoints - other.gt_instances.keypoints
        maps = one.gt_fields.heatmaps - other.gt_fields.heatmaps
        largest = max(largest, float(np.abs(apart).max()), float(maps.abs().max()))
    return np.concatenate(grey), largest


def measure(config: str, images: Path, ann: Path, args: argparse.Namespace, over: float) -> str:
    """Return a row of the table."""
    pipeline = Config.fromfile(ROOT / config).train_dataloader.dataset.pipeline
    data = dict(
        type='CheckedCocoDataset',
        ann_file=str(ann),
        data_prefix=dict(img=str(images)),
        pipeline=pipeline,
    )
    usual = DATASETS.build(data)
    with tempfile.TemporaryDirectory() as folder:
        cached = CropCacheDataset(data, folder, over)
        count = min(args.samples, len(usual))
        clock = CLOCKS[args.clock]
        timed(cached, count, 0, clock)
        bytes_ = sum(file.stat().st_size for file in Path(folder).rglob('*.crop'))
        seconds, grey, largest = [], [], 0.0
        for number in range(args.rounds):
            (slow, one), (fast, other) = (
                timed(dataset, count, number, clock) for dataset in (usual, cached)
            )
            seconds.append((slow, fast, other_seconds(cached, count, clock)))
            apart, moved = differences(one, other)
            grey.append(apart)
            largest = max(largest, moved)
    slow, fast, _ = (count / statistics.median(column) for column in zip(*seconds, strict=True))
    ratio = statistics.median(slow / fast for slow, fast, _ in seconds)
    limit = statistics.median(slow / other for slow, _, other in seconds)
    apart = np.concatenate(grey)
    return (
        f'{slow:.0f} | {fast:.0f} | {ratio:.2f} | {limit:.2f} | {apart.mean():.2f} | '
        f'{np.percentile(apart, 99):.0f} | {largest:.3g} | {bytes_ / count / 1e6:.2f} |'
    )


def main() -> int:
    args = parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    init_default_scope('mmpose')
    MMLogger.get_current_instance().setLevel('ERROR')
    print(f'| {" | ".join(COLUMNS)} |\n{"|---" * len(COLUMNS)}|')
    for part in args.parts or ['photographs', *FILES]:
        with tempfile.TemporaryDirectory() as folder:
            images, ann = args.images, args.ann
            if part != 'photographs':
                images = Path(folder)
                ann = write_frames(args.images, args.ann, images, part)
            for config in args.configs:
                for over in args.oversampling:
                    row = measure(config, images, ann, args, over)
                    name = Path(config).stem.split('_', 1)[1]
                    print(f'| {part} | {name} | {over:g} | {row}', flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
