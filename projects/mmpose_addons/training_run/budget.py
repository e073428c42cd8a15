"""Share the minutes of a run out over its parts."""

from dataclasses import dataclass

from mmpose_addons_core.training_plan import LabelledFolder, Measured

from . import checks
from .config_text import DIAGNOSED
from .options import Options

SOURCE_SHARE = 0.6
"""Of the time for training, if an adaptation follows; it begins with random weights."""
VIEWS = 3
"""Predictions of an image in a diagnosis: as it is, turned, and in other colours."""
BEGIN, END = 5.0, 6.0
"""Seconds to start a training or a test, and to write the page."""
TOO_SHORT = 0.3
"""Warn if less than this share of the time is left for training."""


@dataclass(frozen=True)
class Budget:
    """Seconds of the parts of a run.

    Attributes:
        source: The training on labels; None: it has a number of steps.
        adapt: The adaptation; None: it has a number of steps.
        source_end: Seconds of the run's clock at which the training on labels ends; None
            without a time.
        test: What testing a network is expected to take.
        diagnosis: What the diagnosis after an adaptation is expected to take.
        warnings: For people.
    """

    source: float | None = None
    adapt: float | None = None
    source_end: float | None = None
    test: float = 0.0
    diagnosis: float = 0.0
    warnings: tuple[str, ...] = ()


def trains_source(options: Options) -> bool:
    """Whether the labels are learned: always, unless a given checkpoint is only adapted."""
    return options.start is None or not options.adapts


def share_time(
    options: Options, labelled: LabelledFolder, cost: Measured, spent: float, frames: int
) -> Budget:
    """Share out what is left of ``--minutes``.

    Args:
        options: What was asked for.
        labelled: The labels.
        cost: Of one image.
        spent: Seconds that the run has taken.
        frames: Number of unlabelled frames.
    """
    tested = labelled.tested + checks.count_labelled(options.test)
    test = (tested * cost.test_seconds + BEGIN) if tested else 0.0
    diagnosis = VIEWS * min(frames, DIAGNOSED) * cost.test_seconds * options.adapts
    if options.minutes is None:
        return Budget(test=test, diagnosis=diagnosis)
    total = 60 * options.minutes
    parts = trains_source(options) + options.adapts
    networks = options.adapts + 1 if options.start is None else 2
    taken = spent + test * networks + parts * BEGIN + diagnosis + END
    warnings = []
    if total - taken < TOO_SHORT * total:
        warnings.append(
            f'warning: {options.minutes:g} minutes are too short for this: starting, testing '
            f'and the page take about {taken / 60:.1f} minutes'
        )
    left = max(total - taken, 1.0)
    source = SOURCE_SHARE * left if parts == 2 else left
    adapt = left - source if parts == 2 else left
    return Budget(source, adapt, spent + BEGIN + source, test, diagnosis, tuple(warnings))
