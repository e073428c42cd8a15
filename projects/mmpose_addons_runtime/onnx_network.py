"""Run exported networks as a function from crops to keypoints.

Shape letters: B crops, K keypoints, h x w the network's input. Coordinates are (x, y).
"""

from pathlib import Path

import numpy as np

from mmpose_addons_core.onnx_files import METADATA

from .errors import ModelError
from .metadata import NetworkMetadata


class OnnxNetwork:
    """Predict keypoints of crops by a file of ``tools/export_onnx.py --decode``.

    Args:
        file: The ONNX file.
        device: ``'cpu'`` or ``'cuda'``; the latter needs onnxruntime-gpu.
        threads: Number of threads of onnxruntime on a CPU; None: as many as there are cores.

    Raises:
        ModelError: onnxruntime is missing, or the file is not one of these.
    """

    def __init__(
        self, file: str | Path, device: str = 'cpu', threads: int | None = None
    ) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise ModelError(f'{file} needs onnxruntime: pip install onnxruntime') from None
        if not Path(file).is_file():
            raise ModelError(f'{file} is missing')
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        providers = ['CPUExecutionProvider']
        if device.startswith('cuda'):
            if 'CUDAExecutionProvider' not in onnxruntime.get_available_providers():
                raise ModelError('onnxruntime has no CUDA here: pip install onnxruntime-gpu')
            providers.insert(0, 'CUDAExecutionProvider')
        try:
            self.session = onnxruntime.InferenceSession(str(file), options, providers)
            described = self.session.get_modelmeta().custom_metadata_map.get(METADATA)
        except Exception as error:  # onnxruntime's own have no common base; texts not in UTF-8
            reason = (str(error).splitlines() or [''])[0]
            raise ModelError(
                f'{file} cannot be read as ONNX: {type(error).__name__}: {reason}'
            ) from None
        if described is None:
            raise ModelError(f'{file} was not written by tools/export_onnx.py')
        try:
            about = NetworkMetadata.from_json(described)
        except ValueError as error:
            raise ModelError(f'{file}: {error}') from None
        if not about.decoded:
            raise ModelError(f'{file} returns heatmaps; export it with --decode')
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
        count = len(crops)
        if self.batch_size and count < self.batch_size:
            filling = np.zeros((self.batch_size - count, *crops.shape[1:]), np.uint8)
            crops = np.concatenate((crops, filling))
        (found,) = self.session.run(None, {'crops': crops})
        return found[:count]
