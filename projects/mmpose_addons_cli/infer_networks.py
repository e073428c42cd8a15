"""Load the networks of ``mmpose-addons infer``."""

import argparse
import sys
from typing import TYPE_CHECKING

from mmpose_addons_core.class_names import number_or_name

if TYPE_CHECKING:
    from mmpose_addons_runtime.topdown import TopdownPipeline


def load_pipeline(args: argparse.Namespace) -> 'TopdownPipeline':
    """Load the networks that the options name, without PyTorch where it is not needed."""
    return _onnx_pipeline(args) if args.onnx_alone else _mmpose_pipeline(args)


def _onnx_pipeline(args: argparse.Namespace) -> 'TopdownPipeline':
    """Load ONNX files alone, which takes no PyTorch."""
    from mmpose_addons_runtime import PosePipeline

    pipeline = PosePipeline(
        args.pose[0],
        args.det[0] if args.det else None,
        device=args.device,
        threads=args.threads,
        batch_size=args.batch_size,
        category=number_or_name(args.category),
        box_threshold=args.box_threshold,
        padding=args.padding,
        pose_threshold=args.pose_threshold,
    )
    print(f'infer: computing on {pipeline.about}', file=sys.stderr)
    return pipeline


def _mmpose_pipeline(args: argparse.Namespace) -> 'TopdownPipeline':
    """Load networks of MMPose and MMDet, one of which may be an ONNX file."""
    from mmpose_addons.apis import BoxDetector, PosePipeline

    pipeline = PosePipeline(
        args.pose[0] if len(args.pose) == 1 else tuple(args.pose),
        batch_size=args.batch_size,
        flip_test=args.flip_test,
        padding=args.padding,
        pose_threshold=args.pose_threshold,
        device=args.device,
    )
    options = dict(category=number_or_name(args.category), threshold=args.box_threshold)
    if args.det and len(args.det) == 1:
        from mmpose_addons_runtime.onnx_detector import OnnxDetector

        pipeline.detector = OnnxDetector(args.det[0], str(pipeline.device), **options)
    elif args.det:
        config, checkpoint = args.det
        pipeline.detector = BoxDetector(config, checkpoint, pipeline.device, **options)
    return pipeline
