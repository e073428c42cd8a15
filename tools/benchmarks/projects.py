#!/usr/bin/env python
"""Plain training against adaptation on real projects: a table in Markdown.

For each project and seed, "train --labelled", "adapt" and its control "BatchNorm only" get the
same time. All are tested on frames that none has seen with labels. The last two also see the
project's own video or, of the livestock, images of the other species, both without labels.
Runs that are done are not repeated and stopped ones go on, so the command can be stopped and
started at any time.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from mmpose_addons_cli.argument_types import seed_number
from mmpose_addons_core.fileio import write_json, write_text

BEFORE = 'adapt, its source network'
CONTROL = 'adapt --method batchnorm'
ARMS = 'train', CONTROL, 'adapt'
DONE = 0, 3
"""Exit statuses of commands that have done their work; 3: they left out what is broken."""
Scores = dict[str, dict[str, float]]
"""Metrics by arm."""


@dataclass(frozen=True)
class Project:
    """What is compared.

    Attributes:
        project: Folder or file below ``--data``.
        unlabelled: Video or folder below it.
        options: Of ``import``.
        held_out: What is tested on.
        several: Whether frames have several animals, whose boxes are then those of the labels.
    """

    project: str
    unlabelled: str
    options: tuple[str, ...] = ('--split', 'time')
    held_out: str = 'the last fifth of the labelled frames'
    several: bool = False


PROJECTS = {
    'openfield (DeepLabCut)': Project(
        'projects/deeplabcut_openfield', 'projects/deeplabcut_openfield/videos/m3v1mp4.mp4'
    ),
    'mirror mouse (Lightning Pose)': Project(
        'projects/lightning_pose_mirror_mouse',
        'projects/lightning_pose_mirror_mouse/videos/test_vid.mp4',
    ),
    'two flies (SLEAP)': Project(
        'projects/sleap/tracks', 'projects/sleap/tracks/clip.mp4', several=True
    ),
    'horses to cattle': Project(
        'livestock', 'livestock/cattle_unlabelled.json', held_out='cattle_test'
    ),
}


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--data', type=Path, required=True, help='has projects/ and livestock/')
    parser.add_argument('--out', type=Path, default=Path('work_dirs/projects'))
    parser.add_argument('--projects', nargs='+', choices=PROJECTS, default=[*PROJECTS])
    parser.add_argument('--seeds', type=seed_number, nargs='+', default=[0], help='default: 0')
    parser.add_argument('--minutes', type=float, default=20, help='of a run (%(default)s)')
    parser.add_argument('--model', default='lpn-50', help='%(default)s')
    parser.add_argument('--method', default='cc-ssl', help='%(default)s')
    return parser.parse_args(argv)


def command(*words: object) -> int:
    """Run a command of this package; its exit status."""
    print('$ mmpose-addons', *words, flush=True)
    line = [sys.executable, '-m', 'mmpose_addons_cli', *map(str, words)]
    return subprocess.run(line, check=False).returncode


def labelled_folder(project: Project, data: Path, out: Path) -> Path:
    """Import a project, once."""
    folder = out / 'labelled'
    if folder.is_dir():
        return folder
    if project.project == 'livestock':
        _livestock(data / 'livestock', folder)
    elif (
        command('import', data / project.project, *project.options, '--out', folder) not in DONE
    ):
        raise SystemExit(f'{project.project} cannot be imported')
    return folder


def _livestock(data: Path, folder: Path) -> None:
    """Write horses as a labelled folder; images are links."""
    unfinished = folder.with_name('.labelled')
    shutil.rmtree(unfinished, ignore_errors=True)
    (unfinished / 'annotations').mkdir(parents=True)
    (unfinished / 'images').symlink_to(data.absolute(), target_is_directory=True)
    for part, name in (('train', 'horse_train'), ('val', 'horse_test')):
        shutil.copy(data / f'{name}.json', unfinished / f'annotations/{part}.json')
    info = unfinished / 'dataset_info.py'
    if command('dataset-info', unfinished / 'annotations/train.json', '--out', info):
        raise SystemExit('dataset_info.py cannot be written')
    unfinished.rename(folder)


def unlabelled(project: Project, data: Path, out: Path) -> Path:
    """Return the video, or a folder of links to the images of a COCO file."""
    source = data / project.unlabelled
    if source.suffix != '.json':
        return source
    folder = out / 'unlabelled'
    folder.mkdir(parents=True, exist_ok=True)
    for image in json.loads(source.read_text())['images']:
        link = folder / Path(image['file_name']).name
        if not link.exists():
            link.symlink_to((source.parent / image['file_name']).absolute())
    return folder


def label_boxes(folder: Path) -> dict[str, list]:
    """Return boxes of the labels by the names that ``adapt`` gives to frames of the video."""
    boxes: dict[str, list] = {}
    for part in ('train', 'val'):
        content = json.loads((folder / f'annotations/{part}.json').read_text())
        names = {
            image['id']: f'{Path(image["video"]).stem}/{image["frame_id"]:06}.jpg'
            for image in content['images']
        }
        for annotation in content['annotations']:
            boxes.setdefault(names[annotation['image_id']], []).append(annotation['bbox'])
    return boxes


def boxes_of(project: Project, labelled: Path, out: Path) -> list[object]:
    """Write the boxes of the labels where a frame has several animals; options for them."""
    if not project.several:
        return []
    file = out / 'boxes.json'
    write_json(file, label_boxes(labelled))
    return ['--boxes', file]


def carry_out(name: str, args: argparse.Namespace) -> list[Scores]:
    """Run what is missing; metrics on the held-out frames by arm, for each seed."""
    project = PROJECTS[name]
    out = args.out / ''.join(c if c.isalnum() else '_' for c in name)
    out.mkdir(parents=True, exist_ok=True)
    folder = labelled_folder(project, args.data, out)
    video = unlabelled(project, args.data, out)
    common = ['--model', args.model, '--minutes', args.minutes]
    part = 'val'
    if project.project == 'livestock':
        part = 'test'
        test = args.data / 'livestock' / f'{project.held_out}.json'
        common += ['--test', test, '--test-images', args.data / 'livestock']
    boxes = boxes_of(project, folder, out)
    found = []
    for seed in args.seeds:
        scores = {}
        for arm in ARMS:
            run = out / f'{arm.split()[-1]}_{args.minutes:g}_{seed}'
            words = ['--labelled', folder, *common, '--seed', seed, '--out', run]
            if arm != 'train':
                method = 'batchnorm' if arm == CONTROL else args.method
                words += ['--unlabelled', video, '--method', method, *boxes]
            status = command(arm.split()[0], *words)
            if status not in DONE:
                raise SystemExit(f'{arm} ended with status {status}')
            tested = json.loads((run / 'scores.json').read_text())[part]
            scores[arm] = tested['after']
            if arm == 'adapt':
                scores[BEFORE] = tested['before']
        found.append(scores)
    return found


def table(results: dict[str, list[Scores]], args: argparse.Namespace) -> str:
    """Return the table in Markdown: means over seeds, lowest and highest in brackets."""
    lines = [
        f'{args.model}, {args.method}, {args.minutes:g} minutes a run, seeds '
        f'{", ".join(map(str, args.seeds))}, {os.cpu_count()} cores.',
        '',
        '| project | held out | arm | PCK@0.05 of the box, % | mean error, px |',
        '|---|---|---|---|---|',
    ]
    for name, seeds in results.items():
        for arm in ('train', BEFORE, CONTROL, 'adapt'):
            pck = _spread([100 * scores[arm]['0.05/PCK'] for scores in seeds])
            error = _spread([scores[arm]['EPE'] for scores in seeds])
            held_out = PROJECTS[name].held_out
            lines.append(f'| {name} | {held_out} | {arm} | {pck} | {error} |')
    return '\n'.join(lines) + '\n'


def _spread(values: Sequence[float]) -> str:
    text = f'{mean(values):.1f}'
    return text if len(values) == 1 else f'{text} ({min(values):.1f} to {max(values):.1f})'


def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    results = {}
    for name in args.projects:
        results[name] = carry_out(name, args)
        write_text(args.out / 'table.md', table(results, args))
    print(table(results, args))
    return 0


if __name__ == '__main__':
    sys.exit(main())
