"""Wing loss in input pixels (Feng et al. 2018, arXiv 1711.06753).

Shape letters: B samples, K keypoints. Coordinates are (x, y).
"""

from collections.abc import Sequence

import torch
from mmpose.registry import MODELS
from torch import Tensor, nn

from mmpose_addons_core.arrays import compute_float
from mmpose_addons_core.losses import mean_over_visible, wing


@MODELS.register_module()
class PixelWingLoss(nn.Module):
    """Mean of :func:`~mmpose_addons_core.losses.wing` over the visible points, x and y.

    MMPose's heads regress coordinates in [0, 1]. There the paper's omega of 10 pixels is
    never reached, and the loss is nearly a scaled L1. This loss scales the difference
    to input px first, so that omega and epsilon are those of the paper.

    Differences from MMPose's ``WingLoss``: pixels; the mean over visible points instead of
    the sum over all; a weight multiplies the loss of a point and not its coordinates.

    Args:
        input_size: (w, h) of the network's input, input px. Needed with ``unit='pixel'``.
        omega: Half width of the logarithmic part, in `unit`.
        epsilon: Curvature of the logarithmic part, in `unit`.
        unit: ``'pixel'``, or ``'normalized'`` to leave the coordinates as they are.
        use_target_weight: Whether the points are weighted by the third argument.
        loss_weight: Factor on the result.

    Raises:
        ValueError: If the unit is unknown, or the input size missing or not (w, h).

    Example:
        >>> loss = PixelWingLoss(input_size=(128, 128))
        >>> target = torch.full((1, 2, 2), 0.5)
        >>> loss(target + 2 / 128, target, torch.ones(1, 2))  # 10 ln 2
        tensor(6.9315)
    """

    size: Tensor

    def __init__(
        self,
        input_size: Sequence[int] | None = None,
        omega: float = 10.0,
        epsilon: float = 2.0,
        unit: str = 'pixel',
        use_target_weight: bool = True,
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__()
        if unit not in ('pixel', 'normalized'):
            raise ValueError(f"unit must be 'pixel' or 'normalized', got {unit!r}")
        if unit == 'normalized':
            input_size = (1, 1)
        if input_size is None or len(input_size) != 2 or min(input_size) <= 0:
            raise ValueError(
                f"unit='pixel' needs the codec's input_size=(w, h) in px, got {input_size}"
            )
        self.register_buffer('size', torch.tensor(input_size).float(), persistent=False)
        self.omega = omega
        self.epsilon = epsilon
        self.use_target_weight = use_target_weight
        self.loss_weight = loss_weight

    def forward(self, pred: Tensor, target: Tensor, weights: Tensor | None = None) -> Tensor:
        """Return the loss, a scalar in float32 or float64.

        Args:
            pred: (B, K, 2), normalised.
            target: (B, K, 2), normalised.
            weights: (B, K) or (B, K, 1); 0 marks an invisible point.

        Raises:
            ValueError: If the shapes are not these; none is broadcast.
        """
        if pred.shape != target.shape or pred.ndim != 3 or pred.shape[-1] != 2:
            raise ValueError(
                'prediction and target must both have shape (B, K, 2), got '
                f'{tuple(pred.shape)} and {tuple(target.shape)}'
            )
        points = pred.shape[:2]
        if weights is None or not self.use_target_weight:
            weights = pred.new_ones(points)
        if weights.shape not in (points, (*points, 1)):
            raise ValueError(
                f'weights of predictions {tuple(pred.shape)} must have shape '
                f'{tuple(points)} or {(*points, 1)}, got {tuple(weights.shape)}'
            )
        weights = weights.reshape(points)
        # the labels of invisible points may be anything, NaN included
        difference = compute_float(pred) - compute_float(target)
        difference = torch.where(weights[..., None] > 0, difference, 0) * self.size
        losses = wing(difference, self.omega, self.epsilon)
        return self.loss_weight * mean_over_visible(losses, weights)
