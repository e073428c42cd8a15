#!/usr/bin/env python
"""Damage images and videos at random, read them, and look whether anything is lost in silence.

A file is cut, some of its bytes are changed, or a part is filled with zeros. Reading gives
``InputError`` or frames whose numbers and times increase; no other exception, no crash of the
process, no endless loop. The quick form of this runs in the test suite.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from helpers.media import write_video
from helpers.poses import random_image

VIDEOS = {
    '.avi': 'mjpeg',
    '.mkv': 'libx264',
    '.mp4': 'libx264',
    '.mov': 'mpeg4',
    '.webm': 'libvpx',
    '.ts': 'libx264',
    '.mpg': 'mpeg2video',
    '.flv': 'flv',
}
IMAGES = '.jpg', '.png', '.bmp', '.webp', '.ppm', '.jp2'
DAMAGES = 'cut', 'bytes', 'zeros', 'missing part'
TIMEOUT = 30  # seconds of a file


def make_files(folder: Path, rng: np.random.Generator) -> list[Path]:
    """Whole files of all formats."""
    import cv2
    from PIL import Image

    images = [random_image(rng, 64, 48) for _ in range(12)]
    files = [
        write_video(folder / f'v{suffix}', images, 25, codec)
        for suffix, codec in VIDEOS.items()
    ]
    for suffix in IMAGES:
        cv2.imwrite(str(folder / f'i{suffix}'), images[0])
        files.append(folder / f'i{suffix}')
    cv2.imwrite(str(folder / 'deep.png'), images[0].astype(np.uint16) << 4)
    cv2.imwritemulti(str(folder / 'pages.tif'), images[:4])
    first, *others = (Image.fromarray(image) for image in images[:4])
    for name in ('a.gif', 'a.png', 'a.webp'):
        first.save(folder / name, save_all=True, append_images=others, duration=50)
    return files + [
        folder / name for name in ('deep.png', 'pages.tif', 'a.gif', 'a.png', 'a.webp')
    ]


def damaged(content: bytes, damage: str, rng: np.random.Generator) -> bytes:
    """A copy with one kind of damage."""
    data = bytearray(content)
    place = int(rng.integers(len(data)))
    length = int(rng.integers(1, max(2, len(data) // 4)))
    if damage == 'cut':
        return bytes(data[:place])
    if damage == 'bytes':
        for index in rng.integers(len(data), size=rng.integers(1, 30)):
            data[index] = rng.integers(256)
    elif damage == 'zeros':
        data[place : place + length] = bytes(len(data[place : place + length]))
    else:
        del data[place : place + length]
    return bytes(data)


def outcome(file: Path) -> str:
    """What reading gives: ``'error'``, ``'part'`` (something was reported), ``'whole'``."""
    from mmpose_addons_runtime.frames import InputError, read_frames

    lost: list = []
    try:
        frames = [
            (one.number, one.time, one.image.shape) for one in read_frames(file, lost.append)
        ]
    except InputError:
        return 'error'
    for (number, at, _), (next_number, next_at, _) in pairwise(frames):
        if next_number <= number or (at is not None and not next_at > at):
            raise RuntimeError(f'frames do not increase: {frames}')
    if not frames and not lost:
        raise RuntimeError('neither frames nor an error')
    return 'part' if lost else 'whole'


def check(files: list[Path], results: Path) -> None:
    """Write the outcome of each file, or a foreign exception, as a line."""
    with results.open('a') as stream:
        for file in files:
            try:
                found = outcome(file)
            except Exception as error:
                found = f'{type(error).__name__}: {error}'.replace('\n', ' ')
            print(found, file=stream, flush=True)


def checked(files: list[Path], folder: Path) -> list[str]:
    """Outcomes, also of files that end the process or hang: each then gets a new process."""
    context = multiprocessing.get_context('forkserver')
    context.set_forkserver_preload(['mmpose_addons_runtime.frames'])
    results = folder / 'results.txt'
    results.write_text('')
    found: list[str] = []
    while len(found) < len(files):
        process = context.Process(target=check, args=(files[len(found) :], results))
        process.start()
        begin = time.monotonic()
        before = len(found)
        while process.exitcode is None and time.monotonic() - begin < TIMEOUT:
            process.join(0.5)
            done = len(results.read_text().splitlines())
            if done > before:
                before, begin = done, time.monotonic()
        found = results.read_text().splitlines()
        if len(found) < len(files):
            process.kill()
            process.join()
            code = process.exitcode
            with results.open('a') as stream:
                print(f'the process ended with {code}, -9 after {TIMEOUT} s', file=stream)
            found = results.read_text().splitlines()
    return found


def run(folder: Path, rounds: int, seed: int = 0) -> tuple[Counter, list[str]]:
    """So many rounds of one file of each format: outcomes and failures."""
    rng = np.random.default_rng(seed)
    whole = make_files(folder, rng)
    outcomes: Counter = Counter()
    failures = [
        f'whole {file.name}: {result}'
        for file, result in zip(whole, checked(whole, folder), strict=True)
        if result != 'whole'
    ]
    files = [
        file for number in range(rounds) for file in _damaged_files(folder, whole, rng, number)
    ]
    for file, result in zip(files, checked(files, folder), strict=True):
        if result in ('error', 'part', 'whole'):
            outcomes[result] += 1
            file.unlink()
        else:
            failures.append(f'{file.name}: {result}')
    return outcomes, failures


def _damaged_files(
    folder: Path, whole: list[Path], rng: np.random.Generator, number: int
) -> Iterator[Path]:
    for file in whole:
        damage = DAMAGES[int(rng.integers(len(DAMAGES)))]
        target = folder / f'{number}_{damage.split()[0]}_{file.name}'
        target.write_bytes(damaged(file.read_bytes(), damage, rng))
        yield target


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example, in tests/: python -m stress.broken_media --rounds 100',
    )
    parser.add_argument('--rounds', type=int, default=50, help='of each format (default: 50)')
    parser.add_argument('--seed', type=int, default=0, help='of the damages (default: 0)')
    parser.add_argument('--keep', type=Path, help='existing folder for files that fail')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        outcomes, failures = run(folder, args.rounds, args.seed)
    print(f'{outcomes.total() + len(failures)} files: {dict(outcomes)}')
    print(*failures, sep='\n')
    print(f'{len(failures)} failures')
    return bool(failures)


if __name__ == '__main__':
    sys.exit(main())
