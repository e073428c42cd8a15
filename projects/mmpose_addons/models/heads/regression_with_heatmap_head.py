"""Regression of coordinates, with auxiliary heatmaps on an early stage while training."""

from typing import Any

from mmpose.models.heads import RegressionHead
from mmpose.registry import MODELS
from mmpose.utils.typing import ConfigType, OptSampleList
from torch import Tensor


@MODELS.register_module()
class RegressionWithHeatmapHead(RegressionHead):
    """MMPose's ``RegressionHead`` with an auxiliary heatmap branch for training.

    The branch reads an early stage of the backbone. Its loss is meant to reduce the jitter of
    regressed points. Predictions, and networks exported by tracing, do not run it;
    ``edit_checkpoint.py --drop head.auxiliary`` takes its weights out of a checkpoint, and
    MMPose's ``switch_to_deploy`` out of a model. Without ``auxiliary`` the head has no
    branch; it loads the same checkpoints and ignores the keys of the branch.

    The head pools the last stage itself: the model has no ``GlobalAveragePooling`` neck,
    which would pool the early stage too. Targets come from the codec
    ``RegressionWithHeatmap``. ::

        backbone=dict(type='MobileNetV2', out_indices=(2, 7)),  # strides 8 and 32
        head=dict(
            type='RegressionWithHeatmapHead', in_channels=1280, num_joints=98,
            auxiliary=dict(type='HeatmapHead', in_channels=32, out_channels=98,
                           deconv_out_channels=None, loss=...), ...)

    Args:
        args, kwargs: Of ``RegressionHead``.
        auxiliary: A heatmap head with a loss, such as MMPose's ``HeatmapHead``, or None.
        stage: Which of the backbone's outputs the branch reads.
    """

    def __init__(
        self, *args: Any, auxiliary: ConfigType | None = None, stage: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.auxiliary = auxiliary and MODELS.build(auxiliary)
        self.stage = stage

    def forward(self, feats: tuple[Tensor, ...]) -> Tensor:
        """Regress coordinates (B, K, 2), normalised, from the last stage (B, C, H, W)."""
        return super().forward((feats[-1].mean((2, 3)),))

    def loss(
        self,
        inputs: tuple[Tensor, ...],
        batch_data_samples: OptSampleList,
        train_cfg: ConfigType | None = None,
    ) -> dict[str, Tensor]:
        """Return the losses of ``RegressionHead``, and ``loss_heatmap`` of the branch."""
        losses = super().loss(inputs, batch_data_samples, train_cfg or {})
        if self.auxiliary is not None:
            branch = self.auxiliary.loss(
                (inputs[self.stage],), batch_data_samples, dict(compute_acc=False)
            )
            losses['loss_heatmap'] = branch['loss_kpt']
        return losses

    def switch_to_deploy(self, test_cfg: ConfigType | None = None) -> None:
        """Remove the branch."""
        self.auxiliary = None
