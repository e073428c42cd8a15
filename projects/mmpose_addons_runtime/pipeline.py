"""Poses by exported networks, without PyTorch."""

from pathlib import Path

from .boxes import Detector
from .onnx_detector import THRESHOLD, OnnxDetector
from .onnx_network import OnnxNetwork
from .topdown import TopdownPipeline, check_batch_size

CPU_BATCH, BATCH = 4, 32
"""Crops of a batch; larger ones exceed the caches of a CPU."""


class PosePipeline(TopdownPipeline):
    """Top-down inference by ONNX files of ``mmpose-addons export`` and ``export-detector``.

    Args:
        pose: The file of the pose network, written with ``--decode``.
        detector: The file of a detector, or a function from images to :class:`Boxes`; None:
            boxes are given with the call, or the whole image is the box.
        device: ``'cpu'``, ``'cuda'``, ``'cuda:1'``, ``'tensorrt'``, ``'coreml'``,
            ``'openvino'``; None: CUDA where onnxruntime has it, else the CPU.
        threads: Number of threads of onnxruntime on a CPU; None: ``OMP_NUM_THREADS``, else as
            many as there are cores.
        batch_size: Crops that the network sees together; by default 32, on a CPU 4.
        category: Name or index of the detector's class whose boxes are wanted.
        box_threshold: Boxes of the detector with a lower score are dropped.
        padding, pose_threshold, oks_nms: See :class:`TopdownPipeline`.

    Attributes:
        about: Device, execution provider and version of onnxruntime.

    Raises:
        ModelError: onnxruntime is missing, or a file or the device is not usable.
        ValueError: The batch size is not positive.

    Example::

        pipeline = PosePipeline('pose.onnx', 'detector.onnx')
        for people in pipeline('holiday.mp4'):
            print(people.keypoints.shape)
    """

    def __init__(
        self,
        pose: str | Path,
        detector: str | Path | Detector | None = None,
        device: str | None = None,
        threads: int | None = None,
        batch_size: int | None = None,
        category: str | int = 0,
        box_threshold: float = THRESHOLD,
        padding: float | None = None,
        pose_threshold: float = 0.0,
        oks_nms: float | None = None,
    ) -> None:
        check_batch_size(batch_size)
        network = OnnxNetwork(pose, device, threads)
        if isinstance(detector, (str, Path)):
            detector = OnnxDetector(detector, device, threads, category, box_threshold)
        self.about = network.about
        if batch_size is None:
            batch_size = CPU_BATCH if network.device.is_cpu else BATCH
        super().__init__(network, detector, batch_size, padding, pose_threshold, oks_nms)
