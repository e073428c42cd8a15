#!/usr/bin/env python
"""Measure how exactly each codec reads a keypoint whose true place is known.

Maps are drawn for random keypoints, with smooth noise added, and read again. The mean distance
to the truth is measured over the noise, the width of the blob, the size of the maps and the
distance to the border; MMPose's UDPHeatmap is read from the same maps as ours. Writes
precision.csv, precision.md and precision.png, and udp.csv, udp.md and udp.png.
"""

import argparse
import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mmpose.registry import KEYPOINT_CODECS

import mmpose_addons  # noqa: F401  registers the codecs
from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.heatmaps import gaussian_blur

NOISE_BLUR = 7  # kernel of the noise, heatmap px: neighbouring pixels err alike
PERSON = 384  # height of the crop in the image, px
SHOWN = 0.01  # least error in the plots, heatmap px
INSIDE = 8  # heatmap px: keypoints so far from the border see nothing of it


@dataclass
class Setting:
    """One place on the table's axes. Lengths are heatmap px."""

    noise: float = 0.01  # standard deviation, of a peak of 1
    width: float = 1.0  # of the blob or disk, relative to the codec's
    size: tuple[int, int] = (48, 64)  # (W, H)
    sigma: float = 2.0
    radius: float = 4.0
    border: tuple[float, float] | None = None  # distance to the left border, from and to


@dataclass
class Reader:
    """A codec that reads, and the one whose targets it reads."""

    codec: dict[str, Any]
    drawn_by: str
    colour: str
    style: str = '-'


BLOB, DISK, LOGIT = 'DARKHeatmap', 'UDPOffsetHeatmap', 'DiskOffsetHeatmap'
READERS = {
    'plain': Reader(dict(type='QuarterShiftHeatmap'), 'QuarterShiftHeatmap', '#777777', ':'),
    'plain, exact targets': Reader(dict(type='QuarterShiftHeatmap'), BLOB, '#777777'),
    'soft-argmax, beta 160, shift': Reader(
        dict(type='SoftArgmaxHeatmap', beta=160, shift=True), BLOB, '#e08214', '--'
    ),
    'soft-argmax, beta 30': Reader(dict(type='SoftArgmaxHeatmap', beta=30), BLOB, '#e08214'),
    'DARK': Reader(dict(type='DARKHeatmap', grid='unit_length'), BLOB, '#1b7837'),
    'UDP Gaussian': Reader(dict(type='UDPGaussianHeatmap'), BLOB, '#2166ac'),
    'UDP offset': Reader(dict(type='UDPOffsetHeatmap'), DISK, '#762a83'),
    'G-RMI Hough': Reader(dict(type='DiskOffsetHeatmap'), LOGIT, '#b2182b'),
    'G-RMI peak': Reader(dict(type='DiskOffsetHeatmap', hough=False), LOGIT, '#b2182b', '--'),
}
UDP_READERS = {
    'UDP Gaussian, ours': Reader(dict(type='UDPGaussianHeatmap'), BLOB, '#2166ac'),
    "UDP Gaussian, MMPose's": Reader(dict(type='UDPHeatmap'), BLOB, '#2166ac', '--'),
    'UDP offset, ours': Reader(dict(type='UDPOffsetHeatmap'), DISK, '#762a83'),
    "UDP offset, the paper's code": Reader(
        dict(type='UDPOffsetHeatmap', blur_outside_disk=True), DISK, '#762a83', ':'
    ),
    "UDP offset, MMPose's": Reader(
        dict(type='UDPHeatmap', heatmap_type='combined'), DISK, '#762a83', '--'
    ),
}


@dataclass
class Axis:
    """What one panel shows: the error over one property of the maps."""

    title: str
    label: str
    settings: dict[str, Setting]
    places: Sequence[float]
    unit: str = 'heatmap px'
    errors: dict[str, list[float]] = field(default_factory=dict)


def borders(edges: Sequence[float]) -> dict[str, Setting]:
    return {
        f'{low:g} to {high:g}': Setting(border=(low, high)) for low, high in pairwise(edges)
    }


NOISES = (0.0, 0.005, 0.01, 0.02, 0.04, 0.08)
WIDTHS = (0.6, 0.8, 1.0, 1.25, 1.6)
SIZES = {
    '128 x 96': Setting(size=(24, 32), sigma=1, radius=2),
    '256 x 192': Setting(size=(48, 64), sigma=2, radius=4),
    '384 x 288': Setting(size=(72, 96), sigma=3, radius=6),
}
EDGES = (0, 1, 2, 3, 4, 6, 8, 12)


def axes_of_precision() -> list[Axis]:
    noise = 'noise (standard deviation, peak 1)'
    width = "width of the blob or disk, relative to the target's"
    return [
        Axis('Noise', noise, {f'{n:g}': Setting(noise=n) for n in NOISES}, range(len(NOISES))),
        Axis('Width', width, {f'{w:g}': Setting(width=w) for w in WIDTHS}, range(len(WIDTHS))),
        Axis('Input', 'input', SIZES, range(3), f'image px of a crop {PERSON} px high'),
        axis_of_the_border(),
    ]


def axis_of_the_border() -> Axis:
    middles = [(low + high) / 2 for low, high in pairwise(EDGES)]
    return Axis('Border', 'distance to the border, heatmap px', borders(EDGES), middles)


def main() -> int:
    args = parse_args()
    if args.points < 1:
        print(f'--points must be positive, got {args.points}', file=sys.stderr)
        return 2
    panels = axes_of_precision()
    border = axis_of_the_border()
    measure(panels, READERS, args)
    measure([border], UDP_READERS, args)
    write(args.out / 'precision', panels, READERS)
    write(args.out / 'udp', [border], UDP_READERS)
    return 0


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: codec_precision.py --out work_dirs/precision',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--out', type=Path, required=True, help='folder to write to')
    parser.add_argument('--points', type=int, default=2000, help='each setting (default: 2000)')
    parser.add_argument('--seed', type=int, default=0, help='(default: 0)')
    return parser.parse_args()


def measure(panels: list[Axis], readers: dict[str, Reader], args: argparse.Namespace) -> None:
    for panel in panels:
        for name, reader in readers.items():
            panel.errors[name] = [
                error(reader, setting, args.points, np.random.default_rng(args.seed))
                * (PERSON / setting.size[1] if panel.unit.startswith('image') else 1)
                for setting in panel.settings.values()
            ]


def error(reader: Reader, setting: Setting, count: int, rng: np.random.Generator) -> float:
    """Return the mean distance between the truth and what is read, heatmap px."""
    size = np.array(setting.size)
    near = min(INSIDE, setting.size[0] / 4)
    points = rng.uniform(near, size - 1 - near, (1, count, 2))
    if setting.border:
        points[..., 0] = rng.uniform(*setting.border, (1, count))
    maps = draw(reader.drawn_by, points, setting, rng)
    codec = build(reader.codec, setting)
    found, _ = codec.decode(maps)
    if reader.codec['type'] == 'UDPHeatmap':  # it divides by w as use_udp=True does
        found = found / codec.input_size * (size - 1)
    else:
        found = found / codec.scale
    return float(np.linalg.norm(found - points, axis=-1).mean())


def draw(
    kind: str, points: np.ndarray, setting: Setting, rng: np.random.Generator
) -> np.ndarray:
    """Draw maps (C, H, W) as a network would give them for keypoints (1, K, 2), heatmap px."""
    codec = build(dict(type=kind), setting, setting.width)
    maps = codec.encode(points * codec.scale)['heatmaps']
    noise = rng.standard_normal(maps.shape, dtype=np.float32)
    noise = gaussian_blur(noise, NOISE_BLUR)
    noise *= setting.noise / noise.std()
    if kind in (DISK, LOGIT):  # offsets are in units of the radius that reads them
        maps[1::3] *= setting.width
        maps[2::3] *= setting.width
    maps = maps + noise
    if kind == LOGIT:
        maps[::3] = 12 * maps[::3] - 6
    return maps


def build(codec: dict[str, Any], setting: Setting, width: float = 1.0) -> Any:
    sizes = dict(input_size=tuple(4 * side for side in setting.size), heatmap_size=setting.size)
    sigma, radius = setting.sigma * width, setting.radius * width
    if codec.get('heatmap_type') == 'combined':
        sizes['radius_factor'] = radius / max(setting.size)
    elif codec['type'] in (DISK, LOGIT):
        sizes['radius'] = radius
    else:
        sizes['sigma'] = sigma
    return KEYPOINT_CODECS.build(dict(codec, **sizes))


def write(stem: Path, panels: list[Axis], readers: dict[str, Reader]) -> None:
    """Write the three files of a measurement, each whole."""
    writers: dict[str, Callable[[Path], None]] = {
        '.csv': lambda file: write_csv(file, panels),
        '.md': lambda file: file.write_text('\n'.join(map(markdown, panels))),
        '.png': lambda file: plot(file, panels, readers),
    }
    for ending, write_one in writers.items():
        with atomic_write(stem.with_suffix(ending)) as file:
            write_one(file)
    print(stem.with_suffix('.md').read_text())


def write_csv(file: Path, panels: list[Axis]) -> None:
    with file.open('w', newline='') as stream:
        writer = csv.writer(stream)
        writer.writerow(['axis', 'setting', 'codec', 'error', 'unit'])
        for panel in panels:
            for codec, errors in panel.errors.items():
                for setting, value in zip(panel.settings, errors, strict=True):
                    writer.writerow([panel.title, setting, codec, f'{value:.6f}', panel.unit])


def markdown(panel: Axis) -> str:
    lines = [
        f'Error in {panel.unit} over the {panel.label}:\n',
        '| | ' + ' | '.join(panel.settings) + ' |',
        '|---' * (1 + len(panel.settings)) + '|',
    ]
    for codec, errors in panel.errors.items():
        lines.append(f'| {codec} | ' + ' | '.join(f'{value:.3f}' for value in errors) + ' |')
    return '\n'.join(lines) + '\n'


def plot(file: Path, panels: list[Axis], readers: dict[str, Reader]) -> None:
    rows = (len(panels) + 1) // 2
    columns = min(2, len(panels))
    figure = Figure(figsize=(1 + 5 * columns, 4.2 * rows), layout='constrained')
    cells = figure.subplots(rows, columns, squeeze=False).flat
    for axes, panel in zip(cells, panels, strict=True):
        plot_panel(axes, panel, readers)
    figure.legend(
        *axes.get_legend_handles_labels(), loc='outside lower center', ncols=columns + 1
    )
    figure.savefig(file, dpi=110)


def plot_panel(axes: Axes, panel: Axis, readers: dict[str, Reader]) -> None:
    for name, errors in panel.errors.items():
        reader = readers[name]
        axes.plot(
            panel.places, errors, reader.style, color=reader.colour, label=name, marker='.'
        )
    axes.set_xlabel(panel.label)
    axes.set_ylabel(f'mean error, {panel.unit}')
    if list(panel.places) == list(range(len(panel.places))):
        axes.set_xticks(panel.places, panel.settings)
    axes.set_yscale('log')
    axes.set_ylim(bottom=SHOWN * (PERSON / 48 if panel.unit.startswith('image') else 1))
    axes.yaxis.set_major_formatter('{x:g}')
    axes.yaxis.set_minor_formatter(lambda y, _: f'{y:g}' if f'{y:e}'[0] in '25' else '')
    axes.grid(alpha=0.3, which='both')
    axes.spines[['top', 'right']].set_visible(False)


if __name__ == '__main__':
    torch.set_num_threads(1)
    sys.exit(main())
