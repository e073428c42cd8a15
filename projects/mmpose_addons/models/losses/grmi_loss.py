"""Loss of G-RMI's disks and offsets."""

from mmpose.registry import MODELS
from torch import Tensor, nn

from mmpose_addons_core.losses import grmi_loss


@MODELS.register_module()
class GRMILoss(nn.Module):
    """Logistic loss of the disk, Huber loss of the offsets in it, for DiskOffsetHeatmap.

    Papandreou et al. 2017, arXiv 1701.01779; see
    :func:`mmpose_addons_core.losses.grmi_loss`.

    Args:
        label_weight: The paper's lambda_h.
        offset_weight: The paper's lambda_o.
        delta: Distance at which the Huber loss becomes linear, in units of the disk's radius.
        loss_weight: Factor to the whole loss.
    """

    def __init__(
        self,
        label_weight: float = 4.0,
        offset_weight: float = 1.0,
        delta: float = 1.0,
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__()
        self.label_weight = label_weight
        self.offset_weight = offset_weight
        self.delta = delta
        self.loss_weight = loss_weight

    def forward(self, output: Tensor, target: Tensor, target_weights: Tensor) -> Tensor:
        """Return the scalar loss of maps (B, 3 K, H, W), labels as logits, weights (B, K)."""
        return self.loss_weight * grmi_loss(
            output,
            target,
            target_weights,
            self.label_weight,
            self.offset_weight,
            self.delta,
        )
