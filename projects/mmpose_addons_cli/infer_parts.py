"""``mmpose-addons infer --resume`` and ``--ray``."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .config_digest import config_digest
from .ray_options import add_ray_options, cluster_of

if TYPE_CHECKING:
    from mmpose_addons_core.stop_signals import StopRequest
    from mmpose_addons_runtime.annotated_inputs import AnnotatedInputs
    from mmpose_addons_runtime.infer import FrameResults, InferReport
    from mmpose_addons_runtime.output_plan import OutputPlan
    from mmpose_addons_runtime.sources import Source
    from mmpose_addons_runtime.topdown import TopdownPipeline

OPTIONS = (
    'category',
    'category_id',
    'ann_boxes',
    'save_video',
    'no_visualizations',
    'track',
    'smooth',
    'batch_size',
    'box_threshold',
    'pose_threshold',
    'keypoint_threshold',
    'padding',
    'flip_test',
)
"""Options on which a frame's results or its image depend."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to the parser of ``infer``."""
    parser.add_argument(
        '--resume',
        action='store_true',
        help='keep the results of each part of the run (a video, a minute of a long one, up to '
        '64 images) in OUT/.infer_parts; the same command does only what is missing there',
    )
    add_ray_options(parser, 'like --resume, on the workers')


def infer_in_parts(
    args: argparse.Namespace,
    sources: 'Sequence[Source]',
    plan: 'OutputPlan',
    pipeline: 'TopdownPipeline',
    annotated: 'AnnotatedInputs | None',
    stop: 'StopRequest',
    collected: 'FrameResults | None',
) -> 'InferReport':
    """Do what is missing of a run, here or on a cluster.

    Raises:
        ModelError: Ray is missing, or a stream is an input.
    """
    from mmpose_addons_runtime.errors import ModelError
    from mmpose_addons_runtime.jobs import Job, run_here
    from mmpose_addons_runtime.part_store import PartStore
    from mmpose_addons_runtime.parts import RunOptions
    from mmpose_addons_runtime.resumable import Runner, infer_parts
    from mmpose_addons_runtime.sources import split_sources

    for source in sources:
        if source.kind == 'stream':
            raise ModelError(f'--resume and --ray need files, got the stream {source.location}')
    job = Job(
        sources,
        plan,
        PartStore(args.out, _settings(args), sources, plan),
        RunOptions(args.track, args.smooth, args.keypoint_threshold),
        lambda: pipeline,
        pipeline.metadata,
        annotated,
        args.on_error == 'stop',
    )
    runner: AbstractContextManager[Runner] = nullcontext(partial(run_here, job, stop=stop))
    if args.ray is not None:
        from mmpose_addons_runtime.on_ray import ray_runner

        from .infer_networks import load_pipeline

        job.make_pipeline = partial(load_pipeline, args)
        runner = ray_runner(cluster_of(args), job, stop)
    with runner as run:
        return infer_parts(
            split_sources(sources, bool(args.track or args.smooth or args.save_video)),
            sources,
            plan,
            job.store,
            run,
            given_ids=annotated is not None,
            collected=collected,
            say=lambda line: print(f'infer: {line}', file=sys.stderr),
        )


def _settings(args: argparse.Namespace) -> dict[str, Any]:
    """Return everything but the inputs on which results depend."""
    from mmpose_addons_core.file_digests import file_digest
    from mmpose_addons_core.version import __version__

    options = {name: getattr(args, name) for name in OPTIONS}
    digests = [
        config_digest(file) if file.suffix == '.py' else file_digest(file)
        for file in map(Path, args.files)
    ]
    return dict(options, files=digests, version=__version__)
