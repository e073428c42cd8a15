"""What a process needs to do parts of a run: in this process, or on a Ray cluster."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mmpose_addons_core.stop_signals import StopRequest

from .annotated_inputs import AnnotatedInputs
from .infer import InferReport
from .output_plan import OutputPlan
from .part_store import PartStore
from .parts import RunOptions, run_part
from .resumable import Advance
from .sources import Source
from .topdown import TopdownPipeline


@dataclass
class Job:
    """A run without its networks; other processes get a copy.

    Attributes:
        sources, plan: Of the run.
        store: Gets the result of each part.
        options: Tracks and drawing.
        make_pipeline: Loads the networks; it can be pickled.
        annotated, stop_on_error: See :func:`~.infer.infer`.
    """

    sources: Sequence[Source]
    plan: OutputPlan
    store: PartStore
    options: RunOptions
    make_pipeline: Callable[[], TopdownPipeline]
    annotated: AnnotatedInputs | None = None
    stop_on_error: bool = False

    def do(
        self,
        part: range,
        pipeline: TopdownPipeline,
        stop: StopRequest | None = None,
        advance: Advance | None = None,
    ) -> InferReport:
        """Do a part and write its result into the store.

        Returns:
            The report of the part; if it has ``stopped``, the part is not in the store.
        """
        result, report = run_part(
            part,
            self.sources,
            self.plan,
            pipeline,
            self.options,
            annotated=self.annotated,
            stop_on_error=self.stop_on_error,
            stop=stop,
            advance=advance,
        )
        if report.stopped:
            return report
        try:
            self.store.write(part, result)
        except OSError as error:
            report.stopped = f'{self.store.folder} cannot be written: {error.strerror or error}'
            report.exit_code = 1
        return report


def run_here(
    job: Job, parts: Sequence[range], advance: Advance, stop: StopRequest | None = None
) -> Iterator[InferReport]:
    """Do parts one after the other in this process; a :data:`~.resumable.Runner`."""
    if not parts:
        return
    pipeline = job.make_pipeline()
    for part in parts:
        yield job.do(part, pipeline, stop, advance)
