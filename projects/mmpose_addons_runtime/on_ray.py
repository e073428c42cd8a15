"""Do parts of a run on the workers of a Ray cluster, with Ray Data.

All machines see the inputs, the networks and the folder of the outputs at the same paths. Ray
restarts a worker that was killed, and its part is done again.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmpose_addons_core.stop_signals import StopRequest

from .errors import ModelError
from .infer import InferReport
from .jobs import Job
from .resumable import Advance

CPUS_OF_WORKER = 4


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


class _Worker:
    """Loads the networks once, then does one part after the other."""

    def __init__(self, job: Job, folder: str) -> None:
        os.chdir(folder)  # paths may be relative
        self._job, self._pipeline = job, job.make_pipeline()

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, Any]:
        part = range(int(batch['start'][0]), int(batch['stop'][0]))
        report = self._job.do(part, self._pipeline)
        row = dict(frames=report.frames, stopped=report.stopped, exit_code=report.exit_code)
        return {name: [value] for name, value in row.items()}


def run_on_ray(
    cluster: Cluster,
    job: Job,
    parts: Sequence[range],
    advance: Advance,
    stop: StopRequest | None = None,
) -> Iterator[InferReport]:
    """Do parts on a cluster; a :data:`~.resumable.Runner`. Reports come in any order.

    A request to stop takes effect when the next part is done.

    Raises:
        ModelError: Ray is not installed, or the cluster cannot be reached.
    """
    if not parts:
        return
    ray = _started(cluster)
    rows = [dict(start=part.start, stop=part.stop) for part in parts]
    done = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        _Worker,
        fn_constructor_args=(job, os.getcwd()),
        batch_size=1,
        **_resources(ray, cluster.workers, len(parts)),
    )
    try:
        for row in done.iter_rows():
            advance(int(row['frames']))
            yield InferReport(
                frames=int(row['frames']),
                stopped=row['stopped'],
                exit_code=int(row['exit_code']),
            )
            if stop:
                yield InferReport(stopped=stop.reason, exit_code=stop.exit_code)
                return
    finally:
        ray.shutdown()  # the workers end, and with them a cluster of this process's own


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
    options: dict[str, Any] = dict(log_to_driver=False, logging_level=logging.ERROR)
    if cluster.address is None:
        options |= dict(include_dashboard=False)
    try:
        ray.init(cluster.address, **options)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ModelError(f'no Ray cluster at {cluster.address}: {error}') from None
    return ray
