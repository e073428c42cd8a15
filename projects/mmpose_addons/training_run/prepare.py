"""Check everything, pick frames, measure a step, and write the configs of a run."""

import json
import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from mmpose_addons_core.datasets.converters.coco_json import ConversionError
from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.training_plan import (
    LabelledFolder,
    Measured,
    RunClock,
    Sizes,
    input_size,
    labelling,
    sizes_by_seconds,
    sizes_by_steps,
)

from ..apis.detector import BoxDetector
from . import checks, target_boxes
from .cache_sizes import cache_sizes
from .config_files import (
    DIAGNOSED,
    VALIDATIONS,
    AdaptConfig,
    SourceConfig,
    adapt_text,
    source_text,
)
from .measure import measure
from .networks import network
from .options import FRAMES, Options
from .runners import unformatted
from .target_frames import write_target

CPU_SIDE, GPU_SIDE = 128, 256
"""Longest side of the input without and with a GPU, px."""
FRAME_CPU_SIDE, FRAME_GPU_SIDE = 192, 384
"""The same if whole images are the crops, px."""
SOURCE_SHARE = 0.6
"""Of the time for training, if an adaptation follows; it begins with random weights."""
CURVE, CURVE_SHARE = 64, 0.05
"""Most images of the score's curve, and most of the training's time for them."""
VIEWS = 3
"""Predictions of an image in a diagnosis: as it is, turned, and in other colours."""
BEGIN, END = 5.0, 6.0
"""Seconds to start a training or a test, and to write the page."""


@dataclass(frozen=True)
class Plan:
    """What is known before training.

    Attributes:
        labelled: The labels.
        lines: What will be done, for people.
        source_end: Seconds of the run's clock at which the training on labels ends; None
            without a time.
        test_seconds: What testing a network is expected to take.
        diagnosis_seconds: What the diagnosis after an adaptation is expected to take.
    """

    labelled: LabelledFolder
    lines: list[str] = field(default_factory=list)
    source_end: float | None = None
    test_seconds: float = 0.0
    diagnosis_seconds: float = 0.0


def prepare(options: Options, clock: RunClock | None = None) -> Plan:
    """Check everything, pick frames and write the configs.

    A run that was prepared before with the same options keeps its configs.

    Raises:
        PlanError, DatasetError, InputError, ModelError, ConversionError: Before anything is
            trained.
    """
    clock = clock or RunClock(options.clock)
    labelled = checks.checked_labels(options)
    checks.check_boxes(options)
    crops = options.crops(labelled.several)
    pairs = checks.check_pairs(labelled)
    sources = checks.checked_target(options) if options.adapts else []
    if options.boxes_file is not None:
        target_boxes.check_names(options.boxes_file, sources)
    gpu = torch.cuda.is_available()
    size = input_size(labelled.boxes, GPU_SIDE if gpu else CPU_SIDE)
    if crops == 'frame':
        largest = FRAME_GPU_SIDE if gpu else FRAME_CPU_SIDE
        size = input_size(labelled.boxes, largest, labelled.images_of_boxes)
    model = network(options.model, len(labelled.keypoints), size)
    if options.claim():
        known = json.loads(options.plan.read_text(encoding='utf-8'))
        return replace(Plan(labelled, **known), lines=[*known['lines'], GOES_ON])
    detector = None
    if options.detector:
        config, checkpoint = options.detector
        detector = BoxDetector(config, checkpoint, _device(), category=options.category)
    workers = min(2, (os.cpu_count() or 1) - 1)
    plan = SourceConfig(
        labelled,
        model,
        Sizes(2, 1, 1, 0),
        workers,
        options.adapts,
        gpu,
        crops,
        seed=options.seed,
        start=options.start,
    )
    cost, parameters = _measured(options, plan)
    checks.check_disk(
        options.out, parameters, frames=(options.frames or FRAMES) * options.adapts
    )
    lines = [*_about_labels(labelled, crops), *pairs]
    lines.append(
        f'network: {options.model}, {parameters / 1e6:.1f} million parameters, input '
        f'{" x ".join(map(str, model["head"]["decoder"]["input_size"]))} px; training on an '
        f'image takes {cost.seconds:.3f} s and {cost.bytes / 1e6:.0f} MB'
    )
    wanted = options.frames or FRAMES
    if options.adapts:
        if options.frames is None and options.minutes is not None:
            about = 60 * options.minutes * (1 - SOURCE_SHARE * (options.start is None))
            *_, wanted = labelling(wanted, about, cost.test_seconds)
        boxes: target_boxes.BoxesOf = target_boxes.whole_frames
        if detector is not None:
            boxes = target_boxes.of_detector(detector, bool(labelled.several))
        elif options.boxes_file is not None:
            boxes = target_boxes.of_file(options.boxes_file)
        try:
            lost = write_target(sources, options.target, wanted, boxes)
        except ConversionError as error:
            if options.boxes_file is None:
                raise
            raise ConversionError(f'{options.boxes_file}: {error}') from None
        images = json.loads((options.target / 'frames.json').read_text())['images']
        lines.append(f'{len(images)} unlabelled frames in {options.target / "frames"}')
        lines += [f'left out: {message}' for message in lost[:5]]
        wanted = len(images)
    made = _configs(options, plan, cost, clock, wanted)
    caches, missing = cache_sizes(options)
    needed = checks.check_disk(options.out, parameters, crops=missing)
    lines += [*made.lines, *caches, f'disk: about {needed / 1e9:.2f} GB more']
    _write(
        options.plan,
        json.dumps(
            dict(
                lines=lines,
                source_end=made.source_end,
                test_seconds=made.test_seconds,
                diagnosis_seconds=made.diagnosis_seconds,
            )
        ),
    )
    return replace(made, lines=lines)


GOES_ON = 'the run goes on with the configs that it has'


def _device() -> str:
    return 'cuda' if torch.cuda.is_available() else 'cpu'


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


def _configs(
    options: Options, plan: SourceConfig, cost: Measured, clock: RunClock, frames: int
) -> Plan:
    """Write the configs; the lines say their lengths."""
    labelled = plan.labelled
    trains_source = options.start is None or not options.adapts
    tests = labelled.tested + checks.count_labelled(options.test)
    test_seconds = (tests * cost.test_seconds + BEGIN) if tests else 0.0
    diagnosis = VIEWS * min(frames, DIAGNOSED) * cost.test_seconds * options.adapts
    networks = options.adapts + 1 if options.start is None else 2
    seconds: dict[str, float | None] = dict(source=None, adapt=None)
    source_end = None
    lines = []
    if options.minutes is not None:
        parts = trains_source + options.adapts
        reserved = test_seconds * networks + parts * BEGIN + diagnosis + END
        left = 60 * options.minutes - clock.spent - reserved
        if left < 0.3 * 60 * options.minutes:
            lines.append(
                f'warning: {options.minutes:g} minutes are too short for this: starting, '
                f'testing and the page take about {(clock.spent + reserved) / 60:.1f} minutes'
            )
        left = max(left, 1.0)
        share = SOURCE_SHARE if parts == 2 else 1.0
        seconds = dict(source=share * left, adapt=left * (1 - share if parts == 2 else 1))
        source_end = clock.spent + BEGIN + share * left
    images = len(labelled.boxes)

    def sizes_of(part: str) -> Sizes:
        given = seconds[part]
        # a quarter of a batch must be an image at least
        least = 4 if part == 'adapt' and options.few is not None else 2
        if given is None:
            return sizes_by_steps(images, cost, options.steps or 1, least)
        return sizes_by_seconds(images, cost, given, least)

    sizes = sizes_of('source')
    if trains_source:
        lines.append(_length('training on labels', sizes, seconds['source']))
    curve = _curve(labelled, cost, seconds['source'])
    _write(
        options.source,
        source_text(
            replace(
                plan,
                sizes=sizes,
                seconds=seconds['source'],
                curve=curve,
                cache=options.crops_kept,
            )
        ),
    )
    if options.adapts:
        start = (options.start or options.out / 'source.pth').absolute()
        sizes, time = sizes_of('adapt'), seconds['adapt']
        rounds, views = 5, 5
        if time is not None:
            rounds, views, _ = labelling(frames, time, cost.test_seconds)
        lines.append(_length(f'adaptation by {options.method}', sizes, time))
        few = None
        if options.few is not None:
            folder = checks.images_of(options.few, options.few_images)
            few = options.few.absolute(), folder.absolute()
            used, left_out = checks.usable(options.few, len(labelled.keypoints))
            lines.append(
                f'a quarter of each batch are the {used} labelled animals of {options.few}'
            )
            lines += left_out
        text = adapt_text(
            AdaptConfig(
                options.method,
                sizes,
                options.target.absolute(),
                start,
                time,
                rounds,
                views,
                frame_crops=plan.crops == 'frame',
                few=few,
            )
        )
        _write(options.adapt, text)
    return Plan(labelled, lines, source_end, test_seconds, diagnosis)


def _curve(labelled: LabelledFolder, cost: Measured, seconds: float | None) -> int:
    """Draw images of the score's curve."""
    most = min(CURVE, labelled.tested)
    if seconds is None or not most:
        return most
    fit = CURVE_SHARE * seconds / (VALIDATIONS * max(cost.test_seconds, 1e-9))
    return max(1, min(most, int(fit)))


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


def _length(what: str, sizes: Sizes, seconds: float | None) -> str:
    if seconds is None:
        return (
            f'{what}: {sizes.epochs} epochs of {sizes.steps} steps of {sizes.batch} images, '
            f'about {sizes.seconds / 60:.1f} minutes'
        )
    return (
        f'{what}: {seconds / 60:.1f} minutes, about {sizes.epochs * sizes.steps} steps of '
        f'{sizes.batch} images'
    )


def _write(file: Path, text: str) -> None:
    with atomic_write(file) as unfinished:
        unfinished.write_text(text, encoding='utf-8')
