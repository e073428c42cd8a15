"""Time decoding and encoding of heatmaps, ours against MMPose's, in one process.

Every round times MMPose's codec, ours and the floor one after the other on maps that are
not in the cache; the table shows medians over rounds and the median of the rounds'
ratios. The floors are one read of the maps (their sum) and one write of a sample's maps.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import torch

try:
    from mmpose_addons import functional
except ImportError:  # torch alone, with PYTHONPATH=projects/mmpose_addons
    import functional

EPILOG = """examples:
  python tools/benchmarks/codecs.py --json codecs.json
  PYTHONPATH=projects/mmpose_addons \\
      python tools/benchmarks/codecs.py --device cuda --no-mmpose --people 256
"""

# name: (people, keypoints, (W, H) heatmap px), input px are 4 times as many
SCENES = {
    'one person': (1, 17, (48, 64)),
    'people': (64, 17, (48, 64)),
    'people 288 x 384': (64, 17, (72, 96)),
    'faces': (64, 98, (64, 64)),
    'whole bodies': (64, 133, (48, 64)),
}
SIGMA = 2.0  # heatmap px
RADIUS = 4.0  # of the offsets' disk, heatmap px
NOISE = 0.004  # standard deviation; maps have peaks of 0.35 to 1
CACHE = 64 * 2**20  # bytes of maps that are read in turn, so that none stays in a cache


def soft_argmax(maps):
    return functional.soft_argmax(maps)


def quarter_shift(maps):
    peaks, scores = functional.heatmap_peaks(maps)
    return functional.quarter_shift(maps, peaks), scores


def dark(maps):
    peaks, scores = functional.heatmap_peaks(maps)
    return functional.dark_refine(maps, peaks), scores


def udp(maps):
    peaks, scores = functional.heatmap_peaks(maps)
    return functional.udp_refine(maps, peaks), scores


def udp_offset(maps):
    return functional.udp_offset_points(maps.unflatten(1, (-1, 3)), RADIUS)


def grmi_peak(maps):
    return functional.disk_offset_points(maps.unflatten(1, (-1, 3)), RADIUS)


def grmi_hough(maps):
    return functional.hough_points(maps.unflatten(1, (-1, 3)), RADIUS)


# our name: (arithmetic, channels per keypoint, MMPose's codec)
CODECS: dict[str, tuple[Callable, int, dict | None]] = {
    'QuarterShiftHeatmap': (quarter_shift, 1, dict(type='MSRAHeatmap', sigma=SIGMA)),
    'SoftArgmaxHeatmap': (soft_argmax, 1, None),
    'DARKHeatmap': (dark, 1, dict(type='MSRAHeatmap', sigma=SIGMA, unbiased=True)),
    'UDPGaussianHeatmap': (udp, 1, dict(type='UDPHeatmap', sigma=SIGMA)),
    'UDPOffsetHeatmap': (
        udp_offset,
        3,
        dict(type='UDPHeatmap', heatmap_type='combined'),
    ),
    'DiskOffsetHeatmap, peak': (grmi_peak, 3, None),
    'DiskOffsetHeatmap': (grmi_hough, 3, None),
}


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


def main() -> int:
    args = parse_args()
    torch.set_num_threads(args.threads)
    device = torch.device(args.device)
    if device.type == 'cuda' and not torch.cuda.is_available():
        print('error: --device cuda, but torch sees no GPU', file=sys.stderr)
        return 2
    build = None if args.no_mmpose else codec_builder()
    rows = []
    print(f'{describe(device)}, {args.threads} threads, maps: {args.maps}')
    print_header()
    for scene, (people, keypoints, size) in SCENES.items():
        if args.scenes and scene not in args.scenes:
            continue
        people = args.people if args.people and people > 1 else people
        for codec in args.codecs or CODECS:
            rows.append(time_decode(args, device, build, scene, codec, people, keypoints, size))
            print_row(rows[-1])
        for codec in (args.codecs or CODECS) if build else ():
            if CODECS[codec][2]:
                rows.append(time_encode(args, build, scene, codec, keypoints, size))
                print_row(rows[-1])
    if args.json:
        report = dict(
            device=describe(device),
            threads=args.threads,
            maps=args.maps,
            rows=[asdict(row) for row in rows],
        )
        with open(args.json, 'w') as file:
            json.dump(report, file, indent=1)
    return 0


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--device', default='cpu', help='cpu or cuda (default: cpu)')
    parser.add_argument('--threads', type=int, default=2, help="torch's (default: 2)")
    parser.add_argument('--rounds', type=int, default=15, help='(default: 15)')
    parser.add_argument('--people', type=int, help='instead of 64')
    parser.add_argument(
        '--scenes',
        nargs='+',
        choices=SCENES,
        metavar='SCENE',
        help=f'some of: {", ".join(SCENES)}',
    )
    parser.add_argument(
        '--codecs',
        nargs='+',
        choices=CODECS,
        metavar='CODEC',
        help=f'some of: {", ".join(CODECS)}',
    )
    parser.add_argument(
        '--maps',
        choices=('blobs', 'random'),
        default='blobs',
        help='blobs with noise, as a network predicts, or random numbers (default: blobs)',
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

    def build(config: dict, size: tuple[int, int]):
        return KEYPOINT_CODECS.build(
            dict(config, input_size=(4 * size[0], 4 * size[1]), heatmap_size=size)
        )

    return build


def describe(device: torch.device) -> str:
    if device.type == 'cuda':
        return torch.cuda.get_device_name(device)
    with open('/proc/cpuinfo') as file:
        names = [line.split(':')[1] for line in file if line.startswith('model name')]
    return names[0].strip() if names else 'CPU'


def make_maps(
    kind: str, channels: int, people: int, keypoints: int, size: tuple[int, int]
) -> torch.Tensor:
    rng = np.random.default_rng(0)
    if kind == 'random':
        shape = people, channels * keypoints, size[1], size[0]
        return torch.from_numpy(rng.random(shape, dtype=np.float32))
    centres = rng.uniform((0, 0), np.subtract(size, 1), (people, keypoints, 2))
    visible = np.ones((people, keypoints))
    if channels == 1:
        maps, _ = functional.gaussian_heatmaps(
            centres, visible, size, SIGMA, unbiased=True, truncated=False
        )
    else:
        maps, _ = functional.disk_offset_maps(centres, visible, size, RADIUS)
        maps = maps.reshape(people, -1, *maps.shape[-2:])
    peaks = rng.uniform(0.35, 1, (people, maps.shape[1], 1, 1))
    noise = rng.normal(0, NOISE, maps.shape)
    if logits:
        maps[:, ::3] = 12 * maps[:, ::3] - 6
        peaks = 1
    return torch.from_numpy((maps * peaks + noise).astype(np.float32))


def time_decode(args, device, build, scene, codec, people, keypoints, size) -> Row:
    arithmetic, channels, mmpose = CODECS[codec]
    maps = make_maps(args.maps, channels, people, keypoints, size).to(device)
    copies = 1 + CACHE // maps.nbytes
    supply = [maps.clone() for _ in range(copies)]
    turn = iter(range(10**9))

    def fresh() -> torch.Tensor:
        return supply[next(turn) % copies]

    def to_host(maps):
        points, scores = arithmetic(maps)
        return torch.cat((points, scores[..., None]), -1).cpu()

    tasks = dict(floor=lambda: fresh().sum().item(), ours=lambda: to_host(fresh()))
    if build:
        name, _, variant = codec.partition(', ')
        ours = build(dict(type=name, **(dict(hough=False) if variant else {})), size)
        tasks['ours'] = lambda: ours.batch_decode(fresh())
        if mmpose:
            theirs = build(mmpose, size)
            tasks['mmpose'] = lambda: [theirs.decode(m) for m in fresh().cpu().numpy()]
    with torch.inference_mode():
        return make_row('decode', scene, codec, run(tasks, args.rounds))


def time_encode(args, build, scene, codec, keypoints, size) -> Row:
    rng = np.random.default_rng(0)
    high = 4 * np.array(size) - 1
    points = rng.uniform((0, 0), high, (1, keypoints, 2)).astype(np.float32)
    visible = np.ones((1, keypoints), dtype=np.float32)
    _, channels, mmpose = CODECS[codec]
    ours, theirs = build(dict(type=codec), size), build(mmpose, size)
    maps = np.zeros((channels * keypoints, size[1], size[0]), dtype=np.float32)
    tasks = dict(
        floor=lambda: maps.fill(0),
        mmpose=lambda: theirs.encode(points, visible),
        ours=lambda: ours.encode(points, visible),
    )
    return make_row('encode', scene, codec, run(tasks, 10 * args.rounds))


def run(tasks: dict[str, Callable], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every task in every round, after two rounds to warm up."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds + 2):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            times[name].append(1e3 * (time.perf_counter() - start))
    return {name: values[2:] for name, values in times.items()}


def make_row(task: str, scene: str, codec: str, times: dict[str, list[float]]) -> Row:
    def ratio(name: str, by: str) -> float | None:
        if name not in times:
            return None
        pairs = zip(times[name], times[by], strict=True)
        return statistics.median(a / b for a, b in pairs)

    medians = {name: statistics.median(values) for name, values in times.items()}
    return Row(
        task,
        scene,
        codec,
        medians['floor'],
        medians['ours'],
        medians.get('mmpose'),
        ratio('ours', 'floor'),
        ratio('mmpose', 'ours'),
    )


def print_header() -> None:
    print(
        f'{"":6} {"":17} {"":24} {"floor":>9} {"ours":>9} {"MMPose":>9} '
        f'{"of floor":>9} {"faster":>7}'
    )


def print_row(row: Row) -> None:
    theirs = f'{row.mmpose_ms:7.3f}ms' if row.mmpose_ms else ''
    faster = f'{row.times_faster:6.1f}x' if row.times_faster else ''
    print(
        f'{row.task:6} {row.scene:17} {row.codec:24} {row.floor_ms:7.3f}ms '
        f'{row.ours_ms:7.3f}ms {theirs:>9} {row.times_floor:8.1f}x {faster:>7}',
        flush=True,
    )


if __name__ == '__main__':
    sys.exit(main())
