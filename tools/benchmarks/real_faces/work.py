"""What one worker does: train and validate a network, or test one.

A worker is a process or a thread. It reads the faces once.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from mmengine.logging import MMLogger

from .arms import all_arms
from .errors import ComparisonError
from .faces import Faces, clips, read_faces, split
from .graphs import thread_streams
from .networks import Network
from .refine import predict_twice, side_per_extent
from .scores import eye_distances, jitters, scores
from .store import Store, Task
from .training import predict, predict_views, train


@dataclass(frozen=True)
class Settings:
    """What all runs share.

    Args:
        data: Folder of ``train.json`` and ``test.json``.
        out: Folder of the results.
        device: Of PyTorch.
        steps: Of each training.
        batch: Crops a step.
        graphs: Replay CUDA graphs.
        views: Moved crops of each test face, for jitter.
        limit: At most so many faces of each file; 0: all.
    """

    data: Path
    out: Path
    device: str
    steps: int
    batch: int
    graphs: bool
    views: int
    limit: int

    def shared(self) -> dict[str, Any]:
        """Return what must be the same for all runs that are compared.

        Raises:
            OSError: The data cannot be read.
        """
        files = (self.data / 'train.json', self.data / 'test.json')
        digest = hashlib.sha256(b''.join(file.read_bytes() for file in files))
        return dict(
            data=digest.hexdigest()[:12],
            steps=self.steps,
            batch=self.batch,
            views=self.views,
            limit=self.limit,
        )


def has_gpu() -> bool:
    return torch.cuda.is_available()


def check_device(device: str, report_only: bool) -> None:
    """Refuse a device that is none, or that runs need and that is not there.

    Raises:
        ComparisonError: It names the device.
    """
    try:
        kind = torch.device(device).type
    except RuntimeError:
        kind = ''
    if kind not in ('cpu', 'cuda'):
        raise ComparisonError(f'--device must be cuda or cpu, got {device}')
    if kind == 'cuda' and not report_only and not has_gpu():
        raise ComparisonError(f'--device {device} needs a GPU, got none; try --device cpu')


def as_before(settings: Settings, before: Mapping[str, Any]) -> Settings:
    """Return settings with the limit of earlier runs; refuse other data than theirs.

    Raises:
        ComparisonError: The results are of other data.
    """
    found = settings.shared()['data']
    if before.get('data', found) != found:
        raise ComparisonError(f'{settings.out} has results of other data, got {settings.data}')
    return replace(settings, limit=before.get('limit', settings.limit))


def start(threads: int) -> None:
    """Set what a process needs: threads, precision and a quiet logger."""
    # the current logger from now on: MMEngine logs a line for each weight otherwise
    MMLogger.get_instance('face_losses', log_level='WARNING')
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
    torch.backends.cudnn.benchmark = False
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True


@cache
def training_faces(settings: Settings) -> tuple[Faces, Faces]:
    """Read the training and the validation part to the device.

    Raises:
        ComparisonError: A face cannot be used, or there are too few for two parts.
    """
    faces = read_faces(settings.data / 'train.json')
    if settings.limit:
        faces = faces.part(np.arange(min(settings.limit, len(faces))))
    parts = split(clips(faces.files))
    sizes = [len(part) for part in parts]
    if not all(sizes):
        raise ComparisonError(
            f'{settings.data / "train.json"}: faces of several clips are needed for a training '
            f'and a validation part, got {sizes[0]} and {sizes[1]} faces'
        )
    train_part, validation = (faces.part(part).to(settings.device) for part in parts)
    return train_part, validation


@cache
def test_faces(settings: Settings) -> Faces:
    """Read the test faces to the device."""
    faces = read_faces(settings.data / 'test.json')
    if settings.limit:
        faces = faces.part(np.arange(min(settings.limit, len(faces))))
    return faces.to(settings.device)


def do(task: Task, settings: Settings) -> dict:
    """Do a task and write its result, which is returned."""
    if not settings.device.startswith('cuda'):
        return _do(task, settings)
    # threads of one process each have a stream; the faces were made on the default stream
    torch.cuda.synchronize()
    with torch.cuda.stream(thread_streams()[0]):
        result = _do(task, settings)
        torch.cuda.current_stream().synchronize()
    return result


def _do(task: Task, settings: Settings) -> dict:
    store = Store(settings.out)
    result = _test(task, settings, store) if task.test else _train(task, settings, store)
    result = dict(
        arm=task.arm,
        rate=task.rate,
        seed=task.seed,
        batch=settings.batch,
        device=_device_name(settings.device),
        torch=torch.__version__,
        **result,
    )
    store.write(task, result)
    return result


def _train(task: Task, settings: Settings, store: Store) -> dict:
    faces, validation = training_faces(settings)
    network, seen = train(
        all_arms()[task.arm],
        faces,
        rate=task.rate,
        seed=task.seed,
        steps=settings.steps,
        batch=settings.batch,
        graphs=settings.graphs,
    )
    truth = validation.landmarks.double().cpu().numpy()
    found = scores(predict(network, validation), truth, validation.box)
    store.save_weights(task, network.state_dict())
    return dict(faces=len(faces), validation=found, **seen)


def _test(task: Task, settings: Settings, store: Store) -> dict:
    training = Task(task.arm, task.rate, task.seed)
    network = Network(all_arms()[task.arm], task.seed).to(settings.device)
    file = store.weights(training)
    network.load_state_dict(torch.load(file, map_location=settings.device, weights_only=True))
    faces = test_faces(settings)
    truth = faces.landmarks.double().cpu().numpy()
    found = predict(network, faces)
    ratio = side_per_extent(training_faces(settings)[0])
    again = predict_twice(network, faces, found, ratio)
    views = predict_views(network, faces, settings.views)
    eyes = eye_distances(truth)
    store.save_predictions(task, landmarks=found.astype(np.float32))
    return dict(
        test=scores(found, truth, faces.box),
        two_stages=scores(again, truth, faces.box),
        jitter=jitters(views, eyes, faces.box),
        views=settings.views,
    )


def _device_name(device: str) -> str:
    return torch.cuda.get_device_name(device) if device.startswith('cuda') else device
