"""Check everything, pick frames, measure a step, and write the configs of a run."""

import os
import shutil
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from mmpose_addons_core.datasets.converters.coco_json import ConversionError
from mmpose_addons_core.fileio import write_json
from mmpose_addons_core.message_texts import listed, shown
from mmpose_addons_core.training_plan import (
    LabelledFolder,
    Measured,
    RunClock,
    Sizes,
    input_size,
    labelling,
    read_run_file,
)
from mmpose_addons_runtime.sources import Source

from ..apis.detector import BoxDetector
from . import checks, target_boxes
from .budget import SOURCE_SHARE, share_time
from .cache_sizes import cache_sizes
from .config_text import SourceConfig, source_text
from .input_contents import input_contents
from .measure import measure
from .networks import network
from .options import FRAMES, Options
from .runners import unformatted
from .target_frames import count_frames, write_target
from .write_configs import write_adapt, write_source

CPU_SIDE, GPU_SIDE = 128, 256
"""Longest side of the input without and with a GPU, px."""
FRAME_CPU_SIDE, FRAME_GPU_SIDE = 192, 384
"""The same if whole images are the crops, px."""


@dataclass(frozen=True)
class Plan:
    """What is known before training.

    Attributes:
        labelled: The labels.
        lines: What will be done, for people.
        unread: Number of unlabelled files and frames that cannot be read.
        source_end: Seconds of the run's clock at which the training on labels ends; None
            without a time.
        test_seconds: What testing a network is expected to take.
        diagnosis_seconds: What the diagnosis after an adaptation is expected to take.
    """

    labelled: LabelledFolder
    lines: list[str] = field(default_factory=list)
    unread: int = 0
    source_end: float | None = None
    test_seconds: float = 0.0
    diagnosis_seconds: float = 0.0


@dataclass(frozen=True)
class Inputs:
    """What a run is made from, checked.

    Attributes:
        labelled: The labels.
        crops: ``'frame'`` or ``'box'``, see :meth:`Options.crops`.
        model: The network's config.
        sources: Unlabelled images and videos.
        lines: What is to be known of them, for people.
    """

    labelled: LabelledFolder
    crops: str
    model: dict[str, Any]
    sources: list[Source]
    lines: list[str]


def checked_inputs(options: Options) -> Inputs:
    """Check all that can be checked without the folder of the run.

    Raises:
        PlanError, DatasetError, InputError, ModelError, ConversionError: Names what is wrong.
    """
    labelled = checks.checked_labels(options)
    checks.check_boxes(options)
    crops = options.crops(labelled.several)
    pairs = checks.check_pairs(labelled)
    sources, not_read = checks.checked_target(options) if options.adapts else ([], [])
    if options.boxes_file is not None:
        target_boxes.check_names(options.boxes_file, sources)
    lines = [*_about_labels(labelled, crops), *pairs]
    if not_read:
        names = listed(map(shown, not_read))
        lines.append(f'videos and folders within a folder are not read: {names}')
    return Inputs(labelled, crops, _model(options, labelled, crops), sources, lines)


def prepare(options: Options, inputs: Inputs, clock: RunClock) -> Plan:
    """Pick frames, measure a step and write the configs.

    A run that was prepared before with the same options and inputs keeps its configs.

    Raises:
        PlanError, InputError, ModelError, ConversionError: Before anything is trained.
    """
    labelled, sources = inputs.labelled, inputs.sources
    if options.claim(input_contents(options, labelled, sources)):
        known = read_run_file(
            options.plan,
            dict,
            lines=list,
            unread=int,
            test_seconds=float,
            diagnosis_seconds=float,
        )
        return replace(Plan(labelled, **known), lines=[*known['lines'], GOES_ON])
    boxes = _boxes_of(options, labelled)
    source = SourceConfig(
        labelled,
        inputs.model,
        Sizes(2, 1, 1, 0),
        min(2, (os.cpu_count() or 1) - 1),
        options.adapts,
        torch.cuda.is_available(),
        inputs.crops,
        seed=options.seed,
        start=options.start,
    )
    cost, parameters = _measured(options, source)
    checks.check_disk(
        options.out, parameters, frames=(options.frames or FRAMES) * options.adapts
    )
    lines = [*inputs.lines, _about_network(options, inputs.model, cost, parameters)]
    frames, unread = 0, 0
    if options.adapts:
        frames, unread, about = _pick_frames(options, sources, boxes, cost)
        lines += about
    budget = share_time(options, labelled, cost, clock.spent, frames)
    lines += [*budget.warnings, *write_source(options, source, cost, budget)]
    if options.adapts:
        lines += write_adapt(options, source, cost, budget, frames)
    caches, missing = cache_sizes(options)
    needed = checks.check_disk(options.out, parameters, crops=missing)
    lines += [*caches, f'disk: about {needed / 1e9:.2f} GB more']
    known = dict(
        lines=lines,
        unread=unread,
        source_end=budget.source_end,
        test_seconds=budget.test,
        diagnosis_seconds=budget.diagnosis,
    )
    write_json(options.plan, known)
    return Plan(labelled, **known)


SHOWN = 5  # messages; target/left_out.json has all
GOES_ON = 'the run goes on with the configs that it has'


def _model(options: Options, labelled: LabelledFolder, crops: str) -> dict[str, Any]:
    """Return the network with an input that fits the labelled boxes."""
    gpu = torch.cuda.is_available()
    largest, largest_whole = (GPU_SIDE, FRAME_GPU_SIDE) if gpu else (CPU_SIDE, FRAME_CPU_SIDE)
    images = labelled.images_of_boxes if crops == 'frame' else ()
    size = input_size(labelled.boxes, largest, images, largest_whole)
    return network(options.model, len(labelled.keypoints), size)


def _boxes_of(options: Options, labelled: LabelledFolder) -> target_boxes.BoxesOf:
    """Return what gives the boxes of new frames; a detector is loaded."""
    if options.detector:
        config, checkpoint = options.detector
        device = 'cuda' if torch.cuda.is_available() else 'cpu'
        detector = BoxDetector(config, checkpoint, device, category=options.category)
        return target_boxes.of_detector(detector, bool(labelled.several))
    if options.boxes_file is not None:
        return target_boxes.of_file(options.boxes_file)
    return target_boxes.whole_frames


def _pick_frames(
    options: Options, sources: list[Any], boxes: target_boxes.BoxesOf, cost: Measured
) -> tuple[int, int, list[str]]:
    """Write the unlabelled frames.

    Returns:
        The number of frames with a box, of frames that cannot be read, and lines for people.
    """
    wanted = options.frames or FRAMES
    if options.frames is None and options.minutes is not None:
        # as many as there is time to label
        seconds = 60 * options.minutes * (1 - SOURCE_SHARE * (options.start is None))
        *_, wanted = labelling(wanted, seconds, cost.test_seconds)
    try:
        unread = write_target(sources, options.target, wanted, boxes)
    except ConversionError as error:
        if options.boxes_file is None:
            raise
        raise ConversionError(f'{options.boxes_file}: {error}') from None
    used = len(read_run_file(options.target / 'frames.json', dict, images=list)['images'])
    lines = [f'{used} unlabelled frames in {options.target / "frames"}']
    picked = count_frames(options.target)
    if used < picked:
        lines.append(f'left out: {picked - used} of {picked} frames, which have no box')
    count = sum(frames for frames, _ in unread)
    if count:
        texts = listed((text for _, text in unread), SHOWN)
        lines.append(f'left out: {count} frames that cannot be read: {texts}')
    return used, count, lines


def _measured(options: Options, plan: SourceConfig) -> tuple[Measured, int]:
    """Measure the cost of an image, and count the parameters."""
    draft = options.out / 'draft.py'
    with unformatted():
        text = source_text(replace(plan, start=None))
    draft.write_text(text, encoding='utf-8')
    try:
        checks.check_start(options, draft, plan.labelled)
        return measure(draft, options.out / 'measured')
    finally:
        draft.unlink()
        shutil.rmtree(options.out / 'measured', ignore_errors=True)


def _about_labels(labelled: LabelledFolder, crops: str) -> list[str]:
    lines = [
        f'{len(labelled.boxes)} labelled instances of {len(labelled.keypoints)} keypoints in '
        f'{labelled.folder}',
        *labelled.left_out,
    ]
    if crops == 'frame':
        pairs = zip(labelled.boxes, labelled.images_of_boxes, strict=True)
        shares = sorted(max(box) / max(image) for box, image in pairs)
        share = shares[len(shares) // 2]
        lines.append(
            'the whole frame is the crop, so that no detector is needed'
            + (
                f'; animals take {share:.0%} of its side, a detector (--boxes) would show them '
                'larger'
                if share < 1 / 3
                else ''
            )
        )
    else:
        lines.append('crops are cut round the boxes of the animals')
    if not labelled.has_val:
        lines.append('no val part: only --test can say how good the network is')
    return lines


def _about_network(
    options: Options, model: dict[str, Any], cost: Measured, parameters: int
) -> str:
    size = ' x '.join(map(str, model['head']['decoder']['input_size']))
    return (
        f'network: {options.model}, {parameters / 1e6:.1f} million parameters, input {size} '
        f'px; training on an image takes {cost.seconds:.3f} s and {cost.bytes / 1e6:.0f} MB'
    )
