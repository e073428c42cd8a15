"""``infer`` by parts: a second start does only what is missing.

The outputs are those of :func:`~.infer.infer`, byte for byte.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmpose_addons_core.message_texts import shown
from mmpose_addons_core.progress import progress_bar

from .infer import SKIPPED, FrameResults, InferReport
from .jobs import Advance, Unit
from .output_plan import OutputPlan
from .part_store import PartStore
from .parts import PartResult, add_part
from .results_file import ResultsFile
from .segment_store import SegmentStore
from .segments import Segment, split_part
from .sources import Source

Runner = Callable[[Sequence[Unit], Advance], Iterator[InferReport]]
"""Does parts and segments, in any order. A result is in the store before its report is given.

A report with ``stopped`` is the last one; its result is not in the store.
"""


@dataclass
class _Ids:
    """Results of all frames, for ``results.json``."""

    file: ResultsFile

    def add(self, frame: object, results: Sequence[dict]) -> None:
        self.file.add(results)


def infer_parts(
    parts: Sequence[range],
    sources: Sequence[Source],
    plan: OutputPlan,
    store: PartStore,
    run: Runner,
    *,
    given_ids: bool = False,
    collected: FrameResults | None = None,
    say: Callable[[str], None] = print,
) -> InferReport:
    """Do the parts that are missing in the store, then write the results of all.

    Args:
        parts: Of :func:`~.sources.split_sources`.
        sources, plan: Of the run.
        store: Results of the parts that are done.
        run: Does the parts that are missing. It is called again for the parts that are split
            videos, when all their segments are done.
        given_ids: Whether image ids are those of an annotation file.
        collected: Gets the results of each frame.
        say: Gets a line about what is done already.

    Returns:
        The report of all parts. If the run was stopped, ``results.json`` is not written, and
        the report counts the parts in the store.
    """
    missing = [part for part in parts if store.read(part) is None]
    if len(missing) < len(parts):
        say(f'{len(parts) - len(missing)} of {len(parts)} parts of the run are done already')
    split = _Split(missing, sources, store)
    if split.done:
        done = sum(map(len, split.done.values()))
        whole_number = done + len(split.segments)
        say(f'{done} of {whole_number} segments of long videos are done already')
    counts = [source.count for source in sources]
    total = None if None in counts else sum(count or 0 for count in counts)
    ended = None
    with progress_bar('Frames', total) as advance:
        advance(
            sum(sources[i].count or 0 for part in parts if part not in missing for i in part)
        )
        advance(sum(count for counts in split.done.values() for count in counts))
        for report in split.run(run, advance):
            if report.stopped:
                ended = report
                break
    for part, reason in split.whole().items():
        name = shown(sources[part.start].location)
        say(f'{name} cannot be split exactly, and is done as a whole: {reason}')
    whole = InferReport(total=total)
    if ended is None:
        _assemble(whole, parts, sources, plan, store, given_ids, collected)
        if not whole.stopped and (removed := store.remove_others(parts)):
            say(f'{removed} parts of earlier runs with other files or options were removed')
    else:
        say('results are written when all parts are done; the same command goes on')
        _count(whole, parts, sources, store)
        whole.stopped, whole.error, whole.exit_code = (
            ended.stopped,
            ended.error,
            ended.exit_code,
        )
        whole.lost += ended.lost
    if not whole.exit_code:
        failed = whole.stopped or whole.failed
        whole.exit_code = 1 if failed else SKIPPED if whole.lost else 0
    return whole


class _Split:
    """The missing parts that are long videos, and their segments.

    Attributes:
        segments: Those that are missing.
        done: Numbers of frames of those that are done, by part.
    """

    def __init__(
        self, missing: Sequence[range], sources: Sequence[Source], store: PartStore
    ) -> None:
        self._store = SegmentStore(store)
        self._units: list[Unit] = []
        self.parts: list[range] = []
        self.segments: list[Segment] = []
        self.done: dict[range, list[int]] = {}
        for part in missing:
            segments = split_part(part, sources)
            if not segments or self._store.reason(part):
                self._units.append(part)
                continue
            self.parts.append(part)
            for segment in segments:
                found = self._store.read(segment)
                if found is None:
                    self.segments.append(segment)
                    self._units.append(segment)
                else:
                    self.done.setdefault(part, []).append(len(found.times))

    def run(self, run: Runner, advance: Advance) -> Iterator[InferReport]:
        """Do the segments and all other parts, then join the segments."""
        if self._units:
            yield from run(self._units, advance)
        if self.parts:
            yield from run(self.parts, lambda count: None)

    def whole(self) -> dict[range, str]:
        """Return the videos that are done as a whole, and why."""
        reasons = {part: self._store.reason(part) for part in self.parts}
        return {part: reason for part, reason in reasons.items() if reason}


def _assemble(
    report: InferReport,
    parts: Sequence[range],
    sources: Sequence[Source],
    plan: OutputPlan,
    store: PartStore,
    given_ids: bool,
    collected: FrameResults | None,
) -> None:
    """Write the results of all parts in order; one part after the other is in memory."""
    outputs: list[FrameResults] = [collected] if collected else []
    file = None
    try:
        if plan.results:
            file = ResultsFile(plan.results)
            outputs.append(_Ids(file))
        first = 0
        for part in parts:
            result = _stored(store, part)
            add_part(report, part, result, first, sources, given_ids=given_ids, outputs=outputs)
            report.written += [Path(name) for name in result.written]
            first += result.count
        if file:
            file.close()
            report.written.append(file.target)
    except OSError as error:
        if file:
            file.discard()
        report.stopped = f'{plan.results} cannot be written: {error.strerror or error}'


def _count(
    report: InferReport, parts: Sequence[range], sources: Sequence[Source], store: PartStore
) -> None:
    """Add the parts that are done to a report of a run that was stopped."""
    for part in parts:
        result = store.read(part)
        if result:
            add_part(report, part, result, 0, sources, given_ids=True, outputs=[])


def _stored(store: PartStore, part: range) -> PartResult:
    result = store.read(part)
    if result is None:
        raise OSError(f'{store.file(part)}, the result of a part, has been removed')
    return result
