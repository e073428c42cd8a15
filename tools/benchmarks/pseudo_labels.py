#!/usr/bin/env python
"""What pseudo-labels cost around the network's forward passes, and what batches save.

A round over made-up frames of one video, `--repeats` times. In each, the time inside the
network and the time of all else (views, fusion, reading, flow) come from the same run, so what
else the machine does weighs on both alike; medians are printed. Loading images is not part.
`--singly` then labels a few images one image and view at a time, as the published code does,
in turns with batches.
"""

import argparse
import sys
import time
from collections.abc import Callable
from statistics import median

import cv2
import numpy as np
import torch
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS
from rich.console import Console
from rich.table import Table

import mmpose_addons  # noqa: F401  registers the networks
from mmpose_addons.estimators.pose_network import PoseNetwork
from mmpose_addons_core.adaptation import Flow, FlowTracks, Labeller, warp
from mmpose_addons_runtime.geometry import CropGeometry

SIZE, KEYPOINTS = 256, 18
CODEC = dict(type='MSRAHeatmap', input_size=(SIZE, SIZE), heatmap_size=(64, 64), sigma=1)
NETWORKS = {
    'hourglass': dict(
        backbone=dict(type='HourglassPreAct', out_channels=KEYPOINTS),
        head=dict(
            type='CPMHead',
            in_channels=KEYPOINTS,
            out_channels=KEYPOINTS,
            num_stages=4,
            deconv_out_channels=None,
            final_layer=None,
            decoder=CODEC,
        ),
    ),
    'lpn-50': dict(
        backbone=dict(type='LPN', depth=50),
        head=dict(type='LPNHead', in_channels=512, out_channels=KEYPOINTS, decoder=CODEC),
    ),
}


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: pseudo_labels.py --batch-size 32 --device cuda --singly',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--network', choices=NETWORKS, default='hourglass')
    parser.add_argument('--batch-size', type=int, default=32)
    parser.add_argument('--repeats', type=int, default=3)
    parser.add_argument('--threads', type=int, default=2, help='of the CPU (default: 2)')
    parser.add_argument('--device', default='cpu')
    parser.add_argument(
        '--clock',
        choices=('wall', 'cpu'),
        default='wall',
        help='cpu: time of this process on all cores, which other programs change less',
    )
    parser.add_argument('--singly', action='store_true', help='compare with images one by one')
    return parser.parse_args()


class Clock:
    """Adds up the seconds that wrapped functions take, the device's included."""

    def __init__(self, device: torch.device, kind: str) -> None:
        self.device = device
        self.read = time.process_time if kind == 'cpu' else time.perf_counter
        self.seconds = 0.0

    def now(self) -> float:
        if self.device.type == 'cuda':
            torch.cuda.synchronize()
        return self.read()

    def wrap(self, function: Callable) -> Callable:
        def timed(*args):
            start = self.now()
            result = function(*args)
            self.seconds += self.now() - start
            return result

        return timed


def video(count: int) -> np.ndarray:
    """Make a video (count, 256, 256, 3), uint8: a texture that drifts."""
    rng = np.random.default_rng(0)
    texture = cv2.GaussianBlur(
        rng.integers(0, 256, (SIZE, SIZE, 3), np.uint8), (0, 0), 2, borderType=cv2.BORDER_WRAP
    )
    return np.stack([np.roll(texture, (i, 2 * i), (0, 1)) for i in range(count)])


def one_round(
    labeller: Labeller,
    network: PoseNetwork,
    frames: np.ndarray,
    images: torch.Tensor,
    batch_size: int,
    clock: str,
) -> tuple[float, float, float]:
    """Return the seconds of all, of the network's forward passes, and of warping alone."""
    watch = Clock(images.device, clock)
    network.maps = watch.wrap(type(network).maps.__get__(network))
    tracks = FlowTracks(Flow())
    start = watch.now()
    for first in range(0, len(images), batch_size):
        batch = images[first : first + batch_size]
        indices = range(first, first + len(batch))
        points, confidence = labeller.label(network, batch, indices, 0)
        for row, index in enumerate(indices):
            grey = cv2.cvtColor(frames[index], cv2.COLOR_BGR2GRAY)
            tracks.step('video', grey, points[row], confidence[row])
    total = watch.now() - start
    rngs = [np.random.default_rng(i) for i in range(len(images))]
    matrices = labeller.sampler.sample(rngs).matrices((SIZE, SIZE))
    images = images.contiguous(memory_format=torch.channels_last)  # as the labeller does
    out = None
    start = watch.now()
    for view in matrices[1:].to(images.device):
        out = warp(images, view, out)
    return total, watch.seconds, watch.now() - start


def main() -> int:
    args = parse_args()
    if args.device.startswith('cuda') and not torch.cuda.is_available():
        print('there is no CUDA device', file=sys.stderr)
        return 2
    torch.set_num_threads(args.threads)
    cv2.setNumThreads(args.threads)
    init_default_scope('mmpose')
    device = torch.device(args.device)
    model = MODELS.build(dict(type='TopdownPoseEstimator', **NETWORKS[args.network]))
    model = model.to(device).eval()
    network = PoseNetwork(model, range(KEYPOINTS), CropGeometry((SIZE, SIZE)))
    frames = video(args.batch_size)
    images = torch.from_numpy(frames.transpose(0, 3, 1, 2).astype(np.float32) / 64 - 2)
    images = images.to(device)
    count = len(images)
    labeller = Labeller()  # 5 views
    console = Console()

    with torch.no_grad():
        one_round(labeller, network, frames[:2], images[:2], 2, args.clock)  # warm up
        runs = [
            one_round(labeller, network, frames, images, args.batch_size, args.clock)
            for _ in range(args.repeats)
        ]
    around = [(total - inside) for total, inside, _ in runs]
    table = Table('of a round, per image', 'ms', title=f'{args.network}, {device}')
    rows = {
        'forward passes (5 views)': [inside for _, inside, _ in runs],
        'all around them': around,
        '  of this, warping images': [warps for *_, warps in runs],
        '  the rest': [a - warps for a, (*_, warps) in zip(around, runs, strict=True)],
    }
    for name, seconds in rows.items():
        table.add_row(name, f'{1000 * median(seconds) / count:.2f}')
    console.print(table)
    shares = [a / inside for a, (_, inside, _) in zip(around, runs, strict=True)]
    console.print(f'around / forward: {median(shares):.1%} (median of {args.repeats})')

    if args.singly:
        few = min(count, 16)
        ratios = []
        with torch.no_grad():
            for _ in range(args.repeats):
                batched, *_ = one_round(
                    labeller, network, frames, images, args.batch_size, args.clock
                )
                single, *_ = one_round(
                    labeller, network, frames[:few], images[:few], 1, args.clock
                )
                ratios.append((single / few) / (batched / count))
        console.print(
            f'batches of {args.batch_size} are {median(ratios):.1f} times as fast as one image '
            f'and view at a time ({count / batched:.1f} images a second)'
        )
    return 0


if __name__ == '__main__':
    sys.exit(main())
