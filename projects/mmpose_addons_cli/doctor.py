"""Report what is installed, what does not work, and which commands repair it."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from mmpose_addons_core.environment import command_for_module

from .doctor_checks import CHECKS, Row


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmpose-addons doctor',
        description=f'{__doc__} The table is Markdown, for reports of bugs. Exit status 1: '
        'something is broken.',
    )
    parser.add_argument(
        '--seconds', type=float, default=300, help='limit of all checks (default: 300)'
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    rows = run_checks(list(CHECKS), args.seconds)
    print(report(rows))
    return int(any(row.broken for row in rows))


def run_checks(names: list[str], seconds: float) -> list[Row]:
    """Run checks in another process and return their rows.

    Importing a broken package can end a process. Then the running check is reported as
    broken, and a new process continues with the next one.
    """
    rows: list[Row] = []
    end = time.monotonic() + seconds
    while names:
        left = end - time.monotonic()
        lines, ending = _run_process(names, max(left, 0.1))
        for line in lines:
            rows += [Row(*row) for row in json.loads(line)]
        names = names[len(lines) :]
        if names:  # the process ended before it had answered
            rows.append(Row(names[0], 'does not work', f'{names[0]}: {ending}', broken=True))
            names = names[1:]
            if time.monotonic() >= end:
                return rows + [Row(name, 'not tried: no time was left') for name in names]
    return rows


def _run_process(names: list[str], seconds: float) -> tuple[list[bytes], str]:
    """Run checks in a process; return its complete lines and how it ended."""
    code = (
        'import json, sys; sys.path[:] = json.loads(sys.argv[1]); '
        f'from {__package__} import doctor; doctor.answer(sys.argv[2:])'
    )
    path = json.dumps([str(folder) for folder in sys.path])
    command = [sys.executable, '-c', code, path, *names]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        output, ending = error.stdout or b'', 'it did not end in time (--seconds)'
    else:
        output, ending = (
            done.stdout,
            (done.stderr.split(b'\n')[-2:-1] or [b''])[0].decode(errors='replace'),
        )
        if done.returncode < 0:
            ending = f'Python was ended by {signal.Signals(-done.returncode).name}'
        elif done.returncode:
            ending = f'Python ended with status {done.returncode}: {ending}'
    return [line for line in output.splitlines(True) if line.endswith(b'\n')], ending


def answer(names: Sequence[str]) -> None:
    """Run checks in this process and print one line of JSON per check."""
    if find_spec('mmpose_addons_fallbacks'):
        import_module('mmpose_addons_fallbacks').install()  # as importing mmpose_addons does
    with os.fdopen(os.dup(1), 'w') as output:
        os.dup2(2, 1)  # packages print when they are imported
        for name in names:
            print(json.dumps(_rows(name)), file=output, flush=True)
    os._exit(0)  # loaded libraries may crash when Python ends


def _rows(name: str) -> list[Row]:
    rows = []
    try:
        for row in CHECKS[name]():  # those before an error count
            rows.append(row)
    except Exception as error:
        missing = error.name or '' if isinstance(error, ModuleNotFoundError) else ''
        reason = f'{type(error).__name__}: {error}'.splitlines()[0]
        command = command_for_module(missing)
        rows.append(Row(name, 'does not work', f'{name}: {reason}', command, broken=True))
    return rows


def report(rows: Sequence[Row]) -> str:
    """Return the table in Markdown, then the list of problems."""
    cells = [('what', 'found'), *((row.name, ' '.join(row.found.split())) for row in rows)]
    cells = [(left, right.replace('|', '/')) for left, right in cells]
    width, wide = (max(map(len, column)) for column in zip(*cells, strict=True))
    lines = [f'| {left:{width}} | {right:{wide}} |' for left, right in cells]
    lines.insert(1, f'|{"-" * (width + 2)}|{"-" * (wide + 2)}|')
    wrong = sorted((row for row in rows if row.problem), key=lambda row: not row.broken)
    lines += ['', 'Nothing is wrong.' if not wrong else 'What is wrong:']
    for row in wrong:
        lines.append(f'- {"BROKEN" if row.broken else "note"}: {" ".join(row.problem.split())}')
        if row.command:
            lines.append(f'  fix: `{row.command}`')
    if any(row.broken for row in wrong):
        lines.append('An environment of its own with everything: `tools/install.sh`')
    return '\n'.join(lines)
