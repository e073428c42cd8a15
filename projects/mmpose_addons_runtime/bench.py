"""Time an exported network, each setting in a process of its own.

Shape letters: B images of a batch, H x W their size.
"""

import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmpose_addons_core.onnx_files import DetectorMetadata
from mmpose_addons_core.onnx_files.kinds import DETECTOR, POSE, kind_of

from .errors import ModelError
from .metadata import NetworkMetadata
from .onnx_session import open_onnx
from .signature import check_detector, check_pose

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

WARM_UP = 3
"""Runs before the first that counts."""


@dataclass(frozen=True)
class Setting:
    """What to run.

    Attributes:
        file: ONNX file of this package.
        batch: B.
        threads: Of onnxruntime on a CPU.
        device: See :func:`~.devices.device_of`.
        runs: Number of batches that count.
        image_size: (W, H) of a detector's images, px; a pose network's crops have their own.
    """

    file: Path
    batch: int
    threads: int
    device: str | None = None
    runs: int = 100
    image_size: tuple[int, int] = (1280, 720)


@dataclass(frozen=True)
class Timing:
    """What a setting took.

    Attributes:
        threads, batch: Of the setting.
        p50_ms, p90_ms, p99_ms: Percentiles of the time of a batch.
        per_second: Crops or images a second, at the median.
        load_ms: Time to open the file.
        peak_mb: Largest memory of the process, libraries included, 10^6 bytes.
        about: Device, execution provider and version of onnxruntime.
    """

    threads: int
    batch: int
    p50_ms: float
    p90_ms: float
    p99_ms: float
    per_second: float
    load_ms: float
    peak_mb: float
    about: str


def fixed_batch(file: Path) -> int | None:
    """Return the only batch size that a file takes, None for any.

    Raises:
        ModelError: See :func:`open_onnx`.
    """
    session, described, _, _ = open_onnx(file, 'cpu', 1)
    return _inputs(session, described, file)[2]


def time_setting(setting: Setting) -> Timing:
    """Run a setting in a new process, so that its memory is its own.

    Raises:
        ModelError: The file or the device is not usable, or the process was killed.
    """
    fresh = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(1, mp_context=fresh) as pool:
        try:
            return pool.submit(measure, setting).result()
        except BrokenProcessPool:
            raise ModelError(
                f'{setting.file}: the process of {setting.threads} threads and batches of '
                f'{setting.batch} was killed; is there enough memory?'
            ) from None


def measure(setting: Setting, clock: Callable[[], float] = time.perf_counter) -> Timing:
    """Run a setting in this process.

    Args:
        setting: What to run.
        clock: In seconds.

    Raises:
        ModelError: The file or the device is not usable.
    """
    start = clock()
    session, described, _, about = open_onnx(setting.file, setting.device, setting.threads)
    loaded = clock()
    name, size, _ = _inputs(session, described, setting.file)
    width, height = size or setting.image_size
    rng = np.random.default_rng(0)
    seconds = []
    try:
        images = rng.integers(0, 256, (setting.batch, height, width, 3), dtype=np.uint8)
        for number in range(WARM_UP + setting.runs):
            before = clock()
            session.run(None, {name: images})
            if number >= WARM_UP:
                seconds.append(clock() - before)
    except Exception as error:  # onnxruntime's own have no common base
        reason = str(error).splitlines()[0]
        raise ModelError(
            f'{setting.file}: batches of {setting.batch} images of {width} x {height} px do '
            f'not run: {type(error).__name__}: {reason}'
        ) from None
    median, high, highest = np.percentile(seconds, (50, 90, 99))
    return Timing(
        threads=setting.threads,
        batch=setting.batch,
        p50_ms=1000 * median,
        p90_ms=1000 * high,
        p99_ms=1000 * highest,
        per_second=setting.batch / median,
        load_ms=1000 * (loaded - start),
        peak_mb=peak_memory() / 1e6,
        about=about,
    )


def peak_memory() -> float:
    """Return the largest memory of this process so far, bytes."""
    status = Path('/proc/self/status')
    if status.is_file():  # getrusage would count the process that has started this one
        for line in status.read_text().splitlines():
            if line.startswith('VmHWM:'):
                return int(line.split()[1]) * 1024.0
    import resource  # Unix only

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(largest if sys.platform == 'darwin' else largest * 1024)


def _inputs(
    session: 'InferenceSession', described: str, file: Path
) -> tuple[str, tuple[int, int] | None, int | None]:
    """Return the input's name, its (W, H), None for any, and its batch size, None for any."""
    try:
        kind = kind_of(described)
        if kind == POSE:
            network = NetworkMetadata.from_json(described)
            check_pose(session, file, network)
            return 'crops', network.geometry.input_size, network.batch_size
        if kind == DETECTOR:
            detector = DetectorMetadata.from_json(described)
            check_detector(session, file, detector)
            return 'images', None, detector.batch_size
    except ModelError:
        raise
    except ValueError as error:
        raise ModelError(f'{file}: {error}') from None
    raise ModelError(f'{file}: expected a pose network or a detector, got kind {kind!r}')
