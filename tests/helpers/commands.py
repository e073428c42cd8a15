"""Shell commands of Python in processes that have imported PyTorch and MMPose before.

A new interpreter imports for seconds. Here a server, new itself, imports once and forks a
process for each command: with arguments, folder, output and exit status of its own, but with
the package registered already. Tests of the import itself need a new interpreter.
"""

import multiprocessing
import os
import resource
import runpy
import socket
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

TIMEOUT = 600  # seconds of a command
PRELOADED = ['mmpose_addons', 'mmpose.apis', 'mmdet.apis', 'mmpose_addons.apis']
FORKS = multiprocessing.get_context('forkserver')
FORKS.set_forkserver_preload(PRELOADED)
# bash asks this process to run Python: folder and words go out at 3, the status comes in at 4
SERVED = r"""
exec 3>&1 4<&0 1>&2 0</dev/null
served() {
    printf '%s\0' "$#" "$PWD" "$@" >&3
    read -r served_status <&4
    return "$served_status"
}
python() { served python "$@"; }
mmpose-addons() { served mmpose-addons "$@"; }
"""


def start(
    function: Callable, *arguments, output: Path | Connection, folder=None, **environment: str
) -> BaseProcess:
    """Start `function` in a process of its own; what it prints is added to `output`."""
    process = FORKS.Process(
        target=_run,
        args=(function, arguments, output, os.fspath(folder or Path.cwd())),
        kwargs={**os.environ, **environment},
    )
    process.start()
    return process


def _run(function, arguments, output, folder, /, **environment) -> None:
    with output.open('ab') if isinstance(output, Path) else output as log:
        for descriptor in (1, 2):
            os.dup2(log.fileno(), descriptor)
    sys.stdout.reconfigure(line_buffering=True)
    multiprocessing.set_start_method(None, force=True)  # that of a new interpreter
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    function(*arguments)


def run_command(
    *words, output: Path, folder=None, largest_file: int | None = None, **environment: str
) -> int:
    """Run ``python ...`` or ``mmpose-addons ...``; returns the exit status.

    It cannot write more than ``largest_file`` bytes into a file, as on a full disk.
    """
    words = map(str, words)
    process = start(_execute, largest_file, *words, output=output, folder=folder, **environment)
    process.join(TIMEOUT)
    process.kill()  # if it still runs
    process.join()
    return process.exitcode


def _execute(largest_file: int | None, program: str, *words: str) -> None:
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    if program == 'mmpose-addons':
        from mmpose_addons_cli import main

        sys.exit(main([*words]))
    if words[0] == '-c':
        sys.argv = ['-c', *words[2:]]
        exec(words[1], {'__name__': '__main__'})
        return
    sys.argv = [*words]
    sys.path.insert(0, str(Path(words[0]).parent))
    runpy.run_path(words[0], run_name='__main__')


def run_shell(commands: str, output: Path, folder=None, **environment: str) -> int:
    """Run `commands` by bash, up to the first that fails; returns the status.

    ``python`` and ``mmpose-addons`` are forked from the server. Their output and bash's is
    added to `output`.
    """
    with (
        output.open('ab') as log,
        subprocess.Popen(
            ['bash', '-ec', SERVED + commands],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=folder,
            env={**os.environ, **environment},
        ) as shell,
    ):
        while count := _word(shell.stdout):
            place, *words = (_word(shell.stdout) for _ in range(int(count) + 1))
            status = run_command(*words, output=output, folder=place, **environment)
            shell.stdin.write(f'{abs(status)}\n'.encode())
            shell.stdin.flush()
    return shell.returncode


def _word(stream) -> str:
    """Up to the next zero byte; empty at the end."""
    word = b''
    while (byte := stream.read(1)) not in (b'', b'\0'):
        word += byte
    return word.decode()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]
