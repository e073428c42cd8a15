#!/usr/bin/env python
"""Stop ``mmpose-addons infer`` at random moments, fill its disk, start it twice; then look.

After each accident: results are a valid list of the frames that are said to be done, images and
videos can be read, no input has changed, and the exit code and the last line tell. The quick
form of this runs in the test suite.
"""

import argparse
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
from rich.progress import track

from helpers import commands
from helpers.media import write_video
from helpers.poses import pose_config, pose_model, random_image

FRAMES = 40  # of each input
ACCIDENTS = 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL', 'file limit', 'full disk', 'twice'
FULL = 'file limit', 'full disk'
EXIT_CODES = dict(SIGINT=130, SIGTERM=143, SIGHUP=129)
HALF = '.*.results.json'


def make_inputs(folder: Path, rng: np.random.Generator) -> None:
    """A network, a folder of images and a video."""
    import cv2

    from mmpose_addons.checkpoints import write_checkpoint

    config = pose_config()
    config.dump(folder / 'pose.py')
    write_checkpoint(folder / 'pose.pth', pose_model(config).state_dict(), {})
    (folder / 'photos').mkdir()
    images = [random_image(rng) for _ in range(FRAMES)]
    for number, image in enumerate(images):
        cv2.imwrite(str(folder / f'photos/{number}.jpg'), image)
    write_video(folder / 'dance.avi', images, rate=196.263)


def infer(arguments: list[str], room: int | None) -> None:
    """The command in a process; files may have so many bytes."""
    import torch

    from mmpose_addons_cli import main

    torch.set_num_threads(1)
    if room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    sys.exit(main(['infer', *arguments]))


def start(folder: Path, video: bool, log: Path, room: int | None = None) -> BaseProcess:
    """The command on a video that becomes a video, or on images, into the folder `out`."""
    inputs = ['dance.avi', '--save-video', '--smooth'] if video else ['photos']
    options = [
        '--pose',
        'pose.py',
        'pose.pth',
        '--save-json',
        '--out',
        'out',
        '--device',
        'cpu',
    ]
    return commands.start(infer, [*inputs, *options], room, output=log, folder=folder)


def hash_inputs(folder: Path) -> dict[str, str]:
    """Digests of all files outside `out`."""
    return {
        str(file): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob('*'))
        if file.is_file() and 'out' not in file.relative_to(folder).parts
    }


def problems(folder: Path, video: bool, log: str, code: int, accident: str) -> list[str]:
    """What is not as it is promised."""
    import cv2

    from mmpose_addons_core.media.video_reader import VideoReader

    found = []
    out = folder / 'out'
    last = log.strip().splitlines()[-1] if log.strip() else ''
    stopped = re.search(r'stopped after (\d+) of (\d+) frames', last)
    # all frames are done, but an output is not, or the signal came after the end
    whole = code == 0 or 'not written: ' in last or f'poses in {FRAMES} frames' in last
    said = int(stopped[1]) if stopped else FRAMES if whole else None
    if accident == 'SIGKILL' and code < 0:
        return [] if not (out / 'results.json').exists() else ['results of a killed run']
    expected = {0, EXIT_CODES.get(accident, 1)} if accident != 'twice' else {0}
    if code not in expected and not (code < 0 and (whole or not out.exists())):
        found.append(f'exit code {code}')
    if code and code > 0 and said is None and 'stopped by Ctrl-C' not in last:
        found.append(f'last line {last!r}')
    if said is not None:
        try:
            results = json.loads((out / 'results.json').read_text())
            if not said <= len(results) <= said + 1:
                found.append(f'{len(results)} results of {said} frames')
        except (OSError, ValueError) as error:
            found.append(f'results: {error}')
    for image in out.rglob('*.jpg'):
        if cv2.imread(str(image)) is None:
            found.append(f'{image.name} cannot be read')
    target = out / 'dance.mp4'
    if target.exists():
        lost: list = []
        reader = VideoReader(target)
        frames = len(list(reader.frames(lambda *some: lost.append(some))))
        reader.close()
        if not frames or (accident not in FULL and (lost or frames != said)):
            found.append(f'video of {frames} frames, {said} said, lost {lost}')
    elif video and said and accident not in FULL:
        found.append('no video')
    found += [f'{file.name} is left' for file in out.rglob('.[!i]*') if file.is_file()]
    return found


def accident(
    folder: Path, kind: str, video: bool, rng: np.random.Generator, span: float
) -> str:
    """Let one thing go wrong; what is not as promised, or an empty text.

    Args:
        folder: Of :func:`make_inputs`.
        kind: One of ``ACCIDENTS``.
        video: See :func:`start`.
        rng: Of the moment or the room.
        span: Seconds of a whole run after its start.
    """
    log = folder / 'out.log'
    log.unlink(missing_ok=True)
    shutil.rmtree(folder / 'out', ignore_errors=True)
    room = int(rng.uniform(4_000, 300_000))
    with _small_disk(folder / 'out', room) if kind == 'full disk' else nullcontext():
        return _accident(folder, kind, video, rng, span, log, room // 4)


@contextmanager
def _small_disk(folder: Path, room: int) -> Iterator[None]:
    """A file system of so many bytes in memory."""
    folder.mkdir()
    mount = ['mount', '-t', 'tmpfs', '-o', f'size={room}', 'tmpfs', folder]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(['umount', folder], check=True)


def small_disks(folder: Path) -> bool:
    """Whether this user may mount file systems."""
    try:
        with _small_disk(folder / 'disk', 4096):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False
    finally:
        (folder / 'disk').rmdir()


def _accident(
    folder: Path,
    kind: str,
    video: bool,
    rng: np.random.Generator,
    span: float,
    log: Path,
    room: int,
) -> str:
    process = start(folder, video, log, room if kind == 'file limit' else None)
    while process.exitcode is None and not list((folder / 'out').glob(HALF)):
        time.sleep(0.005)
    found = []
    if kind == 'twice':
        second = folder / 'second.log'
        second.unlink(missing_ok=True)
        other = start(folder, video, second)
        other.join()
        refused = other.exitcode == 2 and 'is in use by' in second.read_text()
        if not refused and (other.exitcode or process.exitcode is None):
            found.append(f'exit code {other.exitcode} of the second run')
    elif kind not in FULL:
        process.join(timeout=rng.uniform(0, span))
        if process.exitcode is None:
            os.kill(process.pid, getattr(signal, kind))
    process.join()
    text = log.read_text()
    found += problems(folder, video, text, process.exitcode, kind)
    if kind == 'SIGKILL':
        process = start(folder, video, log)
        process.join()
        found += problems(folder, video, log.read_text(), process.exitcode, 'next run')
    return '; '.join(found) + (f'\n{text[-800:]}' if found else '')


def run(folder: Path, runs: int, seed: int = 0) -> tuple[Counter, list[str]]:
    """So many accidents of each kind, half of them with videos: counts and failures."""
    rng = np.random.default_rng(seed)
    make_inputs(folder, rng)
    before = hash_inputs(folder)
    process = start(folder, True, folder / 'whole.log')
    while process.exitcode is None and not list((folder / 'out').glob(HALF)):
        time.sleep(0.005)
    begin = time.monotonic()
    process.join()
    span = time.monotonic() - begin
    if process.exitcode:
        raise RuntimeError((folder / 'whole.log').read_text())
    (folder / 'whole.log').unlink()
    shutil.rmtree(folder / 'out')
    counts: Counter = Counter()
    failures = []
    kinds = [kind for kind in ACCIDENTS if kind != 'full disk' or small_disks(folder)]
    for number in track(range(runs * len(kinds)), 'Accidents', transient=True):
        kind = kinds[number % len(kinds)]
        video = (number + number // len(kinds)) % 2 == 1
        wrong = accident(folder, kind, video, rng, span)
        counts[kind] += 1
        if wrong:
            failures.append(f'{kind}, {"video" if video else "images"}: {wrong}')
    for name in ('out.log', 'second.log'):
        (folder / name).unlink(missing_ok=True)
    if hash_inputs(folder) != before:
        failures.append('inputs have changed')
    return counts, failures


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example, in tests/: python -m stress.infer_accidents --runs 20',
    )
    parser.add_argument('--runs', type=int, default=10, help='of each accident (default: 10)')
    parser.add_argument('--seed', type=int, default=0, help='of the moments (default: 0)')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts, failures = run(Path(folder), args.runs, args.seed)
    print(', '.join(f'{count} x {kind}' for kind, count in counts.items()))
    print(*failures, sep='\n')
    print(f'{len(failures)} failures')
    return bool(failures)


if __name__ == '__main__':
    sys.exit(main())
