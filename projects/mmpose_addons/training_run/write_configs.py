"""Write the configs of a run, with the time or the steps that were asked for."""

from dataclasses import replace
from pathlib import Path

from mmpose_addons_core.fileio import write_text
from mmpose_addons_core.training_plan import (
    LabelledFolder,
    Measured,
    Sizes,
    labelling,
    sizes_by_seconds,
    sizes_by_steps,
)

from . import checks
from .budget import Budget, trains_source
from .config_text import VALIDATIONS, AdaptConfig, SourceConfig, adapt_text, source_text
from .options import Options

CURVE, CURVE_SHARE = 64, 0.05
"""Most images of the score's curve, and most of the training's time for them."""


def write_source(
    options: Options, source: SourceConfig, cost: Measured, budget: Budget
) -> list[str]:
    """Write ``source.py``; return lines for people."""
    images = len(source.labelled.boxes)
    sizes = _sizes(images, cost, budget.source, options.steps)
    curve = _curve(source.labelled, cost, budget.source)
    full = replace(
        source, sizes=sizes, seconds=budget.source, curve=curve, cache=options.crops_kept
    )
    _write(options.source, source_text(full))
    if not trains_source(options):
        return []
    return [_length('training on labels', sizes, budget.source)]


def write_adapt(
    options: Options, source: SourceConfig, cost: Measured, budget: Budget, frames: int
) -> list[str]:
    """Write ``adapt.py``; return lines for people."""
    labelled = source.labelled
    # a quarter of a batch must be an image at least
    least = 2 if options.few is None else 4
    sizes = _sizes(len(labelled.boxes), cost, budget.adapt, options.steps, least)
    rounds, views = 5, 5
    if budget.adapt is not None:
        rounds, views, _ = labelling(frames, budget.adapt, cost.test_seconds)
    lines = [_length(f'adaptation by {options.method}', sizes, budget.adapt)]
    few = None
    if options.few is not None:
        folder = checks.images_of(options.few, options.few_images)
        few = options.few.absolute(), folder.absolute()
        used, left_out = checks.usable(options.few, len(labelled.keypoints))
        lines.append(
            f'a quarter of each batch are the {used} labelled animals of {options.few}'
        )
        lines += left_out
    config = AdaptConfig(
        options.method,
        sizes,
        options.target.absolute(),
        (options.start or options.out / 'source.pth').absolute(),
        budget.adapt,
        rounds,
        views,
        frame_crops=source.crops == 'frame',
        few=few,
    )
    _write(options.adapt, adapt_text(config))
    return lines


def _sizes(
    images: int, cost: Measured, seconds: float | None, steps: int | None, least: int = 2
) -> Sizes:
    """Return the sizes of a training that has a time or a number of steps."""
    if seconds is None:
        return sizes_by_steps(images, cost, steps or 1, least)
    return sizes_by_seconds(images, cost, seconds, least)


def _curve(labelled: LabelledFolder, cost: Measured, seconds: float | None) -> int:
    """Draw images of the score's curve."""
    most = min(CURVE, labelled.tested)
    if seconds is None or not most:
        return most
    fit = CURVE_SHARE * seconds / (VALIDATIONS * max(cost.test_seconds, 1e-9))
    return max(1, min(most, int(fit)))


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
    write_text(file, text)
