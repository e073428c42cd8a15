"""Geometric views of images: scaled, rotated and mirrored, and the exact inverse.

Shape letters: V views, B images, C channels, K keypoints, H x W an image or a map. Coordinates
are (x, y) in px, origin at the centre of the first pixel. A matrix (2, 3) moves a point of the
image to where it appears in the view.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..setting_checks import check_counts, check_numbers


@dataclass(frozen=True)
class Views:
    """V views of each of B images.

    Attributes:
        scale: (V, B); above 1, the content is smaller and the view shows more than the image.
        rotation: (V, B), degrees; positive rotates the content anticlockwise.
        flip: (V, B), bool; whether to mirror left to right, before scale and rotation.
    """

    scale: np.ndarray
    rotation: np.ndarray
    flip: np.ndarray

    def __len__(self) -> int:
        return len(self.scale)

    def unchanged(self, view: int) -> bool:
        """Return whether this view is the unchanged image, for every image."""
        still = (self.scale[view] == 1) & (self.rotation[view] == 0) & ~self.flip[view]
        return bool(still.all())

    def matrices(self, size: tuple[int, int]) -> Tensor:
        """Return matrices (V, B, 2, 3), float64, about the centre of images of (w, h) px."""
        angle = np.deg2rad(self.rotation)
        cos, sin = np.cos(angle) / self.scale, np.sin(angle) / self.scale
        mirror = np.where(self.flip, -1.0, 1.0)
        linear = np.stack(
            (np.stack((cos * mirror, sin), -1), np.stack((-sin * mirror, cos), -1)), -2
        )
        centre = (np.array(size) - 1) / 2
        shift = centre - linear @ centre
        return torch.from_numpy(np.concatenate((linear, shift[..., None]), -1))


@dataclass(frozen=True)
class ViewSampler:
    """Draws views as CC-SSL does (Mu et al. 2020, arXiv 1912.08265, and its code).

    The first view is the image itself. The others are scaled by 1 + ``scale_std`` n and rotated
    by ``rotation_std`` n degrees, each with its own standard normal n, clipped to the limits.

    Args:
        count: V, the first view included.
        scale_std: Of the scale.
        scale_limit: Scales lie within 1 -+ this.
        rotation_std: Degrees.
        rotation_limit: Degrees; rotations lie within -+ this.
        flip_share: Probability that a view is mirrored; 0 in the paper.

    Raises:
        ValueError: If a number lies outside its range.
    """

    count: int = 5
    scale_std: float = 0.25
    scale_limit: float = 0.25
    rotation_std: float = 30.0
    rotation_limit: float = 60.0
    flip_share: float = 0.0

    def __post_init__(self) -> None:
        check_counts(1, count=self.count)
        check_numbers(**vars(self))
        if min(self.scale_std, self.rotation_std, self.rotation_limit) < 0:
            raise ValueError(
                'scale_std, rotation_std and rotation_limit must not be negative, got '
                f'{self.scale_std}, {self.rotation_std} and {self.rotation_limit}'
            )
        if not 0 <= self.scale_limit < 1 or not 0 <= self.flip_share <= 1:
            raise ValueError(
                'scale_limit must lie in [0, 1) and flip_share in [0, 1], got '
                f'{self.scale_limit} and {self.flip_share}'
            )

    def sample(self, rngs: Sequence[np.random.Generator]) -> Views:
        """Sample views, with one generator per image."""
        normal = np.stack([rng.standard_normal((2, self.count)) for rng in rngs], -1)
        flip = np.stack([rng.random(self.count) for rng in rngs], -1) < self.flip_share
        limit = self.scale_limit
        scale = 1 + np.clip(self.scale_std * normal[0], -limit, limit)
        rotation = np.clip(
            self.rotation_std * normal[1], -self.rotation_limit, self.rotation_limit
        )
        scale[0], rotation[0], flip[0] = 1, 0, False
        return Views(scale, rotation, flip)


def on_maps(matrices: Tensor, scale: Sequence[float] | np.ndarray) -> Tensor:
    """Convert matrices from input px to heatmap px.

    Args:
        matrices: (..., 2, 3), in input px.
        scale: (x, y), input px per heatmap px.
    """
    px = torch.as_tensor(scale, dtype=matrices.dtype, device=matrices.device)
    linear = matrices[..., :2] * px / px[:, None]
    return torch.cat((linear, matrices[..., 2:] / px[:, None]), -1)


def inverse(matrices: Tensor) -> Tensor:
    """Return the inverse matrices (..., 2, 3)."""
    linear = torch.linalg.inv(matrices[..., :2])
    return torch.cat((linear, -linear @ matrices[..., 2:]), -1)


def move_points(points: Tensor, matrices: Tensor) -> Tensor:
    """Move points (..., K, 2) by matrices (..., 2, 3).

    Example:
        >>> mirror = torch.tensor([[-1.0, 0.0, 9.0], [0.0, 1.0, 0.0]])
        >>> move_points(torch.tensor([[2.0, 5.0]]), mirror)
        tensor([[7., 5.]])
    """
    matrices = matrices.to(points)
    return points @ matrices[..., :2].mT + matrices[..., None, :, 2]


def warp(images: Tensor, matrices: Tensor, out: Tensor | None = None) -> Tensor:
    """Warp images by matrices; bilinear, black outside the image.

    PyTorch samples the whole batch at once. On a CPU, OpenCV warps float32 images, which takes
    half the time; it rounds the sampled positions to 1/32 px.

    Args:
        images: (B, C, H, W); on a CPU fastest in channels-last memory, which the result has.
        matrices: (B, 2, 3), from points of the image to points of the result, px.
        out: An earlier result that is no longer needed. On a CPU its memory is reused if the
            shape fits, which saves the time to allocate.

    Returns:
        (B, C, H, W).
    """
    if images.is_cpu and images.dtype == torch.float32:
        return _warp_by_opencv(images, matrices, out)
    height, width = images.shape[-2:]
    # grid_sample asks where a result's pixel comes from, in units of half the image
    back = inverse(matrices.double())
    centre = torch.tensor([(width - 1) / 2, (height - 1) / 2]).to(back)
    linear, shift = back[..., :2], back[..., 2:]
    middle = (linear @ centre[:, None] + shift) / centre[:, None] - 1
    theta = torch.cat((linear * centre / centre[:, None], middle), -1).to(images)
    grid = F.affine_grid(theta, list(images.shape), align_corners=True)
    return F.grid_sample(images, grid, align_corners=True)


def _warp_by_opencv(images: Tensor, matrices: Tensor, out: Tensor | None) -> Tensor:
    """Warp as :func:`warp` does, with the result in channels-last memory."""
    result = out
    if (
        result is None
        or result.shape != images.shape
        or not result.is_contiguous(memory_format=torch.channels_last)
    ):
        result = torch.empty_like(images, memory_format=torch.channels_last)
    channels, height, width = images.shape[1:]
    # Copy each image here first: OpenCV reads a rotated image twice as fast from the CPU cache
    source = torch.empty(height * width, channels)
    # OpenCV expects no axis for a single channel
    read = source.view(height, width, channels).squeeze(-1).numpy()
    targets = result.permute(0, 2, 3, 1).squeeze(-1).numpy()
    for image, matrix, target in zip(
        images.detach(), matrices.double().numpy(), targets, strict=True
    ):
        source.copy_(image.flatten(1).T)
        cv2.warpAffine(read, matrix, (width, height), dst=target)
    return result


def swap_sides(values: Tensor, flip: Tensor, flip_indices: Sequence[int], dim: int) -> Tensor:
    """Exchange left and right keypoints of mirrored images.

    Args:
        values: (B, ...), K entries along ``dim``.
        flip: (B,), bool.
        flip_indices: For each keypoint its mirror image's index.
        dim: The dimension of keypoints.
    """
    if not flip.any():
        return values
    swapped = values.index_select(dim, torch.as_tensor(flip_indices, device=values.device))
    return torch.where(flip.reshape(-1, *[1] * (values.ndim - 1)), swapped, values)
