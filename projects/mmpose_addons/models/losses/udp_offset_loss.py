"""Loss of UDP's combined target."""

from mmpose.registry import MODELS
from torch import Tensor, nn

from mmpose_addons_core.losses import udp_offset_loss


@MODELS.register_module()
class UDPOffsetLoss(nn.Module):
    """Label and masked offset loss of UDP (arXiv 1911.07524), for UDPOffsetHeatmap.

    See :func:`mmpose_addons_core.losses.udp_offset_loss`.

    Args:
        offset_weight: Weight of the offsets relative to the labels.
        smooth: Smooth L1 distances rather than squared ones.
        loss_weight: Factor to the whole loss.
    """

    def __init__(
        self,
        offset_weight: float = 1.0,
        smooth: bool = True,
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__()
        self.offset_weight = offset_weight
        self.smooth = smooth
        self.loss_weight = loss_weight

    def forward(self, output: Tensor, target: Tensor, target_weights: Tensor) -> Tensor:
        """Return the scalar loss of maps (B, 3 K, H, W) with weights (B, K)."""
        return self.loss_weight * udp_offset_loss(
            output, target, target_weights, self.offset_weight, self.smooth
        )
