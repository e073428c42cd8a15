#!/usr/bin/env python
"""Time MMCV's operators, the replacements beside the compiled ones, in one process.

Needs an MMCV with compiled operators. Every round runs the compiled operator and ours one
after the other; printed are medians over the rounds, and the median of the rounds' ratios,
which other work on the machine disturbs least.
"""

import argparse
import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from types import ModuleType

import torch

from mmpose_addons_fallbacks import mmcv_operators

CLOCKS = {'wall': time.perf_counter, 'cpu': time.process_time}
SIDE = 800.0  # of the image, px
STRIDE = 8  # of the feature map
Run = Callable[[ModuleType], object]


@dataclass
class Row:
    """Milliseconds of one operator on one input; the ratio is ours by compiled."""

    operator: str
    input: str
    compiled_ms: float
    ours_ms: float
    ratio: float


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: operators.py --clock cpu --rounds 15',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--device', default='cpu', help='cpu or cuda (default: %(default)s)')
    parser.add_argument('--rounds', type=int, default=9, help='default: %(default)s')
    parser.add_argument('--threads', type=int, default=1, help='of PyTorch (%(default)s)')
    parser.add_argument(
        '--clock',
        choices=list(CLOCKS),
        default='wall',
        help='cpu: seconds that all threads compute, for a machine with other work',
    )
    parser.add_argument('--small', action='store_true', help='small inputs, to try it out')
    parser.add_argument('--json', metavar='FILE', help='also write the rows here')
    return parser.parse_args()


def main() -> int:
    args = parse_args()
    compiled = importlib.import_module('mmcv._ext')
    if not compiled.__file__.endswith(('.so', '.pyd')):
        print('error: this MMCV has no compiled operators to compare with', file=sys.stderr)
        return 2
    if args.device != 'cpu' and not torch.cuda.is_available():
        print(f'error: --device {args.device}, but torch sees no GPU', file=sys.stderr)
        return 2
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    rows = []
    print(f'{"operator":20}{"input":40}{"compiled":>12}{"ours":>12}{"ours/compiled":>15}')
    for (operator, name), run in tasks(args.device, args.small).items():
        row = timed(operator, name, run, compiled, args)
        rows.append(row)
        times = f'{row.compiled_ms:>9.3f} ms{row.ours_ms:>9.3f} ms{row.ratio:>15.2f}'
        print(f'{operator:20}{name:40}{times}', flush=True)
    if args.json:
        with open(args.json, 'w') as file:
            json.dump([asdict(row) for row in rows], file, indent=1)
    return 0


def timed(operator: str, name: str, run: Run, compiled: ModuleType, args) -> Row:
    """Return medians after one round to warm up."""
    clock = CLOCKS[args.clock]
    modules = dict(compiled=compiled, ours=mmcv_operators)
    times: dict[str, list[float]] = {key: [] for key in modules}
    for _ in range(args.rounds + 1):
        for key, module in modules.items():
            start = clock()
            run(module)
            if args.device != 'cpu':
                torch.cuda.synchronize()
            times[key].append(1e3 * (clock() - start))
    of_compiled, of_ours = times['compiled'][1:], times['ours'][1:]
    ratios = [ours / theirs for ours, theirs in zip(of_ours, of_compiled, strict=True)]
    return Row(operator, name, *map(statistics.median, (of_compiled, of_ours, ratios)))


def tasks(device: str, small: bool) -> dict[tuple[str, str], Run]:
    """Return what is timed, by operator and input."""
    found: dict[tuple[str, str], Run] = {}
    for count in (20, 100) if small else (20, 1000, 5000):
        boxes = random_boxes(count).to(device)
        scores = torch.rand(count, device=device)
        for kind, here in (('apart', boxes), ('in 20 heaps', heaps(boxes))):
            found['nms', f'{count} boxes {kind}'] = nms_task(here, scores)
    channels = 4 if small else 256
    size = int(SIDE) // STRIDE
    features = torch.randn(1, channels, size, size, device=device)
    for count in (1, 10) if small else (1, 100, 512):
        rois = torch.cat([torch.zeros(count, 1), random_boxes(count)], 1).to(device)
        for ratio in (0, 2):
            name = f'{count} regions, {channels} channels, ratio {ratio}'
            forward, backward = roi_align_tasks(features, rois, ratio)
            found['roi_align forward', name] = forward
            found['roi_align backward', name] = backward
    return found


def nms_task(boxes: torch.Tensor, scores: torch.Tensor) -> Run:
    return lambda module: module.nms(boxes, scores, iou_threshold=0.7, offset=0)


def roi_align_tasks(features: torch.Tensor, rois: torch.Tensor, ratio: int) -> tuple[Run, Run]:
    """Return functions that run forward and backward for 7 x 7 bins, as MMCV calls them."""
    none = features.new_zeros(0)
    settings = dict(aligned_height=7, aligned_width=7, spatial_scale=1 / STRIDE)
    settings.update(sampling_ratio=ratio, pool_mode=1, aligned=True)
    shape = len(rois), features.shape[1], 7, 7
    grads = torch.randn(shape, device=features.device)

    def forward(module):
        output = features.new_zeros(shape)
        module.roi_align_forward(features, rois, output, none, none, **settings)

    def backward(module):
        grad_input = features.new_zeros(features.shape)
        module.roi_align_backward(grads, rois, none, none, grad_input, **settings)

    return forward, backward


def random_boxes(count: int) -> torch.Tensor:
    """Draw boxes (count, 4) with sides of 16 to 256 px in the image."""
    sides = 16 * 16 ** torch.rand(count, 2)
    starts = torch.rand(count, 2) * (SIDE - sides)
    return torch.cat([starts, starts + sides], 1)


def heaps(boxes: torch.Tensor) -> torch.Tensor:
    """Move boxes to few objects, as a detector gives them: most are then suppressed."""
    return boxes[torch.arange(len(boxes), device=boxes.device) % 20] + torch.randn_like(boxes)


if __name__ == '__main__':
    sys.exit(main())
