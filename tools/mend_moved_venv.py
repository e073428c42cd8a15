"""Mends a virtual environment that was moved: its scripts start the Python of the old place.

tools/install.sh runs it by the environment's own Python. It prints the old place, or nothing
where the environment was not moved. Scripts that start any other Python stay as they are.
"""

import os
import re
import sys
from pathlib import Path

# What pip writes first; the second form where the path has spaces or is too long for the first
PLAIN = rb'\#!(?P<plain>/[^\n]*?)/bin/(?P<plain_name>python[\d.]*)\n'
BY_SHELL = (
    rb"""\#!/bin/sh\n'''exec'[ ]"?(?P<quoted>/[^\n"]*?)/bin/(?P<quoted_name>python[\d.]*)"?"""
    rb"""[ ]"\$0"[ ]"\$@"\n'[ ]'''\n"""
)
STARTS = re.compile(PLAIN + b'|' + BY_SHELL, re.VERBOSE)
LONGEST = 127  # bytes of a first line that Linux and macOS read


def main() -> int:
    here = Path(sys.prefix)
    place = place_in(here / 'bin/pip')
    if place is None or Path(place) == here or same(Path(place), here):
        return 0
    # pip's own scripts come last: after an interruption the next run finds the old place
    for file in sorted((here / 'bin').iterdir(), key=lambda file: file.name.startswith('pip')):
        if place_in(file) == place:
            mend(file, os.fsencode(here))
    print(place)
    return 0


def same(one: Path, two: Path) -> bool:
    return one.exists() and one.samefile(two)


def place_in(file: Path) -> str | None:
    """Return the environment whose Python starts the script; None for links and other files."""
    if file.is_symlink() or not file.is_file():
        return None
    start = STARTS.match(file.read_bytes())
    return os.fsdecode(start['plain'] or start['quoted']) if start else None


def mend(file: Path, prefix: bytes) -> None:
    """Let a script that pip wrote start the Python of `prefix`."""
    content = file.read_bytes()
    start = STARTS.match(content)
    assert start  # place_in has found it
    python = prefix + b'/bin/' + (start['plain_name'] or start['quoted_name'])
    line = b'#!' + python + b'\n'
    if b' ' in python or len(line) > LONGEST:
        line = b"#!/bin/sh\n'''exec' \"" + python + b'" "$0" "$@"\n\' \'\'\'\n'
    unfinished = file.with_name(f'.{file.name}.unfinished')
    unfinished.write_bytes(line + content[start.end() :])
    unfinished.chmod(file.stat().st_mode)
    unfinished.replace(file)


if __name__ == '__main__':
    sys.exit(main())
