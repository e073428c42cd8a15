"""Losses of disk-and-offset maps, see :mod:`mmpose_addons_core.heatmaps.disk_offset`.

Shape letters: B samples, K keypoints, H x W a map. Maps are (B, 3 K, H, W): label and
offsets (dx, dy) in units of the disk's radius for each keypoint. Weights are (B, K).
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def udp_offset_loss(
    output: Tensor,
    target: Tensor,
    weights: Tensor,
    offset_weight: float = 1.0,
    smooth: bool = True,
) -> Tensor:
    r"""Compute the loss of UDP's combined target (arXiv 1911.07524, section 3.3).

    .. math:: \frac{1}{2} \overline{d(w C, w \hat C)} + \frac{\lambda}{2} \left(
              \overline{d(\hat C X, \hat C \hat X)} + \overline{d(\hat C Y, \hat C
              \hat Y)} \right)

    with means over samples, keypoints and all pixels: C the label, X and Y the offsets,
    hats the target, w the weights, d the smooth L1 or the squared distance. The
    target's offsets outside the disk have no effect.

    Args:
        output: (B, 3 K, H, W).
        target: (B, 3 K, H, W).
        weights: (B, K).
        offset_weight: :math:`\lambda`.
        smooth: Smooth L1, with which the published code trains; otherwise the squared
            distance, as in its other loss and MMPose's CombinedTargetMSELoss.

    Returns:
        Scalar.
    """
    distance = F.smooth_l1_loss if smooth else F.mse_loss
    label, offsets = _split(output)
    target_label, target_offsets = _split(target)
    weights = weights[..., None, None]
    inside = target_label[:, :, None]
    label_loss = distance(label * weights, target_label * weights)
    offset_loss = 2 * distance(offsets * inside, target_offsets * inside)
    return (label_loss + offset_weight * offset_loss) / 2


def grmi_loss(
    output: Tensor,
    target: Tensor,
    weights: Tensor,
    label_weight: float = 4.0,
    offset_weight: float = 1.0,
    delta: float = 1.0,
) -> Tensor:
    r"""Compute the loss of G-RMI (Papandreou et al. 2017, arXiv 1701.01779, section 3.2.4).

    .. math:: \lambda_h \overline{\mathrm{logistic}(h, \hat h)} + \lambda_o
              \overline{H_\delta(\| F - \hat F \|)}_{\hat h = 1}

    Differences from the paper:

    - It sums; here the logistic loss is a mean over all pixels of keypoints with a
      weight, the Huber loss one over the pixels of their disks.
    - Offsets and :math:`\delta` are in units of the disk's radius, as in the authors'
      PersonLab (arXiv 1803.08225), which puts the losses on one scale.

    Args:
        output: (B, 3 K, H, W), logits of the label and offsets.
        target: (B, 3 K, H, W).
        weights: (B, K).
        label_weight: :math:`\lambda_h`.
        offset_weight: :math:`\lambda_o`.
        delta: Distance, in radii, from which on the Huber loss is linear.

    Returns:
        Scalar; 0 where no keypoint has a weight.
    """
    logits, offsets = _split(output)
    label, target_offsets = _split(target)
    weights = weights[..., None, None].to(output.dtype).expand_as(label)
    logistic = F.binary_cross_entropy_with_logits(logits, label, reduction='none')
    squared = (offsets - target_offsets).square().sum(2)
    # Huber loss of the distance; the root is taken only where its derivative is finite.
    far = squared > delta**2
    distance = torch.where(far, squared, delta**2).sqrt()
    huber = torch.where(far, delta * (distance - delta / 2), squared / 2)
    return label_weight * _mean(logistic, weights) + offset_weight * _mean(
        huber, weights * label
    )


def _split(maps: Tensor) -> tuple[Tensor, Tensor]:
    """Split maps into labels (B, K, H, W) and offsets (B, K, 2, H, W)."""
    maps = maps.unflatten(1, (-1, 3))
    return maps[:, :, 0], maps[:, :, 1:]


def _mean(values: Tensor, weights: Tensor) -> Tensor:
    return (values * weights).sum() / weights.sum().clamp(min=1)
