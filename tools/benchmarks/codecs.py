"""Time decoding and encoding of heatmaps, ours against MMPose's, in one process.

Every round times a floor, MMPose's codec and ours one after the other, on maps that are
not in a cache. The table shows medians over rounds and the median of the rounds' ratios.
The floors are one read of the maps (their sum) and one write of a sample's maps. Encoding is
timed in a worker of PyTorch's DataLoader, one sample at a time.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import cycle
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader

from mmpose_addons_core import heatmaps

EPILOG = """examples:
  python tools/benchmarks/codecs.py --json codecs.json
  PYTHONPATH=projects \\
      python tools/benchmarks/codecs.py --device cuda --no-mmpose --people 256
"""
SIGMA = 2.0  # heatmap px
RADIUS = 4.0  # of the disks, heatmap px
NOISE = 0.004  # standard deviation; peaks are 0.35 to 1
CLOCKS = dict(wall=time.perf_counter, cpu=time.thread_time)
CACHE = 64 * 2**20  # bytes of maps that are read in turn, so that none stays in a cache


@dataclass
class Scene:
    """Maps of some people; the input is 4 times as large."""

    people: int
    keypoints: int
    size: tuple[int, int]  # (W, H), heatmap px


@dataclass
class Codec:
    """Our codec's arithmetic and arguments, and MMPose's counterpart."""

    read: Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]
    ours: dict[str, Any]
    mmpose: dict[str, Any] = field(default_factory=dict)
    maps: str = 'blobs'  # or 'disks', or 'logits' of disks

    @property
    def channels(self) -> int:
        return 1 if self.maps == 'blobs' else 3


@dataclass
class Row:
    """Milliseconds of one task, and ratios; None where there is no counterpart."""

    task: str
    scene: str
    codec: str
    floor_ms: float
    ours_ms: float
    mmpose_ms: float | None
    times_floor: float
    times_faster: float | None


def refined(refine: Callable) -> Callable:
    """Find the peaks of the maps, then refine them by one of the methods."""

    def read(maps):
        peaks, scores = heatmaps.heatmap_peaks(maps)
        return refine(maps, peaks), scores

    return read


def by_disks(read: Callable, *args: Any) -> Callable:
    return lambda maps: read(maps.unflatten(1, (-1, 3)), RADIUS, *args)


SCENES = {
    'one person': Scene(1, 17, (48, 64)),
    'people': Scene(64, 17, (48, 64)),
    'people 288x384': Scene(64, 17, (72, 96)),
    'faces': Scene(64, 98, (64, 64)),
    'whole bodies': Scene(64, 133, (48, 64)),
}
CODECS = {
    'plain': Codec(
        refined(heatmaps.quarter_shift),
        dict(type='QuarterShiftHeatmap'),
        dict(type='MSRAHeatmap', sigma=SIGMA),
    ),
    'soft-argmax': Codec(heatmaps.soft_argmax, dict(type='SoftArgmaxHeatmap')),
    'DARK': Codec(
        refined(heatmaps.dark_refine),
        dict(type='DARKHeatmap'),
        dict(type='MSRAHeatmap', sigma=SIGMA, unbiased=True),
    ),
    'UDP': Codec(
        refined(heatmaps.udp_refine),
        dict(type='UDPGaussianHeatmap'),
        dict(type='UDPHeatmap', sigma=SIGMA),
    ),
    'UDP offset': Codec(
        by_disks(heatmaps.udp_offset_points),
        dict(type='UDPOffsetHeatmap', radius=RADIUS),
        dict(type='UDPHeatmap', heatmap_type='combined'),
        'disks',
    ),
    'G-RMI peak': Codec(
        by_disks(heatmaps.disk_offset_points),
        dict(type='DiskOffsetHeatmap', radius=RADIUS, hough=False),
        maps='logits',
    ),
    'G-RMI Hough': Codec(
        by_disks(heatmaps.hough_points),
        dict(type='DiskOffsetHeatmap', radius=RADIUS),
        maps='logits',
    ),
}


def main() -> int:
    args = parse_args()
    device = torch.device(args.device)
    if device.type == 'cuda' and not torch.cuda.is_available():
        print('error: --device cuda, but torch sees no GPU', file=sys.stderr)
        return 2
    torch.set_num_threads(args.threads)
    clock = CLOCKS[args.clock]
    build = None if args.no_mmpose else codec_builder()
    rows: list[Row] = []
    print(f'{name_of(device)}, {args.threads} threads, {args.clock} time, maps: {args.maps}')
    print_row('task', 'scene', 'codec', 'floor', 'ours', 'MMPose', 'floors', 'faster')
    for scene_name in args.scenes or SCENES:
        scene = SCENES[scene_name]
        if args.people and scene.people > 1:
            scene = Scene(args.people, scene.keypoints, scene.size)
        for name in args.codecs or CODECS:
            codec = CODECS[name]
            decode = decode_tasks(codec, scene, args.maps, device, build)
            rows.append(make_row('decode', scene_name, name, decode, args.rounds, clock))
            show(rows[-1])
            if build and codec.mmpose:
                encode = encode_tasks(codec, scene, build)
                timed = 'encode', scene_name, name, encode, 9 * args.rounds, clock
                rows.append(in_worker(make_row, *timed))
                show(rows[-1])
    if args.json:
        report = dict(device=name_of(device), threads=args.threads, clock=args.clock)
        report['maps'] = args.maps
        with open(args.json, 'w') as file:
            json.dump(dict(report, rows=[asdict(row) for row in rows]), file, indent=1)
    return 0


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--device', default='cpu', help='cpu or cuda (default: cpu)')
    parser.add_argument('--threads', type=int, default=2, help="torch's (default: 2)")
    parser.add_argument(
        '--clock',
        choices=CLOCKS,
        default='wall',
        help='cpu: the time that the first thread computes, which other work on the machine '
        'disturbs little; with --threads 1 (default: wall)',
    )
    parser.add_argument('--rounds', type=int, default=15, help='(default: 15)')
    parser.add_argument('--people', type=int, help='instead of 64')
    parser.add_argument(
        '--scenes', nargs='+', choices=SCENES, metavar='SCENE', help=', '.join(SCENES)
    )
    parser.add_argument(
        '--codecs', nargs='+', choices=CODECS, metavar='CODEC', help=', '.join(CODECS)
    )
    parser.add_argument(
        '--maps',
        choices=('natural', 'random'),
        default='natural',
        help='blobs or disks with smooth noise, as a network predicts them, or random '
        'numbers, the worst case (default: natural)',
    )
    parser.add_argument(
        '--no-mmpose',
        action='store_true',
        help='time only our arithmetic; needs nothing but torch',
    )
    parser.add_argument('--json', metavar='FILE', help='also write the rows here')
    return parser.parse_args()


def codec_builder() -> Callable:
    from mmpose.registry import KEYPOINT_CODECS

    import mmpose_addons  # noqa: F401  registers the codecs

    def build(config: dict[str, Any], size: tuple[int, int]):
        sizes = dict(input_size=(4 * size[0], 4 * size[1]), heatmap_size=size)
        return KEYPOINT_CODECS.build(dict(config, **sizes))

    return build


def name_of(device: torch.device) -> str:
    if device.type == 'cuda':
        return torch.cuda.get_device_name(device)
    with open('/proc/cpuinfo') as file:
        names = [line.split(':')[1] for line in file if line.startswith('model name')]
    return names[0].strip() if names else 'CPU'


def make_maps(kind: str, scene: Scene, random: bool) -> torch.Tensor:
    """Make maps (people, channels, H, W) of a kind of :class:`Codec`."""
    generator = torch.Generator().manual_seed(0)
    people, keypoints, size = scene.people, scene.keypoints, scene.size
    shape = people, keypoints * (1 if kind == 'blobs' else 3), size[1], size[0]
    if random:
        return torch.rand(shape, generator=generator)
    last = torch.tensor(size) - 1
    centres = torch.rand((people, keypoints, 2), generator=generator) * last
    visible = torch.ones(people, keypoints)
    if kind == 'blobs':
        maps, _ = heatmaps.gaussian_heatmaps(
            centres, visible, size, SIGMA, unbiased=True, truncated=False
        )
    else:
        maps = heatmaps.disk_offset_maps(centres, visible, size, RADIUS)[0].flatten(1, 2)
    if kind == 'logits':
        maps[:, ::3] = 12 * maps[:, ::3] - 6
    else:
        maps *= 0.35 + 0.65 * torch.rand((*shape[:2], 1, 1), generator=generator)
    noise = heatmaps.gaussian_blur(torch.randn(shape, generator=generator), 7)
    return maps + NOISE * noise / noise.std()


def decode_tasks(codec, scene, kind, device, build) -> dict[str, Callable[[], object]]:
    maps = make_maps(codec.maps, scene, random=kind == 'random').to(device)
    copies = 1 + CACHE // maps.nbytes if device.type == 'cpu' else 1
    supply = cycle([maps.clone() for _ in range(copies)])

    def read_to_host():
        points, scores = codec.decode_heatmaps(next(supply))
        return torch.cat((points, scores[..., None]), dim=-1).cpu()

    tasks = dict(floor=lambda: next(supply).sum().item(), ours=read_to_host)
    if build:
        ours = build(codec.ours, scene.size)
        tasks['ours'] = lambda: ours.batch_decode(next(supply))
        if codec.mmpose:
            theirs = build(codec.mmpose, scene.size)
            tasks['mmpose'] = lambda: [theirs.decode(one) for one in next(supply).cpu().numpy()]
    return tasks


def encode_tasks(codec, scene, build) -> dict[str, Callable[[], object]]:
    rng = np.random.default_rng(0)
    high = 4 * np.array(scene.size) - 1
    points = rng.uniform(0, high, (1, scene.keypoints, 2)).astype(np.float32)
    visible = np.ones((1, scene.keypoints), dtype=np.float32)
    ours, theirs = (build(config, scene.size) for config in (codec.ours, codec.mmpose))
    maps = np.zeros((codec.channels * scene.keypoints, *scene.size), dtype=np.float32)
    return dict(
        floor=lambda: maps.fill(0),
        mmpose=lambda: theirs.encode(points, visible),
        ours=lambda: ours.encode(points, visible),
    )


def in_worker(function: Callable, *args: Any) -> Any:
    """Return what a function gives in a worker of a DataLoader."""
    (result,) = DataLoader(range(1), collate_fn=lambda _: function(*args), num_workers=1)
    return result


def make_row(
    task: str,
    scene: str,
    codec: str,
    tasks: dict[str, Callable],
    rounds: int,
    clock: Callable[[], float],
) -> Row:
    """Return medians after two rounds to warm up."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    with torch.inference_mode():
        for _ in range(rounds + 2):
            for name, run in tasks.items():
                start = clock()
                run()
                times[name].append(1e3 * (clock() - start))

    def median(name: str, over: str | None = None) -> float | None:
        if name not in times:
            return None
        values = times[name][2:]
        if over:
            values = [a / b for a, b in zip(values, times[over][2:], strict=True)]
        return statistics.median(values)

    return Row(
        *(task, scene, codec),
        *(median('floor'), median('ours'), median('mmpose')),
        *(median('ours', over='floor'), median('mmpose', over='ours')),
    )


def show(row: Row) -> None:
    theirs = '' if row.mmpose_ms is None else f'{row.mmpose_ms:.3f} ms'
    faster = '' if row.times_faster is None else f'{row.times_faster:.1f}x'
    times = f'{row.floor_ms:.3f} ms', f'{row.ours_ms:.3f} ms', theirs
    print_row(row.task, row.scene, row.codec, *times, f'{row.times_floor:.1f}', faster)


def print_row(task: str, scene: str, codec: str, *figures: str) -> None:
    cells = ''.join(f'{figure:>12}' for figure in figures)
    print(f'{task:7}{scene:16}{codec:12}{cells}', flush=True)


if __name__ == '__main__':
    sys.exit(main())
