#!/usr/bin/env python
"""Time PosePipeline beside MMPose's inference, with the same network on the same images.

Every round runs all of them one after the other; printed are medians over the rounds, and the
median of the rounds' ratios, which other work on the machine disturbs least. Weights do not
change the time; without a checkpoint they are random, and coordinates then say little.
"""

import argparse
import io
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from mmpose.apis import MMPoseInferencer, inference_topdown
from mmpose.models.pose_estimators import TopdownPoseEstimator
from rich.console import Console
from rich.table import Table
from torch import nn

from mmpose_addons.apis import PosePipeline
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons.estimators.loading import load_pose_model
from mmpose_addons.estimators.torch_network import TorchNetwork
from mmpose_addons.export import PoseGraph, export_onnx, quantise_onnx, toy_crops
from mmpose_addons_cli.infer import main as infer
from mmpose_addons_runtime.onnx_network import OnnxNetwork

CONFIG = 'configs/body_2d_keypoint/lpn/coco/td-hm_lpn-50_1xb32-150e_coco-256x192.py'
THEIRS = "MMPose's inferencer"
PAUSE = 0.3
"""Seconds before each run: threads of the run before spin on for a while, waiting for work."""
CLOCKS = {'wall': time.perf_counter, 'cpu': time.process_time}
Run = Callable[[], object]


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: inference.py --threads 2 --rounds 5 (run from the repository)',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--config', default=CONFIG, help='top-down config (%(default)s)')
    parser.add_argument('--checkpoint', help='its weights (default: random ones)')
    parser.add_argument('--people', type=int, default=32, help='in the image (%(default)s)')
    parser.add_argument('--images', type=int, default=200, help='small ones (%(default)s)')
    parser.add_argument('--rounds', type=int, default=5, help='default: %(default)s')
    parser.add_argument('--threads', type=int, default=2, help='of PyTorch (%(default)s)')
    parser.add_argument(
        '--clock',
        choices=list(CLOCKS),
        default='wall',
        help='cpu: seconds of all threads together, for a machine with other work, with '
        '--threads 1 (%(default)s)',
    )
    parser.add_argument('--device', default='cpu', help='default: %(default)s')
    parser.add_argument(
        '--batches', type=int, nargs='+', default=[1, 8], help='crops (default: 1 8)'
    )
    parser.add_argument(
        '--parts',
        nargs='+',
        choices=list(BENCHMARKS),
        default=list(BENCHMARKS),
        help='an image with many people, a folder, the same with poses drawn, the network '
        'alone (default: all)',
    )
    return parser.parse_args()


def spread_weights(model: nn.Module) -> None:
    """Draw random weights whose heatmaps have peaks: fresh ones are all but zero."""
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.kaiming_normal_(module.weight)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.normal_(module.running_mean, std=0.1)


def random_image(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    noise = rng.integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)


def timed(runs: dict[str, Run], rounds: int, clock: str) -> dict[str, np.ndarray]:
    """Return the seconds of each of some runs in each of some rounds, after one to warm up."""
    now = CLOCKS[clock]
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            time.sleep(PAUSE)
            start = now()
            run()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            if number:
                seconds[name].append(now() - start)
    return {name: np.array(values) for name, values in seconds.items()}


def ten_times(run: Run) -> None:
    for _ in range(10):
        run()


def forward_passes(network: TorchNetwork, crops: torch.Tensor) -> Run:
    """Run the two passes of the flip test, and no more."""

    @torch.no_grad()
    def run() -> None:
        for images in (crops, crops.flip(-1)):
            network.model.head.forward(network.model.extract_feat(images))

    return run


def print_times(
    title: str, seconds: dict[str, np.ndarray], against: dict[str, str], unit: str = 's'
) -> None:
    table = Table('', f'median {unit}', 'ratio', 'to', title=title, title_justify='left')
    for name, values in seconds.items():
        other = against.get(name)
        ratio = f'{np.median(values / seconds[other]):.3f}' if other else ''
        table.add_row(name, f'{np.median(values):.3f}', ratio, other or '')
    Console().print(table)


def one_image(model: TopdownPoseEstimator, args: argparse.Namespace, folder: Path) -> None:
    rng = np.random.default_rng(0)
    image = random_image(rng, 1280, 720)
    corners = rng.uniform((0, 0), (1000, 400), (args.people, 2))
    boxes = np.hstack((corners, corners + rng.uniform(80, 300, corners.shape)))
    boxes = boxes.astype(np.float32)
    file = str(folder / 'image.png')
    cv2.imwrite(file, image)
    options = dict(device=args.device, flip_test=True)
    plain, fast = (PosePipeline(model, **options, fast=fast) for fast in (False, True))
    model.test_cfg['flip_test'] = True
    width, height = plain.geometry.input_size
    crops = torch.rand(args.people, 3, height, width, device=args.device)
    like_ours = crops.to(memory_format=torch.channels_last)
    runs = {
        'forward passes': forward_passes(plain.network, crops),
        'inference_topdown, path': lambda: inference_topdown(model, file, boxes),
        'inference_topdown, array': lambda: inference_topdown(model, image, boxes),
        'ours, same network, path': lambda: list(plain(file, boxes)),
        'forward passes, fast network': forward_passes(fast.network, like_ours),
        'ours, path': lambda: list(fast(file, boxes)),
    }
    first, second = 'forward passes', 'forward passes, fast network'
    against = dict.fromkeys(list(runs)[1:4], first) | {'ours, path': second}
    print_times(f'{args.people} people', timed(runs, args.rounds, args.clock), against)
    theirs = inference_topdown(model, image, boxes)
    theirs = np.concatenate([sample.pred_instances.keypoints for sample in theirs])
    for name, pipeline in (('same network', plain), ('fast network', fast)):
        (sample,) = pipeline(image, boxes)
        difference = np.abs(sample.pred_instances.keypoints - theirs)
        print(f'largest difference of a coordinate, {name}: {difference.max():.4f} px')


def small_images(args: argparse.Namespace, folder: Path) -> Path:
    rng = np.random.default_rng(1)
    images = folder / 'images'
    if not images.exists():
        images.mkdir()
        for number in range(args.images):
            cv2.imwrite(str(images / f'{number:04}.jpg'), random_image(rng, 96, 128))
    return images


def our_networks(model: TopdownPoseEstimator, folder: Path) -> dict[str, tuple[Path, ...]]:
    """Build the same network three times, flip test included, as PosePipeline takes it."""
    checkpoint, *files = (folder / name for name in ('pose.pth', 'flip.onnx', 'int8.onnx'))
    if not checkpoint.exists():
        write_checkpoint(checkpoint, model.state_dict(), dict(dataset_meta=model.dataset_meta))
        graph = PoseGraph(model, 'codec', flip_test=True)
        export_onnx(graph, model.dataset_meta, files[0], batch_size=None)
        quantise_onnx(*files, toy_crops(graph.geometry, 20))
    names = 'ours', 'ours, onnxruntime', 'ours, int8'
    sources = (Path(model.cfg.filename), checkpoint), *((file,) for file in files)
    return dict(zip(names, sources, strict=True))


def many_images(model: TopdownPoseEstimator, args: argparse.Namespace, folder: Path) -> None:
    images, networks = small_images(args, folder), our_networks(model, folder)
    theirs = MMPoseInferencer(
        args.config, str(folder / 'pose.pth'), device=args.device, det_model='whole_image'
    )
    runs = {THEIRS: lambda: list(theirs(str(images)))}
    for name, source in networks.items():
        pose = source if len(source) == 2 else source[0]
        pipeline = PosePipeline(pose, device=args.device if name == 'ours' else 'cpu')
        runs[name] = partial(lambda run: list(run(images)), pipeline)
    seconds = timed(runs, args.rounds, args.clock)
    print_times(f'{args.images} images', seconds, dict.fromkeys(networks, THEIRS))


def drawn_images(model: TopdownPoseEstimator, args: argparse.Namespace, folder: Path) -> None:
    """Load images, estimate and draw poses, as MMPose's demo script and tools/infer.py do."""
    images, networks = small_images(args, folder), our_networks(model, folder)

    def theirs() -> None:
        inferencer = MMPoseInferencer(
            args.config, str(folder / 'pose.pth'), device=args.device, det_model='whole_image'
        )
        list(inferencer(str(images), vis_out_dir=str(folder / 'theirs')))

    def ours(source: tuple[Path, ...]) -> None:
        line = [images, '--pose', *source, '--out', folder / 'ours']
        line += ['--device', args.device if len(source) == 2 else 'cpu']
        with redirect_stdout(io.StringIO()):
            infer([*map(str, line)])

    runs = {THEIRS: theirs} | {name: partial(ours, item) for name, item in networks.items()}
    seconds = timed(runs, args.rounds, args.clock)
    title = f'{args.images} images, poses drawn'
    print_times(title, seconds, dict.fromkeys(networks, THEIRS))


def single_network(model: TopdownPoseEstimator, args: argparse.Namespace, folder: Path) -> None:
    """Run normalisation, one forward pass and decoding on crops that are there already."""
    graph = PoseGraph(model, decode='codec')
    crops = toy_crops(graph.geometry, max(args.batches))
    files = folder / 'float32.onnx', folder / 'int8.onnx'
    export_onnx(graph, model.dataset_meta, files[0], batch_size=None)
    quantise_onnx(*files, toy_crops(graph.geometry, 30, seed=1))
    options = dict(device='cpu', flip_test=False)
    networks = {
        'PyTorch, as MMPose runs it': TorchNetwork(model, **options, fast=False),
        'PyTorch, ours': TorchNetwork(model, **options),
        'onnxruntime': OnnxNetwork(files[0], threads=args.threads),
        'onnxruntime, int8': OnnxNetwork(files[1], threads=args.threads),
    }
    for batch in args.batches:
        runs = {
            name: partial(ten_times, partial(network, crops[:batch]))
            for name, network in networks.items()
        }
        seconds = timed(runs, args.rounds, args.clock)
        milliseconds = {name: 100 * values / batch for name, values in seconds.items()}
        first = next(iter(networks))
        against = dict.fromkeys(networks, first)
        print_times(f'ms a person, batches of {batch}', milliseconds, against, 'ms')


BENCHMARKS = {
    'people': one_image,
    'folder': many_images,
    'drawing': drawn_images,
    'network': single_network,
}


def main() -> None:
    args = parse_args()
    warnings.filterwarnings('ignore')
    torch.set_num_threads(args.threads)
    cv2.setNumThreads(args.threads)
    torch.manual_seed(0)
    model = load_pose_model(args.config, args.checkpoint, args.device)
    if args.checkpoint is None:
        spread_weights(model)
    with tempfile.TemporaryDirectory() as folder:
        for part in args.parts:
            BENCHMARKS[part](model, args, Path(folder))


if __name__ == '__main__':
    main()
