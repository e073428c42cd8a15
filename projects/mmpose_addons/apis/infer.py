"""Pictures and videos in, drawn poses and COCO results out, as ``mmpose-addons infer`` does."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from mmpose.structures import PoseDataSample

from mmpose_addons_core.datasets.coco_file import read_records
from mmpose_addons_core.fileio import atomic_write
from mmpose_addons_core.progress import progress_bar
from mmpose_addons_core.tracking.one_euro import PoseSmoother

from ..estimators.metadata import KeypointMetadata
from ..visualization import draw_pose
from .frames import Frame, count_frames, video_rate
from .pipeline import PosePipeline
from .results import coco_results
from .tracking import Tracker

FRAME_RATE = 25.0
"""Of a video that is made of pictures."""


def infer(
    inputs: Sequence[str],
    pipeline: PosePipeline,
    out: Path,
    *,
    save_json: bool = False,
    image_ids: Mapping[str, int] | None = None,
    save_pictures: bool = True,
    save_video: bool = False,
    track: str | None = None,
    smooth: bool = False,
    keypoint_threshold: float = 0.3,
) -> int:
    """Find the poses of all inputs, and write them.

    Args:
        inputs: Pictures, folders and videos.
        pipeline: Finds the poses.
        out: Folder for what is written.
        save_json: Write ``results.json``, COCO results.
        image_ids: Ids of the results' images by file name (see :func:`read_image_ids`); by
            default frames are counted from 0.
        save_pictures: Write each frame with its poses into the folder ``pictures``.
        save_video: Write a video for each input instead of pictures.
        track: ``'oks'`` or ``'iou'``: number people through each input.
        smooth: Smooth tracks by One-Euro filters; tracks by OKS unless said otherwise.
        keypoint_threshold: Keypoints with a lower score are not drawn.

    Returns:
        The number of poses.

    Raises:
        ValueError, OSError: What is missing or not as it must be.
    """
    total = count_frames(inputs)
    people = index = 0
    with ExitStack() as stack:
        advance = stack.enter_context(progress_bar('Frames', total))
        results = _results_file(out / 'results.json') if save_json else None
        write = stack.enter_context(results) if results else None
        for source in inputs:
            with ExitStack() as files:
                save = _saver(files, source, out, save_video) if save_pictures else None
                for frame, sample in _tracked(source, pipeline, track, smooth):
                    image_id = _image_id(image_ids, frame, index)
                    if write:
                        for result in coco_results(sample, image_id):
                            write(result)
                    if save:
                        save(
                            frame, _drawn(frame, sample, pipeline.metadata, keypoint_threshold)
                        )
                    people += len(sample.pred_instances)
                    index += 1
                    advance(1)
    return people


def _tracked(
    source: str, pipeline: PosePipeline, track: str | None, smooth: bool
) -> Iterator[tuple[Frame, PoseDataSample]]:
    """Poses of one input, numbered and smoothed if that is wanted."""
    if not (track or smooth):
        yield from pipeline.with_frames(source)
        return
    tracker = Tracker(track or 'oks', sigmas=pipeline.metadata.sigmas)
    smoother = PoseSmoother() if smooth else None
    for frame, sample in pipeline.with_frames(source):
        people = sample.pred_instances
        people.track_ids = tracker.update(people)
        if smoother:
            time = frame.index / FRAME_RATE if frame.time is None else frame.time
            people.keypoints = smoother(people.track_ids, people.keypoints, people.bboxes, time)
        yield frame, sample


def _saver(
    files: ExitStack, source: str, out: Path, as_video: bool
) -> Callable[[Frame, np.ndarray], None]:
    """A function that saves a frame's picture; ``files`` closes the video in the end."""
    if not as_video:
        return lambda frame, image: _write_picture(out / 'pictures', frame, image)
    writer: cv2.VideoWriter | None = None
    shape = (0, 0, 3)  # of the video's pictures

    def save(frame: Frame, image: np.ndarray) -> None:
        nonlocal writer, shape
        if writer is None:
            target = out / f'{Path(source).stem}.mp4'
            rate, shape = video_rate(source) or FRAME_RATE, image.shape
            writer = files.enter_context(_video_file(target, image, rate))
        if image.shape != shape:
            image = cv2.resize(image, shape[1::-1])
        writer.write(image)

    return save


def _drawn(
    frame: Frame, sample: PoseDataSample, metadata: KeypointMetadata, threshold: float
) -> np.ndarray:
    image = frame.image
    people = sample.pred_instances
    for i in range(len(people)):
        shown = people.keypoint_scores[i] >= threshold
        image = draw_pose(image, people.keypoints[i], shown, metadata.names, metadata.skeleton)
        if 'track_ids' in people:
            corner = people.bboxes[i, :2].clip(min=(2, 14)).astype(int).tolist()
            text, font = str(people.track_ids[i]), cv2.FONT_HERSHEY_SIMPLEX
            cv2.putText(image, text, corner, font, 0.5, (0, 0, 255), 1, cv2.LINE_AA)
    return image


def _write_picture(folder: Path, frame: Frame, image: np.ndarray) -> None:
    name = frame.path.stem if frame.path else 'image'
    if frame.time is not None:
        name += f'_{frame.index:06}'
    with atomic_write(folder / f'{name}.jpg') as unfinished:
        cv2.imwrite(str(unfinished), image)


@contextmanager
def _video_file(target: Path, image: np.ndarray, rate: float) -> Iterator[cv2.VideoWriter]:
    size = image.shape[1], image.shape[0]
    with atomic_write(target) as unfinished:
        writer = cv2.VideoWriter(str(unfinished), cv2.VideoWriter.fourcc(*'mp4v'), rate, size)
        if not writer.isOpened():
            raise OSError(f'{target} cannot be written as a video')
        try:
            yield writer
        finally:
            writer.release()


@contextmanager
def _results_file(target: Path) -> Iterator[Any]:
    """A function that adds a result to a JSON list, which is never in memory as a whole."""
    with atomic_write(target) as unfinished, unfinished.open('w') as file:
        before = '[\n'

        def write(result: dict[str, Any]) -> None:
            nonlocal before
            file.write(before + json.dumps(result))
            before = ',\n'

        yield write
        file.write('\n]\n' if before != '[\n' else '[]\n')


def read_image_ids(ann: Path) -> dict[str, int]:
    """Image ids of a COCO file by file names without folders.

    Raises:
        CocoFileError: It is no COCO file.
    """
    images = read_records(ann, 'images', ['file_name', 'id'])
    return {Path(image['file_name']).name: image['id'] for image in images}


def _image_id(ids: Mapping[str, int] | None, frame: Frame, index: int) -> int:
    if ids is None:
        return index
    name = frame.path.name if frame.path else ''
    if name not in ids:
        raise ValueError(f'{name} is no image of the COCO file')
    return ids[name]
