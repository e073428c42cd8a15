"""Plan and run a training or an adaptation from labels to a page."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.training_plan import LabelledFolder, Sizes, input_side, plan_sizes
from mmpose_addons_core.training_plan.sizes import ADAPTATION_STEPS, SOURCE_STEPS

from . import checks
from .config_files import SourceConfig, adapt_text, source_text
from .measure import measure
from .networks import network
from .options import Options
from .steps import score_network, train
from .target_frames import write_target

CPU_SIDE = 128
"""Largest side of the input without a GPU, px."""


def prepare(options: Options) -> tuple[LabelledFolder, list[str]]:
    """Check everything, pick frames and write the configs.

    Returns:
        The labels, and what will be done, as lines.

    Raises:
        PlanError, DatasetError, InputError, ModelError, ConversionError: Before anything is
            trained.
    """
    labelled = checks.checked_labels(options)
    sources = checks.checked_target(options) if options.adapts else []
    side = input_side(labelled.boxes, 256 if torch.cuda.is_available() else CPU_SIDE)
    model = network(options.model, len(labelled.keypoints), side)
    if options.claim():
        lines = options.plan.read_text(encoding='utf-8').splitlines()
        return labelled, [*lines, 'the run goes on with the configs that it has']
    lines = _about_labels(labelled)
    if options.adapts:
        lost = write_target(sources, options.target, options.frames, options.boxes)
        images = json.loads((options.target / 'frames.json').read_text())['images']
        lines.append(f'{len(images)} unlabelled frames in {options.target / "frames"}')
        lines += [f'not read: {message}' for message in lost[:5]]
    workers = min(2, (os.cpu_count() or 1) - 1)
    plan = SourceConfig(
        labelled, model, Sizes(2, 20, 1, 0), workers, options.adapts, options.start
    )
    draft = options.out / 'draft.py'
    draft.write_text(source_text(replace(plan, start=None)), encoding='utf-8')
    try:
        checks.check_start(options, draft)
        cost, parameters = measure(draft, options.out / 'measured')
    finally:
        draft.unlink()
        shutil.rmtree(options.out / 'measured', ignore_errors=True)
    needed = checks.check_disk(options, parameters)
    trains_source = options.start is None or not options.adapts
    parts = trains_source + options.adapts
    minutes = None if options.minutes is None else options.minutes / parts
    images = len(labelled.boxes)
    size = model['head']['decoder']['input_size']
    lines.append(
        f'network: {options.model}, {parameters / 1e6:.1f} million parameters, input '
        f'{size[0]} x {size[1]} px; an image takes {cost.seconds:.3f} s and '
        f'{cost.bytes / 1e6:.0f} MB; disk: about {needed / 1e9:.1f} GB'
    )
    sizes = plan_sizes(images, cost, SOURCE_STEPS, minutes)
    if trains_source:
        lines.append(_length('training on labels', sizes))
    _write(options.source, source_text(replace(plan, sizes=sizes)))
    if options.adapts:
        start = options.start or options.out / 'source.pth'
        sizes = plan_sizes(images, cost, ADAPTATION_STEPS, minutes)
        lines.append(_length(f'adaptation by {options.method}', sizes))
        text = adapt_text(options.method, sizes, options.target.absolute(), start.absolute())
        _write(options.adapt, text)
    _write(options.plan, '\n'.join(lines))
    return labelled, lines


def run(options: Options, labelled: LabelledFolder) -> dict[str, Any]:
    """Train, adapt and test by the configs of :func:`prepare`.

    Returns:
        Metrics by part (``'val'``, ``'test'``) and network (``'before'``, ``'after'``), also in
        ``OUT/scores.json``. A part without labels is missing, and ``'before'`` if training
        began without a network.
    """
    out = options.out.absolute()
    networks: dict[str, Path] = {}
    if options.start is not None:
        networks['before'] = options.start.absolute()
    if not options.adapts:
        networks['after'] = train(options.source, out / 'source')
    else:
        if options.start is None:
            trained = train(options.source, out / 'source')
            networks['before'] = _copy(trained, out / 'source.pth')
        networks['after'] = train(options.adapt, out / 'adapt')
    _copy(networks['after'], options.network)
    parts: dict[str, tuple[Path, Path] | None] = {'val': None} if labelled.has_val else {}
    if options.test is not None:
        parts['test'] = (options.test.absolute(), checks.images_of(options).absolute())
    file = out / 'scores.json'
    scores: dict[str, dict[str, Any]] = {part: {} for part in parts}
    if file.is_file():
        scores |= json.loads(file.read_text(encoding='utf-8'))
    for part, where in parts.items():
        for name, checkpoint in networks.items():
            if name not in scores[part]:
                logs = out / 'tests' / f'{part}_{name}'
                scores[part][name] = score_network(options.source, checkpoint, logs, where)
                _write(file, json.dumps(scores, indent=1))
    return scores


def _about_labels(labelled: LabelledFolder) -> list[str]:
    pairs = ', '.join('/'.join(pair) for pair in checks.mirrored_pairs(labelled))
    lines = [
        f'{len(labelled.boxes)} labelled instances of {len(labelled.keypoints)} keypoints in '
        f'{labelled.folder}',
        f'left/right pairs: {pairs or "none"}',
    ]
    if not labelled.has_val:
        lines.append('no val part: only --test can say how good the network is')
    return lines


def _length(what: str, sizes: Sizes) -> str:
    return (
        f'{what}: {sizes.epochs} epochs of {sizes.steps} steps of {sizes.batch} images, about '
        f'{sizes.seconds / 60:.1f} minutes'
    )


def _write(file: Path, text: str) -> None:
    with atomic_write(file) as unfinished:
        unfinished.write_text(text, encoding='utf-8')


def _copy(checkpoint: Path, target: Path) -> Path:
    with atomic_write(target) as unfinished:
        shutil.copyfile(checkpoint, unfinished)
    return target
