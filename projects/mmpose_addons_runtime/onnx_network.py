"""Run exported pose networks as a function from crops to keypoints.

Shape letters: B crops, K keypoints, h x w the network's input. Coordinates are (x, y).
"""

from pathlib import Path

import numpy as np

from .errors import ModelError
from .metadata import NetworkMetadata
from .onnx_session import open_onnx
from .signature import check_pose


class OnnxNetwork:
    """Predict keypoints of crops by a file of ``mmpose-addons export --decode``.

    Args:
        file: The ONNX file.
        device, threads: See :func:`open_onnx`.

    Raises:
        ModelError: See :func:`open_onnx`; or the file is another kind of network.
    """

    def __init__(
        self, file: str | Path, device: str | None = 'cpu', threads: int | None = None
    ) -> None:
        self.session, described, self.device, self.about = open_onnx(file, device, threads)
        try:
            about = NetworkMetadata.from_json(described)
        except ValueError as error:
            raise ModelError(f'{file}: {error}') from None
        if not about.decoded:
            raise ModelError(f'{file} returns heatmaps; export it with --decode')
        check_pose(self.session, file, about)
        self.geometry, self.metadata = about.geometry, about.keypoints
        self.batch_size = about.batch_size

    def __call__(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Predict points (B, K, 2), input px, and scores (B, K).

        Args:
            crops: (B, h, w, 3), uint8, BGR.
        """
        step = self.batch_size or len(crops)
        found = np.concatenate(
            [self._run(crops[start : start + step]) for start in range(0, len(crops), step)]
        )
        return found[..., :2].astype(np.float64), found[..., 2]

    def _run(self, crops: np.ndarray) -> np.ndarray:
        """Return (B, K, 3); pad a short batch if the file takes a fixed size."""
        (found,) = self.session.run(None, {'crops': filled(crops, self.batch_size)})
        return found[: len(crops)]


def filled(images: np.ndarray, batch_size: int | None) -> np.ndarray:
    """Append black images (B, H, W, 3) up to a fixed batch size; None: any size will do."""
    if batch_size is None or len(images) >= batch_size:
        return images
    filling = np.zeros((batch_size - len(images), *images.shape[1:]), np.uint8)
    return np.concatenate((images, filling))
