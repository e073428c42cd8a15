"""What ``tools/infer.py`` does: pictures and videos in; drawn poses and COCO results out."""

import argparse
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from mmpose.structures import PoseDataSample
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from mmpose_addons_core.fileio import written_whole
from mmpose_addons_core.tracking.one_euro import PoseSmoother

from ..visualization import draw_pose
from .detector import BoxDetector
from .frames import Frame, count_frames, video_rate
from .pipeline import PosePipeline
from .results import coco_results
from .tracking import Tracker

FRAME_RATE = 25.0
"""Of a video that is made of pictures."""


def infer(args: argparse.Namespace) -> int:
    """Do what the arguments of ``tools/infer.py`` say; the number of poses.

    Raises:
        ValueError, OSError: What is missing or not as it must be.
    """
    ids = _image_ids(args.ann)
    total = count_frames(args.inputs)  # also finds what is missing before anything is loaded
    pipeline = _pipeline(args)
    people = index = 0
    columns = '{task.description}', BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with ExitStack() as stack:
        progress = stack.enter_context(Progress(*columns))
        task = progress.add_task('Frames', total=total)
        results = _results_file(args.out / 'results.json') if args.save_json else None
        write = stack.enter_context(results) if results else None
        for source in args.inputs:
            with _drawing(args, source, pipeline.meta) as draw:
                for frame, sample in _tracked(args, source, pipeline):
                    image_id = _image_id(ids, frame, index)
                    if write:
                        for result in coco_results(sample, image_id):
                            write(result)
                    draw(frame, sample)
                    people += len(sample.pred_instances)
                    index += 1
                    progress.advance(task)
    return people


def _pipeline(args: argparse.Namespace) -> PosePipeline:
    options: dict[str, Any] = dict(
        batch_size=args.batch_size,
        flip_test=args.flip_test,
        padding=args.padding,
        pose_threshold=args.pose_threshold,
        device=args.device,
    )
    pose = args.pose[0] if len(args.pose) == 1 else tuple(args.pose)
    pipeline = PosePipeline(pose, **options)
    if args.det:
        category = int(args.category) if args.category.isdigit() else args.category
        pipeline.detector = BoxDetector(
            *args.det, pipeline.device, category=category, threshold=args.box_threshold
        )
    return pipeline


def _tracked(
    args: argparse.Namespace, source: str, pipeline: PosePipeline
) -> Iterator[tuple[Frame, PoseDataSample]]:
    """Poses of one input, numbered and smoothed if that is wanted."""
    if not (args.track or args.smooth):
        yield from pipeline.with_frames(source)
        return
    tracker = Tracker(args.track or 'oks', sigmas=pipeline.meta['sigmas'])
    smoother = PoseSmoother() if args.smooth else None
    for frame, sample in pipeline.with_frames(source):
        people = sample.pred_instances
        people.track_ids = tracker.update(people)
        if smoother:
            time = frame.index / FRAME_RATE if frame.time is None else frame.time
            people.keypoints = smoother(people.track_ids, people.keypoints, people.bboxes, time)
        yield frame, sample


@contextmanager
def _drawing(args: argparse.Namespace, source: str, meta: dict[str, Any]) -> Iterator[Any]:
    """A function that takes each frame with its poses to a picture or into a video."""
    with ExitStack() as stack:
        writer: cv2.VideoWriter | None = None
        shape = (0, 0, 3)  # of the video's pictures

        def draw(frame: Frame, sample: PoseDataSample) -> None:
            nonlocal writer, shape
            if args.no_pictures and not args.save_video:
                return
            image = _drawn(frame, sample, meta, args.keypoint_threshold)
            if args.save_video:
                if writer is None:
                    target = args.out / f'{Path(source).stem}.mp4'
                    rate, shape = video_rate(source) or FRAME_RATE, image.shape
                    writer = stack.enter_context(_video_file(target, image, rate))
                if image.shape != shape:
                    image = cv2.resize(image, shape[1::-1])
                writer.write(image)
            else:
                _write_picture(args.out / 'pictures', frame, image)

        yield draw


def _drawn(
    frame: Frame, sample: PoseDataSample, meta: dict[str, Any], threshold: float
) -> np.ndarray:
    image = frame.image
    people = sample.pred_instances
    for i in range(len(people)):
        shown = people.keypoint_scores[i] >= threshold
        image = draw_pose(image, people.keypoints[i], shown, meta['names'], meta['skeleton'])
        if 'track_ids' in people:
            corner = people.bboxes[i, :2].clip(min=(2, 14)).astype(int).tolist()
            text, font = str(people.track_ids[i]), cv2.FONT_HERSHEY_SIMPLEX
            cv2.putText(image, text, corner, font, 0.5, (0, 0, 255), 1, cv2.LINE_AA)
    return image


def _write_picture(folder: Path, frame: Frame, image: np.ndarray) -> None:
    name = frame.path.stem if frame.path else 'image'
    if frame.time is not None:
        name += f'_{frame.index:06}'
    with written_whole(folder / f'{name}.jpg') as unfinished:
        cv2.imwrite(str(unfinished), image)


@contextmanager
def _video_file(target: Path, image: np.ndarray, rate: float) -> Iterator[cv2.VideoWriter]:
    size = image.shape[1], image.shape[0]
    with written_whole(target) as unfinished:
        writer = cv2.VideoWriter(str(unfinished), cv2.VideoWriter_fourcc(*'mp4v'), rate, size)
        if not writer.isOpened():
            raise OSError(f'{target} cannot be written as a video')
        try:
            yield writer
        finally:
            writer.release()


@contextmanager
def _results_file(target: Path) -> Iterator[Any]:
    """A function that adds a result to a JSON list, which is never in memory as a whole."""
    with written_whole(target) as unfinished, unfinished.open('w') as file:
        before = '[\n'

        def write(result: dict[str, Any]) -> None:
            nonlocal before
            file.write(before + json.dumps(result))
            before = ',\n'

        yield write
        file.write('\n]\n' if before != '[\n' else '[]\n')


def _image_ids(ann: Path | None) -> dict[str, int] | None:
    """Image ids by file names without folders."""
    if ann is None:
        return None
    try:
        images = json.loads(ann.read_text())['images']
        return {Path(image['file_name']).name: image['id'] for image in images}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f'--ann {ann} is not a COCO file: {error!r}') from None


def _image_id(ids: dict[str, int] | None, frame: Frame, index: int) -> int:
    if ids is None:
        return index
    name = frame.path.name if frame.path else ''
    if name not in ids:
        raise ValueError(f'{name} is no image of --ann')
    return ids[name]
