#!/usr/bin/env python
"""Time a detector of MMDetection beside its ONNX files, in float32 and int8, on the same image.

Every round runs all of them one after the other in one thread. Printed are medians over the
rounds of the CPU time, and the median of the rounds' ratios to MMDetection. Without a
checkpoint weights are random; no box then reaches the threshold, so that the suppression has
nothing to do.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from mmpose_addons.estimators.detector_network import DetectorNetwork
from mmpose_addons.export.detector_file import export_detector, quantise_detector
from mmpose_addons.export.toy_crops import toy_images
from mmpose_addons_runtime.onnx_detector import OnnxDetector

Detect = Callable[[list[np.ndarray]], object]


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: detector_export.py rtmdet_tiny_8xb32-300e_coco.py --rounds 7',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('config', type=Path, help='config of MMDetection')
    parser.add_argument('--checkpoint', help='its weights (default: random ones)')
    parser.add_argument('--size', type=int, nargs=2, default=(1920, 1080), help='of the image')
    parser.add_argument('--score-threshold', type=float, default=0.3, help='%(default)s')
    parser.add_argument('--rounds', type=int, default=7, help='default: %(default)s')
    return parser.parse_args()


def detectors(args: argparse.Namespace, folder: Path) -> dict[str, Detect]:
    """Return all of them, by name."""
    network = DetectorNetwork(args.config, args.checkpoint, 'cpu', args.score_threshold)
    files = {name: folder / f'{name}.onnx' for name in ('float32', 'int8')}
    export_detector(network, files['float32'])
    quantise_detector(files['float32'], files['int8'], toy_images(4))
    of_file = {
        name: OnnxDetector(file, threads=1, threshold=args.score_threshold)
        for name, file in files.items()
    }
    return {'MMDetection': network, **of_file}


def main() -> int:
    args = parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    image = cv2.resize(toy_images(1)[0], tuple(args.size))
    with tempfile.TemporaryDirectory() as folder:
        runs = detectors(args, Path(folder))
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        for number in range(args.rounds + 1):
            for name, detect in runs.items():
                start = time.process_time()
                detect([image])
                if number:  # the first round prepares memory
                    seconds[name].append(time.process_time() - start)
    table = Table('', 'ms of CPU time', 'ratio')
    base = np.array(seconds['MMDetection'])
    for name, values in seconds.items():
        ratio = np.median(np.array(values) / base)
        table.add_row(name, f'{np.median(values) * 1000:.1f}', f'{ratio:.2f}')
    Console().print(table)
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
