#!/usr/bin/env python
"""Time "mmpose-addons infer" on a video with one person, with and without overlap.

With overlap, frames are decoded ahead and drawn and written behind the network, in threads.
Both ways take turns on the same 1920 x 1080 video, the network by onnxruntime. Printed are
medians over the rounds, the median of the rounds' ratios, and the share of the network's own
speed on crops that are there already. Results and images of both ways must be the same bytes.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from moving_video import write_video

from mmpose_addons.estimators.loading import load_pose_model
from mmpose_addons.export import PoseGraph, export_onnx
from mmpose_addons_runtime.infer import infer
from mmpose_addons_runtime.output_plan import plan_outputs
from mmpose_addons_runtime.pipeline import PosePipeline
from mmpose_addons_runtime.sources import find_sources

CONFIG = 'configs/body_2d_keypoint/lpn/coco/td-hm_lpn-50_1xb32-150e_coco-256x192.py'
OUTPUTS = {
    'results only': dict(images=False),
    'and images of the poses': dict(images=True),
    'and a video of the poses': dict(images=False, videos=True),
}


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: infer_video.py --threads 2 --frames 100 (run from the repository)',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--config', default=CONFIG, help='top-down config (%(default)s)')
    parser.add_argument('--frames', type=int, default=100, help='default: %(default)s')
    parser.add_argument('--rounds', type=int, default=5, help='default: %(default)s')
    parser.add_argument(
        '--threads', type=int, default=2, help='of onnxruntime and OpenCV (%(default)s)'
    )
    return parser.parse_args()


def run(video: Path, out: Path, pipeline: PosePipeline, overlap: bool, **what: Any) -> float:
    """Return the seconds of a run."""
    sources, _ = find_sources([str(video)])
    plan = plan_outputs([str(video)], sources, out, **what)
    start = time.perf_counter()
    report = infer(sources, plan, pipeline, advance=lambda _: None, overlap=overlap)
    seconds = time.perf_counter() - start
    if report.exit_code:
        raise SystemExit(f'infer_video: {report.stopped or report.failed}')
    return seconds


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files of a folder; those of a video are the encoder's affair."""
    return {
        str(file.relative_to(folder)): b'' if file.suffix == '.mp4' else file.read_bytes()
        for file in sorted(folder.rglob('*'))
        if file.is_file()
    }


def network_seconds(pipeline: PosePipeline, frames: int) -> float:
    """Measure the seconds of the network alone, in the batches of the pipeline."""
    width, height = pipeline.geometry.input_size
    batch = min(pipeline.batch_size, frames)
    crops = np.random.default_rng(0).integers(0, 256, (batch, height, width, 3), np.uint8)
    start = time.perf_counter()
    for _ in range(frames // batch):
        pipeline.network(crops)
    return (time.perf_counter() - start) * frames / (frames // batch * batch)


def main() -> int:
    args = parse_args()
    torch.manual_seed(0)
    cv2.setNumThreads(args.threads)
    print('| outputs | before, frames/s | after, frames/s | ratio | share of the network |')
    print('|---|---|---|---|---|')
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = load_pose_model(args.config, None, 'cpu')
        pose = folder / 'pose.onnx'
        export_onnx(PoseGraph(model, decode='codec'), model.dataset_meta, pose, batch_size=None)
        pipeline = PosePipeline(pose, device='cpu', threads=args.threads)
        video = folder / 'video.mp4'
        write_video(video, args.frames)
        for title, what in OUTPUTS.items():
            rows = []
            for number in range(args.rounds + 1):
                alone = network_seconds(pipeline, args.frames)
                before = run(video, folder / 'before', pipeline, False, **what)
                after = run(video, folder / 'after', pipeline, True, **what)
                if number:  # the first warms up
                    rows.append((before, after, alone))
            if contents(folder / 'before') != contents(folder / 'after'):
                print('infer_video: the outputs differ', file=sys.stderr)
                return 1
            slow, fast = (
                args.frames / statistics.median(row[way] for row in rows) for way in (0, 1)
            )
            ratio = statistics.median(before / after for before, after, _ in rows)
            share = statistics.median(alone / after for _, after, alone in rows)
            cells = title, f'{slow:.1f}', f'{fast:.1f}', f'{ratio:.2f}', f'{share:.0%}'
            print(f'| {" | ".join(cells)} |', flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
