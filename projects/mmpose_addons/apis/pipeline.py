"""Find poses by networks of MMPose and MMDet, or by exported ones."""

from pathlib import Path

import torch
from mmengine.config import Config
from mmpose.models.pose_estimators import TopdownPoseEstimator
from mmpose.structures import PoseDataSample

from mmpose_addons_runtime.boxes import Detector
from mmpose_addons_runtime.frames import Frame
from mmpose_addons_runtime.onnx_detector import OnnxDetector
from mmpose_addons_runtime.onnx_network import OnnxNetwork
from mmpose_addons_runtime.people import People
from mmpose_addons_runtime.pipeline import BATCH, CPU_BATCH
from mmpose_addons_runtime.protocol import KeypointNetwork
from mmpose_addons_runtime.topdown import TopdownPipeline, check_batch_size

from ..estimators.devices import torch_device
from ..estimators.torch_network import TorchNetwork
from .detector import BoxDetector
from .results import pose_sample

ConfigAndWeights = tuple[str | Path | Config, str | Path | None]
"""A config of MMPose or MMDet, and a checkpoint, None for random weights."""


class PosePipeline(TopdownPipeline):
    """Top-down inference: yields the poses of one image after the other.

    It yields a ``PoseDataSample`` an image, with ``pred_instances`` of N people: ``keypoints``
    (N, K, 2) in image px, ``keypoint_scores`` (N, K), ``bboxes``, ``bbox_scores``,
    ``pose_scores``. ``mmpose_addons_runtime.PosePipeline`` does the same with ONNX files alone
    and without PyTorch.

    Args:
        pose: (config, checkpoint) of MMPose, the path of an ONNX file of
            ``mmpose-addons export``, or a built estimator.
        detector: (config, checkpoint) of MMDet, the path of an ONNX file of
            ``mmpose-addons export-detector``, or a :class:`BoxDetector`; None: boxes are given
            with the call, or the whole image is the box.
        device: ``'cpu'``, ``'cuda'``, ...; by default CUDA where there is one.
        batch_size: Crops that the network sees together; by default 32, on a CPU 4, because
            larger batches exceed its caches.
        flip_test: Average with the mirrored crop; None: as the config says.
        padding: The crop's size as a multiple of the box's; None: as the config says.
        box_threshold: Least score of a box, of a (config, checkpoint) or an ONNX file.
        box_nms: See :class:`BoxDetector`; for a (config, checkpoint) only.
        pose_threshold, oks_nms: See :class:`TopdownPipeline`.
        fast: See :class:`TorchNetwork`.

    Raises:
        ModelError: A config or checkpoint is not usable.
        ValueError: The batch size is not positive.

    Example::

        pipeline = PosePipeline(('pose.py', 'pose.pth'), ('detector.py', 'detector.pth'))
        for sample in pipeline('holiday.mp4'):
            print(sample.img_id, sample.pred_instances.keypoints.shape)
    """

    def __init__(
        self,
        pose: ConfigAndWeights | str | Path | TopdownPoseEstimator,
        detector: ConfigAndWeights | str | Path | Detector | None = None,
        device: str | torch.device | None = None,
        batch_size: int | None = None,
        flip_test: bool | None = None,
        padding: float | None = None,
        box_threshold: float = 0.3,
        box_nms: float | None = None,
        pose_threshold: float = 0.0,
        oks_nms: float | None = None,
        fast: bool = True,
    ) -> None:
        self.device = torch_device(device)
        if batch_size is None:
            batch_size = CPU_BATCH if self.device.type == 'cpu' else BATCH
        check_batch_size(batch_size)
        network: KeypointNetwork
        where = str(self.device), torch.get_num_threads()  # of ONNX files
        if isinstance(pose, (str, Path)):
            network = OnnxNetwork(pose, *where)
        else:
            config, checkpoint = pose if isinstance(pose, tuple) else (pose, None)
            network = TorchNetwork(config, checkpoint, self.device, flip_test, fast)
        if isinstance(detector, tuple):
            detector = BoxDetector(
                *detector, self.device, threshold=box_threshold, nms_threshold=box_nms
            )
        elif isinstance(detector, (str, Path)):
            detector = OnnxDetector(detector, *where, threshold=box_threshold)
        super().__init__(network, detector, batch_size, padding, pose_threshold, oks_nms)

    def _result(self, frame: Frame, people: People) -> PoseDataSample:
        return pose_sample(frame, people)
