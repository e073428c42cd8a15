#!/usr/bin/env python
"""Time ``mmpose-addons infer`` on one picture, as a whole process, without and with PyTorch.

Both ways take the same ONNX file and the default options; the second loads it by the pipeline
of ``mmpose_addons``, as the command did for each file before. They run in turn; printed are
medians of the wall time and of the CPU time of all threads, and of the pairs' ratios.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

ALONE = """
import sys
from mmpose_addons_cli import infer, infer_networks
raise SystemExit(infer.main(sys.argv[1:]))
"""
WITH_PYTORCH = ALONE.replace(
    'raise', 'infer_networks._onnx_pipeline = infer_networks._mmpose_pipeline\nraise'
)
WAYS = {'without PyTorch': ALONE, 'with PyTorch': WITH_PYTORCH}


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('pose', type=Path, help='ONNX file of "mmpose-addons export --decode"')
    parser.add_argument('--rounds', type=int, default=5, help='default: %(default)s')
    parser.add_argument('--json', type=Path, help='also write all times')
    return parser.parse_args()


def seconds(code: str, line: list[str]) -> tuple[float, float]:
    """Return the wall time and the CPU time of a process."""
    env = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, '-c', code, *line],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise SystemExit(output.decode())
    return wall, used.ru_utime + used.ru_stime


def main() -> None:
    args = parse_args()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        noise = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
        picture = str(Path(folder) / 'a.png')
        cv2.imwrite(picture, cv2.resize(noise, (640, 480), interpolation=cv2.INTER_CUBIC))
        line = [picture, '--pose', str(args.pose), '--device', 'cpu', '--out', f'{folder}/out']
        for number in range(args.rounds + 1):
            for name, code in WAYS.items():
                times = seconds(code, line)
                if number:  # the first warms the caches of files
                    found[name].append(times)
    table = Table('', 'wall, s', 'CPU, s', 'ratio of CPU')
    base = np.array(found['without PyTorch'])
    for name, times in found.items():
        values = np.array(times)
        wall, cpu = np.median(values, 0)
        ratio = np.median(values[:, 1] / base[:, 1])
        table.add_row(name, f'{wall:.2f}', f'{cpu:.2f}', f'{ratio:.1f}')
    Console().print(table)
    if args.json:
        args.json.write_text(json.dumps(found))


if __name__ == '__main__':
    main()
