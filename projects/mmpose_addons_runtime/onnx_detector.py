"""Boxes of people, animals or faces by an exported detector."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from mmpose_addons_core.onnx_files import DetectorMetadata
from mmpose_addons_core.setting_checks import check_shares

from .boxes import Boxes, class_label
from .errors import ModelError
from .onnx_network import filled
from .onnx_session import open_onnx
from .signature import check_detector

THRESHOLD = 0.3


class OnnxDetector:
    """A detector of ``mmpose-addons export-detector``, reduced to the boxes of one category.

    Args:
        file: The ONNX file; its format is in ``mmpose_addons_core.onnx_files``.
        device, threads: See :func:`open_onnx`.
        category: Name or index of the class whose boxes are wanted.
        threshold: Boxes with a lower score are dropped.

    Raises:
        ModelError: See :func:`open_onnx`; or the file is another kind of network, has no such
            class, or has only boxes above a higher threshold.
        ValueError: The threshold is not from 0 to 1.
    """

    def __init__(
        self,
        file: str | Path,
        device: str | None = 'cpu',
        threads: int | None = None,
        category: str | int = 0,
        threshold: float = THRESHOLD,
    ) -> None:
        self.session, described, self.device, self.about = open_onnx(file, device, threads)
        try:
            about = DetectorMetadata.from_json(described)
        except ValueError as error:
            raise ModelError(f'{file}: {error}') from None
        check_detector(self.session, file, about)
        check_shares(box_threshold=threshold)
        if threshold < about.score_threshold:
            raise ModelError(
                f'{file} holds only boxes with a score of {about.score_threshold:g} or more, '
                f'got a threshold of {threshold:g}; export it with a lower one'
            )
        self.metadata, self.threshold = about, threshold
        self.label = class_label(category, about.classes, file)

    def __call__(self, images: Sequence[np.ndarray]) -> list[Boxes]:
        """Return the boxes in each of some images (H, W, 3), uint8, BGR."""
        return [
            boxes for _, alike in groupby(images, np.shape) for boxes in self._found([*alike])
        ]

    def _found(self, images: list[np.ndarray]) -> Iterator[Boxes]:
        """Yield the boxes of images of one size."""
        step = self.metadata.batch_size or len(images)
        for start in range(0, len(images), step):
            some = np.stack(images[start : start + step])
            batch = filled(some, self.metadata.batch_size)
            names = ['boxes', 'labels', 'image_indices']
            boxes, labels, owners = self.session.run(names, {'images': batch})
            wanted = (labels == self.label) & (boxes[:, 4] >= self.threshold)
            for number in range(len(some)):
                chosen = boxes[wanted & (owners == number)]
                order = np.argsort(-chosen[:, 4], kind='stable')
                yield Boxes(chosen[order, :4], chosen[order, 4])
