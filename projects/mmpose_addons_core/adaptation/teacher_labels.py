"""Mean teacher: which of a teacher's keypoints a student learns, and how strongly.

Shape letters: B images, K keypoints, P patches, C channels, H x W an image. Coordinates are
(x, y) in input px.
"""

import math

import torch
from torch import Tensor

from ..setting_checks import check_counts, check_numbers
from .views import inverse, move_points


def ramp_up(progress: float) -> float:
    r"""Return the factor of the consistency loss, :math:`\exp(-5 (1 - t)^2)`.

    Laine and Aila, "Temporal Ensembling", ICLR 2017, arXiv 1610.02242; MDAM-MT has it, too.

    Args:
        progress: t, the share of the ramp that is done; values outside [0, 1] are clipped.

    Example:
        >>> [round(ramp_up(t), 3) for t in (0, 0.5, 1, 7)]
        [0.007, 0.287, 1.0, 1.0]
    """
    return math.exp(-5 * (1 - min(max(progress, 0.0), 1.0)) ** 2)


def from_view_to_view(first: Tensor, second: Tensor) -> Tensor:
    """Return matrices that move points of one view of an image into another view of it.

    Args:
        first: (..., 2, 3), from the image to the view whose points are moved.
        second: (..., 2, 3), from the image to the view where they are needed.

    Returns:
        (..., 2, 3).

    Example:
        >>> half = torch.tensor([[0.5, 0.0, 0.0], [0.0, 0.5, 0.0]])
        >>> shifted = torch.tensor([[1.0, 0.0, -3.0], [0.0, 1.0, 0.0]])
        >>> matrix = from_view_to_view(half, shifted)
        >>> move_points(torch.tensor([[4.0, 5.0]]), matrix)  # image px: (8, 10)
        tensor([[ 5., 10.]])
    """
    back = inverse(first)
    linear = second[..., :2] @ back[..., :2]
    shift = move_points(back[..., None, :, 2], second)[..., 0, :]
    return torch.cat((linear, shift[..., None]), -1)


def most_confident(confidence: Tensor, share: float, among: Tensor | None = None) -> Tensor:
    """Mark the most confident share of the joints of a batch.

    UDAPE (Kim et al., ECCV 2022) keeps the joints above the batch's median, a share of 0.5.
    Joints that are as confident as the last one that is kept are kept, too.

    Args:
        confidence: (B, K).
        share: In [0, 1]; of all joints of ``among``, rounded to a whole number of joints.
        among: Confidences of the whole batch, any shape, where several processes share it;
            by default ``confidence``.

    Returns:
        (B, K), bool.

    Example:
        >>> most_confident(torch.tensor([[0.1, 0.9], [0.3, 0.2]]), 0.5)
        tensor([[False,  True],
                [ True, False]])
    """
    every = (confidence if among is None else among).flatten()
    count = round(share * len(every))
    if count == 0:
        return torch.zeros_like(confidence, dtype=torch.bool)
    return confidence >= every.topk(count).values[-1]


def smallest_losses(losses: Tensor, count: int) -> Tensor:
    """Mark the ``count`` joints of each image that have the smallest losses.

    MDAM-MT (Li and Lee, CVPR 2021): a network learns clean labels first, so a label with a
    large loss is probably wrong.

    Args:
        losses: (B, K).
        count: From 0 to K.

    Returns:
        (B, K), bool.

    Example:
        >>> smallest_losses(torch.tensor([[0.3, 0.1, 0.2]]), 2)
        tensor([[False,  True,  True]])
    """
    chosen = losses.argsort(dim=1, stable=True)[:, :count]
    return torch.zeros_like(losses, dtype=torch.bool).scatter_(1, chosen, True)


def count_of_small_losses(epoch: int, joints: int, start: int = 2, floor: float = 0.5) -> int:
    """Return how many joints of an image MDAM-MT keeps: one fewer each epoch from ``start`` on.

    Args:
        epoch: From 0.
        joints: K.
        start: First epoch that leaves a joint out.
        floor: Share of the joints that is always kept.

    Raises:
        ValueError: If ``floor`` is no share or ``start`` is no whole number.

    Example:
        >>> [count_of_small_losses(epoch, 18) for epoch in (0, 2, 5, 50)]
        [18, 17, 14, 9]
    """
    check_numbers(floor=floor)
    check_counts(0, start=start)
    if not 0 < floor <= 1:
        raise ValueError(f'floor must lie in (0, 1], got {floor}')
    return max(math.ceil(floor * joints), joints - max(0, epoch - start + 1))


def agreeing(first: Tensor, second: Tensor, distance: float) -> Tensor:
    """Mark joints (B, K) at which two predictions (B, K, 2) differ by at most ``distance`` px.

    Example:
        >>> agreeing(torch.zeros(1, 2, 2), torch.tensor([[[3.0, 4.0], [0.0, 6.0]]]), 5)
        tensor([[ True, False]])
    """
    return (first - second).norm(dim=-1) <= distance


def inside_image(points: Tensor, size: tuple[int, int]) -> Tensor:
    """Mark points (..., 2) that lie on the pixels of an image of size (w, h) px."""
    limit = torch.tensor(size, dtype=points.dtype, device=points.device) - 0.5
    return ((points >= -0.5) & (points <= limit)).all(-1)


def cover(images: Tensor, rows: Tensor, corners: Tensor, origins: Tensor, size: int) -> Tensor:
    """Cover squares of images with squares from elsewhere in the same images.

    UDAPE's occlusion of joints: the label of a covered joint stays, so a network learns to find
    the joint by what surrounds it. An image may be covered once only.

    Args:
        images: (B, C, H, W).
        rows: (P,), the image of each patch; int64.
        corners: (P, 2), upper left pixel (x, y) that is covered; int64. Clipped so that the
            square lies in the image.
        origins: (P, 2), upper left pixel (x, y) of what covers it; clipped likewise.
        size: Side of the squares, px, at most the images' shorter side.

    Returns:
        (B, C, H, W), a new tensor.

    Raises:
        ValueError: If the squares are larger than the images.
    """
    height, width = images.shape[-2:]
    if not 1 <= size <= min(height, width):
        raise ValueError(
            f'patches must have a side between 1 px and {min(height, width)} px, that of the '
            f'images, got {size}'
        )
    last = torch.tensor((width - size, height - size), device=corners.device)
    steps = torch.arange(size, device=images.device)

    def pixels(start: Tensor) -> tuple[Tensor, slice, Tensor, Tensor]:
        x, y = torch.minimum(start.clamp(min=0), last).unbind(-1)
        down, across = y[:, None, None] + steps[:, None], x[:, None, None] + steps
        return rows[:, None, None], slice(None), down, across

    result = images.clone()
    result[pixels(corners)] = images[pixels(origins)]
    return result
