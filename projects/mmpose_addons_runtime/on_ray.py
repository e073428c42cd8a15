"""Do work on the workers of a Ray cluster, with Ray Data.

All machines see the inputs, the networks and the folder of the outputs at the same paths. Ray
restarts a worker that was killed, and does again what it was doing.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from mmpose_addons_core.stop_signals import StopRequest

from .errors import ModelError
from .infer import InferReport
from .jobs import Advance, Job, Unit
from .resumable import Runner

CPUS_OF_WORKER = 4
PATIENCE = 20.0
"""Seconds in which a cluster that is starting may begin to listen; Ray waits for minutes."""

Worker = Callable[[Any], dict[str, Any]]
"""Does a unit of work and returns plain values."""
OnCluster = Callable[[Callable[[], Worker], Sequence[Any]], Iterator[dict[str, Any]]]
"""Does units with the workers that a function makes, one a process; yields what they return."""


@dataclass(frozen=True)
class Cluster:
    """Which cluster, and how many workers.

    Attributes:
        address: Of a running cluster; None: a cluster of this machine's own, for the run.
        workers: Number of processes, each of which loads the networks; None: one a GPU of the
            cluster, or one for 4 CPUs.
    """

    address: str | None = None
    workers: int | None = None


@contextmanager
def joined_cluster(cluster: Cluster) -> Iterator[OnCluster]:
    """Give the block a function that works on a cluster, which is left when the block ends.

    The cluster is joined or started at the first unit of work. Results come in any order.

    Raises:
        ModelError: Ray is not installed, or the cluster cannot be reached; by the function.
    """
    connected = cache(partial(_started, cluster))

    def run(make: Callable[[], Worker], units: Sequence[Any]) -> Iterator[dict[str, Any]]:
        if not units:
            return
        ray = connected()
        rows = [dict(unit=number) for number in range(len(units))]
        done = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            _Process,
            fn_constructor_args=(make, units, os.getcwd()),
            batch_size=1,
            **_resources(ray, cluster.workers, len(units)),
        )
        yield from done.iter_rows()

    try:
        yield run
    finally:
        if connected.cache_info().currsize:
            # the workers end, and with them a cluster of this process's own
            connected().shutdown()


class _Process:
    """What a process of the cluster keeps from one unit to the next."""

    def __init__(self, make: Callable[[], Worker], units: Sequence[Any], folder: str) -> None:
        os.chdir(folder)  # paths may be relative
        self._do, self._units = make(), units

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, Any]:
        row = self._do(self._units[int(batch['unit'][0])])
        return {name: [value] for name, value in row.items()}


@contextmanager
def ray_runner(cluster: Cluster, job: Job, stop: StopRequest | None = None) -> Iterator[Runner]:
    """Give the block a function that does parts of ``infer`` on a cluster.

    A request to stop takes effect when the next part is done.

    Raises:
        ModelError: See :func:`joined_cluster`.
    """
    with joined_cluster(cluster) as on_cluster:

        def run(units: Sequence[Unit], advance: Advance) -> Iterator[InferReport]:
            for row in on_cluster(partial(_worker, job), units):
                report = InferReport(
                    frames=int(row['frames']),
                    stopped=row['stopped'],
                    exit_code=int(row['exit_code']),
                )
                advance(report.frames)
                yield report
                if stop:
                    yield InferReport(stopped=stop.reason, exit_code=stop.exit_code)
                    return

        yield run


def _worker(job: Job) -> Worker:
    """Return a function that does parts; the networks are loaded when one needs them."""
    networks = cache(job.make_pipeline)

    def do(unit: Unit) -> dict[str, Any]:
        report = job.do(unit, networks)
        return dict(frames=report.frames, stopped=report.stopped, exit_code=report.exit_code)

    return do


def _resources(ray: Any, workers: int | None, parts: int) -> dict[str, Any]:
    """Return Ray Data's arguments: how many workers, and what each takes of the cluster."""
    found = ray.cluster_resources()
    gpus, cpus = int(found.get('GPU', 0)), int(found.get('CPU', 1))
    count = min(parts, workers or gpus or max(1, cpus // CPUS_OF_WORKER))
    each: dict[str, Any] = dict(num_gpus=gpus / count) if 0 < gpus < count else {}
    if gpus >= count:
        each = dict(num_gpus=1)
    else:
        each |= dict(num_cpus=max(1, cpus // count))
    return dict(compute=ray.data.ActorPoolStrategy(size=count), **each)


def check_address(address: str | None) -> None:
    """Refuse HOST:PORT where nothing listens.

    Raises:
        ModelError: Nothing does.
    """
    host, colon, port = (address or '').rpartition(':')
    if not colon or not port.isdecimal() or '/' in host:
        return  # auto, local, or an address that Ray reads itself
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection((host, int(port)), max(PATIENCE, 1)).close()
        except (OSError, OverflowError) as error:
            if time.monotonic() >= end:
                raise ModelError(f'no Ray cluster at {address}: {error}') from None
            time.sleep(0.2)
        else:
            return


def _started(cluster: Cluster) -> Any:
    """Return the module ``ray``, connected to the cluster."""
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise ModelError(f'--ray needs Ray: pip install "ray[data]" ({error})') from None
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    for name in ('ray', 'ray.data'):
        logging.getLogger(name).setLevel(logging.ERROR)
    if ray.is_initialized():
        return ray
    check_address(cluster.address)
    options: dict[str, Any] = dict(log_to_driver=False, logging_level=logging.ERROR)
    if cluster.address is None:
        options |= dict(include_dashboard=False)
    try:
        # without an address, Ray would join a cluster that it finds
        ray.init(cluster.address or 'local', **options)
    except (ConnectionError, RuntimeError, ValueError) as error:
        place = f'at {cluster.address}' if cluster.address else 'can be started'
        token = '; a cluster that asks for a token needs RAY_AUTH_MODE=token'
        hint = token if 'token' in str(error).lower() else ''
        raise ModelError(f'no Ray cluster {place}: {error}{hint}') from None
    return ray
