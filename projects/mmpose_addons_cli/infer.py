"""Find poses in images, folders and videos.

By default an image with the poses is written for each image or frame, into OUT/visualizations.
ONNX files of "mmpose-addons export" and "export-detector" run without PyTorch and MMPose.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mmpose_addons_core.projects.save_predictions import (
    check_formats,
    save_predictions,
    scorer_name,
    target_files,
)

from . import infer_options
from .errors import EXIT_SKIPPED, in_one_line, said

if TYPE_CHECKING:
    from pathlib import Path

    from mmpose_addons_runtime.collected_predictions import CollectedPredictions
    from mmpose_addons_runtime.infer import InferReport
    from mmpose_addons_runtime.sources import Source
    from mmpose_addons_runtime.topdown import TopdownPipeline


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    return infer_options.parse_args(argv, __doc__)


@in_one_line('infer')
def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    # these imports are slow, so --help does not wait for them
    from mmpose_addons_core.folder_lock import lock_folder
    from mmpose_addons_core.stop_signals import stop_request
    from mmpose_addons_runtime.annotated_inputs import join_annotations, with_category
    from mmpose_addons_runtime.infer import check_run, infer
    from mmpose_addons_runtime.output_plan import plan_outputs
    from mmpose_addons_runtime.sources import find_sources
    from mmpose_addons_runtime.written_outputs import WrittenOutputs

    from .infer_lines import say_after, say_before
    from .infer_networks import load_pipeline
    from .infer_parts import infer_in_parts

    # what is missing is found before networks are loaded
    check_formats(args.formats)
    sources, left_out = find_sources(args.inputs)
    annotated = join_annotations(sources, args.ann, args.ann_boxes) if args.ann else None
    collected, tables = _collected(args, sources) if args.formats else (None, [])
    draws = args.save_video or not args.no_visualizations
    plan = plan_outputs(
        args.inputs,
        sources,
        args.out,
        args.files,
        results=args.save_json,
        images=draws and not args.save_video,
        videos=args.save_video,
    )
    outputs = WrittenOutputs(args.out, plan, sources, tables)
    outputs.refuse_others(args.force)
    say_before([*plan.notes, *(collected.notes if collected else [])], left_out)
    pipeline = load_pipeline(args)
    check_run(pipeline.metadata, args.track, args.smooth, args.keypoint_threshold)
    if annotated:
        count = len(pipeline.metadata.names)
        annotated = with_category(annotated, args.ann, count, args.category_id)
        say_before(annotated.notes, [])
    with lock_folder(args.out), stop_request() as stop:
        outputs.record()
        in_parts = args.resume or args.ray is not None
        if in_parts:
            report = infer_in_parts(args, sources, plan, pipeline, annotated, stop, collected)
        else:
            report = infer(
                sources,
                plan,
                pipeline,
                annotated=annotated,
                track=args.track,
                smooth=args.smooth,
                keypoint_threshold=args.keypoint_threshold,
                stop_on_error=args.on_error == 'stop',
                stop=stop,
                collected=collected,
            )
        if collected and not (in_parts and report.stopped):
            _save_as(args, collected, pipeline, report)
    say_after(report, args.out)
    return report.exit_code


def _collected(
    args: argparse.Namespace, sources: 'Sequence[Source]'
) -> 'tuple[CollectedPredictions, list[Path]]':
    """Collect predictions for --save-as; its files, which replace nothing that is read."""
    from mmpose_addons_core.fileio import refuse_input
    from mmpose_addons_runtime.collected_predictions import CollectedPredictions

    collected = CollectedPredictions(sources)
    scorer = scorer_name(args.pose[0])
    files = target_files(collected.clips, args.out, args.formats, scorer)
    tables = [file for of_format in files.values() for file in of_format]
    for file in tables:
        refuse_input(file, [*args.files, *(source.path for source in sources)])
    return collected, tables


def _save_as(
    args: argparse.Namespace,
    collected: 'CollectedPredictions',
    pipeline: 'TopdownPipeline',
    report: 'InferReport',
) -> None:
    """Write the formats of other tools; what fails is added to the report."""
    from mmpose_addons_runtime.collected_predictions import keypoints_of

    keypoints, scorer = keypoints_of(pipeline.metadata), scorer_name(args.pose[0])
    try:
        for file, left_out in save_predictions(
            collected.clips, keypoints, args.out, args.formats, scorer
        ):
            report.written.append(file)
            if left_out:
                print(f'infer: left out of {file}: {left_out}', file=sys.stderr)
    except OSError as error:
        report.failed.append(f'--save-as {" ".join(sorted(args.formats))}: {said(error)}')
        report.exit_code = report.exit_code if report.exit_code > EXIT_SKIPPED else 1
