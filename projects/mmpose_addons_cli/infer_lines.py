"""Lines that ``mmpose-addons infer`` prints."""

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from mmpose_addons_core.message_texts import listed, shown
from mmpose_addons_runtime.infer import InferReport

SHOWN = 10
"""At most so many names or messages of a kind are printed."""


def say_before(notes: Sequence[str], left_out: Sequence[Path]) -> None:
    for note in notes:
        print(f'infer: {note}', file=sys.stderr)
    if left_out:
        names = listed(map(shown, left_out), SHOWN)
        print(
            f'infer: videos and folders within a folder are not read: {names}', file=sys.stderr
        )


def say_after(report: InferReport, out: Path) -> None:
    """Print what was done to stdout, then what was not, and how it ended, to stderr."""
    frames = f'{report.frames} frame{"s" * (report.frames != 1)}'
    if report.total is not None and report.total != report.frames:
        frames = f'{report.frames} of {report.total} frames'
    without = f' ({report.empty} without any)' if report.empty else ''
    print(f'{report.people} poses in {frames}{without}; written to {out}', flush=True)
    if report.bits:
        names = [f'{name} ({bits} bits)' for name, bits in report.bits.items()]
        print(
            'infer: 16-bit files that do not use their upper bits were scaled by the bits that '
            f'they use: {listed(names, SHOWN)}',
            file=sys.stderr,
        )
    if report.error is not None:
        traceback.print_exception(report.error)
    if report.failed:
        lines = listed(report.failed, SHOWN, '\n  ')
        print(f'infer: not written: {lines}', file=sys.stderr)
    if report.lost:
        count = sum(max(1, lost.count) for lost in report.lost)
        lines = listed([lost.message for lost in report.lost], SHOWN, '\n  ')
        print(f'infer: {count} frame{"s" * (count != 1)} skipped:\n  {lines}', file=sys.stderr)
    if report.stopped:
        total = '' if report.total is None else f' of {report.total}'
        print(
            f'infer: stopped after {report.frames}{total} frames: {report.stopped}',
            file=sys.stderr,
        )
