#!/usr/bin/env python
"""Time this package's runtime beside rtmlib and MMPose, with the same RTMPose on one image.

The network has random weights, which do not change the time. Each runtime works in a process
and, if one is given, in an environment of its own. Every round runs all of them one after the
other; printed are medians over the rounds, and medians of the rounds' ratios to ours. The start
of each process, from nothing to the keypoints of one person, is timed too, with its CPU time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import cv2
import mmpose
import numpy as np
import torch
from mmengine.config import Config
from rich.console import Console
from rich.table import Table
from runtime_worker import RUNTIMES
from torch import Tensor, nn

from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons.estimators.loading import load_pose_model
from mmpose_addons.export import PoseGraph, export_onnx

WORKER = Path(__file__).with_name('runtime_worker.py')
CONFIG = (
    Path(mmpose.__file__).parent / '.mim/configs/body_2d_keypoint/rtmpose/coco'
    '/rtmpose-t_8xb256-420e_coco-256x192.py'
)
WIDTH, HEIGHT = 1280, 720
STACK = 'mmpose', 'onedl-mmcv', 'onedl-mmengine', 'onedl-mmdetection', 'torchvision'
SIZES = """
import os, re, sys
from importlib.metadata import PackageNotFoundError, distribution, distributions
names = sys.argv[1:] or [d.name for d in distributions()]
seen, files = set(), set()
while names:
    try:
        found = distribution(names.pop())
    except PackageNotFoundError:
        continue
    if found.name in seen:
        continue
    seen.add(found.name)
    files |= {str(found.locate_file(f)) for f in found.files or () if f.suffix != '.pyc'}
    needs = [line for line in found.requires or () if 'extra ==' not in line]
    names += [re.match(r'[\\w.-]+', line)[0] for line in needs]
print(sum(os.path.getsize(file) for file in files if os.path.isfile(file)))
"""
"""Size of distributions and of all that they need, without compiled modules of Python."""


class SimccNetwork(nn.Module):
    """The network as rtmlib takes it: one normalised image, bins along x and along y."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return both outputs for (1, 3, h, w) in BGR; the model takes RGB."""
        return self.model.head.forward(self.model.extract_feat(image.flip(1)))


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--config', type=Path, default=CONFIG, help='RTMPose (default: tiny)')
    parser.add_argument('--runtime-python', help='of an environment with [runtime] alone')
    parser.add_argument('--rtmlib-python', help='of an environment with rtmlib; else without')
    parser.add_argument(
        '--runtimes', nargs='+', choices=list(RUNTIMES), default=list(RUNTIMES), help='(all)'
    )
    parser.add_argument('--people', type=int, default=8, help='in the image (%(default)s)')
    parser.add_argument('--rounds', type=int, default=9, help='default: %(default)s')
    parser.add_argument('--starts', type=int, default=5, help='of each (%(default)s)')
    parser.add_argument('--json', type=Path, help='also write all figures')
    args = parser.parse_args()
    if 'ours' not in args.runtimes:
        parser.error(f'--runtimes needs ours, which all are compared with, got {args.runtimes}')
    return args


def write_network(config_file: Path, folder: Path) -> None:
    """Write one network with random weights as each runtime takes it."""
    torch.manual_seed(0)
    config = Config.fromfile(config_file)
    config.model.test_cfg.flip_test = False  # rtmlib has none
    config.model.backbone.init_cfg = None
    config.dump(folder / 'pose.py')
    model = load_pose_model(config, None, 'cpu')
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.normal_(module.running_mean, std=0.1)
    write_checkpoint(
        folder / 'pose.pth', model.state_dict(), dict(dataset_meta=model.dataset_meta)
    )
    graph = PoseGraph(model, 'codec')
    export_onnx(graph, model.dataset_meta, folder / 'pose.onnx', batch_size=None)
    width, height = graph.geometry.input_size
    warnings.simplefilter('ignore')  # of the exporter by traces, which this package uses too
    torch.onnx.export(
        SimccNetwork(graph.model).eval(),
        (torch.rand(1, 3, height, width),),
        str(folder / 'simcc.onnx'),
        input_names=['input'],
        output_names=['simcc_x', 'simcc_y'],
        opset_version=17,
        dynamo=False,
    )
    mean, std = (getattr(model.data_preprocessor, name).flatten() for name in ('mean', 'std'))
    about = dict(input_size=graph.geometry.input_size, mean=mean.tolist(), std=std.tolist())
    (folder / 'about.json').write_text(json.dumps(about))
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8)
    image = cv2.resize(noise, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(folder / 'image.png'), image)


class Worker:
    """A process that answers with times and keypoints."""

    def __init__(self, python: str, name: str, folder: Path) -> None:
        env = {key: value for key, value in os.environ.items() if key != 'PYTHONPATH'}
        if python == sys.executable:
            env['PYTHONPATH'] = os.pathsep.join(filter(None, sys.path))
        self.name, self.log = name, folder / f'{name}.log'
        with open(self.log, 'w') as log:
            self.process = subprocess.Popen(
                [python, WORKER, name, folder],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=env,
            )
        self.imported = self.answer()
        """Seconds of the import: ``wall`` and ``cpu``."""

    def ask(self, question: dict | None) -> dict:
        self.process.stdin.write(json.dumps(question) + '\n')
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f'{self.name} ended:\n{self.log.read_text()[-2000:]}')
        return json.loads(line)

    def end(self) -> tuple[float, float]:
        """Return the largest memory, bytes, and the CPU time, seconds, of the whole process."""
        peak = self.ask(None)['peak']
        self.process.stdin.close()
        _, _, used = os.wait4(self.process.pid, 0)
        return peak, used.ru_utime + used.ru_stime


def boxes_of(count: int) -> list[list[float]]:
    rng = np.random.default_rng(1)
    corners = rng.uniform((0, 0), (1000, 400), (count, 2))
    return np.hstack((corners, corners + rng.uniform(80, 300, corners.shape))).tolist()


def measure(args: argparse.Namespace, pythons: dict[str, str], folder: Path) -> dict:
    """Return figures by runtime: lists over starts and rounds, and keypoints of one answer."""
    whole = dict(boxes=[[0, 0, WIDTH, HEIGHT]])
    many = dict(boxes=boxes_of(args.people))
    found: dict = {name: {} for name in pythons}
    note = {
        name: lambda key, value, n=name: found[n].setdefault(key, []).append(value)
        for name in pythons
    }
    for _ in range(args.starts):
        for name, python in pythons.items():
            start = time.perf_counter()
            worker = Worker(python, name, folder)
            worker.ask(whole)
            note[name]('start, s', time.perf_counter() - start)
            note[name]('start, CPU s', worker.end()[1])
            note[name]('import, CPU s', worker.imported['cpu'])
    workers = {name: Worker(python, name, folder) for name, python in pythons.items()}
    for number in range(args.rounds + 1):
        for name, worker in workers.items():
            one = worker.ask(whole)
            several = None if name == 'MMPoseInferencer' else worker.ask(many)
            found[name]['keypoints'] = one['keypoints'], several and several['keypoints']
            if number:
                note[name]('one person, ms', 1000 * one['seconds'])
                if several:
                    note[name](f'{args.people} people, ms', 1000 * several['seconds'])
    for name, worker in workers.items():
        note[name]('peak, MB', worker.end()[0] / 1e6)
    for name, python in pythons.items():
        roots = STACK if python == sys.executable else ()
        size = subprocess.run([python, '-c', SIZES, *roots], capture_output=True, check=True)
        note[name]('installed, MB', int(size.stdout) / 1e6)
    return found


def print_figures(found: dict) -> None:
    figures = [key for key in found['ours'] if key != 'keypoints']
    table = Table('median (ratio to ours)', *found)
    for figure in figures:
        base = np.array(found['ours'][figure])
        cells = []
        for runtime in found.values():
            if figure not in runtime:
                cells.append('')
                continue
            values = np.array(runtime[figure])
            digits = 2 if np.median(values) < 10 else 0
            cells.append(f'{np.median(values):.{digits}f} ({np.median(values / base):.2f})')
        table.add_row(figure, *cells)
    Console(width=140).print(table)
    for name, runtime in found.items():
        for which, kind in enumerate(('one person', 'several people')):
            points, ours = runtime['keypoints'][which], found['ours']['keypoints'][which]
            if name == 'ours' or points is None:
                continue
            away = np.abs(np.array(points) - np.array(ours)).max(-1)
            print(
                f'{name}, {kind}: coordinates within 0.05 px of ours for '
                f'{(away <= 0.05).sum()} of {away.size} keypoints, largest {away.max():.3f} px'
            )


def main() -> None:
    args = parse_args()
    pythons = dict.fromkeys(RUNTIMES, sys.executable)
    pythons['ours'] = args.runtime_python or sys.executable
    pythons['rtmlib'] = args.rtmlib_python or ''
    pythons = {name: pythons[name] for name in args.runtimes if pythons[name]}
    with tempfile.TemporaryDirectory() as folder:
        write_network(args.config, Path(folder))
        found = measure(args, pythons, Path(folder))
    print_figures(found)
    if args.json:
        args.json.write_text(json.dumps(found))


if __name__ == '__main__':
    main()
