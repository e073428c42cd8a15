#!/usr/bin/env python
"""Compute what hours of 1080p video cost on several machines, from times measured here.

Measured on a video of 1920 x 1080 px with one person a frame, medians over the rounds: CPU
seconds a frame of decoding, of the detector and of the pose network, with the work around them.
CPU time does not depend on other processes as much as time does. Computed from them: the hours
that N machines like this one take, and how fast they read the videos from a shared disk. It is
assumed that the cores of a machine are always busy, as with one worker for each of them and
many videos or segments of videos.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from moving_video import SIZE, write_video

from mmpose_addons_core.media.video_reader import VideoReader
from mmpose_addons_runtime.pipeline import PosePipeline
from mmpose_addons_runtime.topdown import DETECTED_TOGETHER

BATCH = 4
"""Frames whose only person shares a batch of the network."""


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: video_costs.py pose.onnx detector.onnx --cores 2 --shared 125',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('pose', type=Path, help='ONNX file of "mmpose-addons export"')
    parser.add_argument('det', type=Path, help='of "mmpose-addons export-detector"')
    parser.add_argument('--hours', type=float, default=1000, help='of video (%(default)s)')
    parser.add_argument('--rate', type=float, default=25, help='frames a second (%(default)s)')
    parser.add_argument(
        '--megabit', type=float, default=5, help='of the videos a second (%(default)s)'
    )
    parser.add_argument('--machines', type=int, nargs='+', default=[1, 8, 64])
    parser.add_argument('--cores', type=int, default=2, help='of a machine (%(default)s)')
    parser.add_argument(
        '--shared',
        type=float,
        default=125,
        help='MB a second that the disk or network shared by all machines reads (%(default)s, '
        'a gigabit a second)',
    )
    parser.add_argument('--frames', type=int, default=48, help='to measure (%(default)s)')
    parser.add_argument('--rounds', type=int, default=5, help='default: %(default)s')
    return parser.parse_args()


def measure(args: argparse.Namespace) -> dict[str, float]:
    """Return the CPU seconds a frame of each step."""
    pipeline = PosePipeline(args.pose, args.det, device='cpu', threads=1)
    width, height = pipeline.geometry.input_size
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / 'video.mp4'
        write_video(video, args.frames)

        def decode() -> list[np.ndarray]:
            reader = VideoReader(video)
            images = [frame.image for frame in reader.frames(lambda *lost: None)]
            reader.close()
            return images

        images = decode()
        box = np.array([[760, 240, 1160, 840]])  # a person of 400 x 600 px

        def detect() -> None:
            for start in range(0, len(images), DETECTED_TOGETHER):
                pipeline.detector(images[start : start + DETECTED_TOGETHER])

        def pose() -> None:
            (centre,), (size,) = pipeline.geometry.regions(box)
            for start in range(0, len(images), BATCH):
                crops = np.empty((BATCH, height, width, 3), np.uint8)
                for crop, image in zip(crops, images[start : start + BATCH], strict=False):
                    pipeline.geometry.warp(image, centre, size, out=crop)
                pipeline.network(crops)

        steps: dict[str, Callable] = {'decoding': decode, 'detector': detect, 'pose': pose}
        seconds: dict[str, list[float]] = {name: [] for name in steps}
        for number in range(args.rounds + 1):
            for name, step in steps.items():
                start = time.process_time()
                step()
                if number:  # the first round prepares memory
                    seconds[name].append((time.process_time() - start) / len(images))
    return {name: statistics.median(values) for name, values in seconds.items()}


def main() -> int:
    args = parse_args()
    if args.rounds < 1 or args.frames < DETECTED_TOGETHER or args.frames % DETECTED_TOGETHER:
        raise SystemExit(
            f'video_costs: --rounds must be positive and --frames a multiple of '
            f'{DETECTED_TOGETHER}, got {args.rounds} and {args.frames}'
        )
    cv2.setNumThreads(1)
    seconds = measure(args)
    total = sum(seconds.values())
    print('| step | CPU ms a frame | share |')
    print('|---|---|---|')
    for name, value in [*seconds.items(), ('all', total)]:
        print(f'| {name} | {value * 1000:.1f} | {value / total:.0%} |')
    cpu_hours = args.hours * args.rate * total
    data = args.hours * 3600 * args.megabit / 8 / 1e6  # TB
    print(
        f'\n{args.hours:g} hours of {SIZE[0]} x {SIZE[1]} px at {args.rate:g} frames/s and '
        f'{args.megabit:g} Mbit/s: {cpu_hours:,.0f} core hours, {data:.2f} TB\n'
    )
    print('| machines | cores | hours | read from the shared disk, MB/s | share of it |')
    print('|---|---|---|---|---|')
    read_by_machine = args.cores / (total * args.rate) * args.megabit / 8
    for count in args.machines:
        read = count * read_by_machine
        hours = cpu_hours / (count * args.cores)
        cells = count, count * args.cores, f'{hours:.{0 if hours >= 10 else 1}f}', f'{read:.1f}'
        print(f'| {" | ".join(map(str, cells))} | {read / args.shared:.1%} |')
    print(
        f'\nThe cores are the limit up to {args.shared / read_by_machine:,.0f} machines; then '
        f'the {args.shared:g} MB/s of the shared disk are, which needs '
        f'{data * 1e6 / args.shared / 3600:.1f} hours to read all videos once.'
    )
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
