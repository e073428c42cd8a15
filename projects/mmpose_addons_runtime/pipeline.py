"""Poses by an exported network, without PyTorch."""

from pathlib import Path

from .boxes import Detector
from .onnx_network import OnnxNetwork
from .topdown import TopdownPipeline, check_batch_size

CPU_BATCH, BATCH = 4, 32
"""Crops of a batch; larger ones exceed the caches of a CPU."""


class PosePipeline(TopdownPipeline):
    """Top-down inference by ONNX files of ``mmpose-addons export --decode``.

    Args:
        pose: The file of the pose network.
        detector: Finds the boxes; None: boxes are given with the call, or the whole image is
            the box.
        device: ``'cpu'`` or ``'cuda'``.
        threads: Number of threads of onnxruntime on a CPU; None: as many as there are cores.
        batch_size: Crops that the network sees together; by default 32, on a CPU 4.
        padding, pose_threshold, oks_nms: See :class:`TopdownPipeline`.

    Raises:
        ModelError: onnxruntime is missing, or a file is not usable.
        ValueError: The batch size is not positive.

    Example::

        pipeline = PosePipeline('pose.onnx')
        for people in pipeline('holiday.mp4'):
            print(people.keypoints.shape)
    """

    def __init__(
        self,
        pose: str | Path,
        detector: Detector | None = None,
        device: str = 'cpu',
        threads: int | None = None,
        batch_size: int | None = None,
        padding: float | None = None,
        pose_threshold: float = 0.0,
        oks_nms: float | None = None,
    ) -> None:
        if batch_size is None:
            batch_size = CPU_BATCH if device == 'cpu' else BATCH
        check_batch_size(batch_size)
        network = OnnxNetwork(pose, device, threads)
        super().__init__(network, detector, batch_size, padding, pose_threshold, oks_nms)
