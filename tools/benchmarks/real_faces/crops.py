"""Crops of faces, augmented as MMPose's pipeline does, for a whole batch on the device.

Shape letters: B faces, K landmarks. Coordinates are (x, y); input px are those of the crop.

``RandomFlip``, ``RandomBBoxTransform`` and ``TopdownAffine`` become one affine map a face and
one bilinear sampling. OpenCV rounds weights to 1/32 px; otherwise the pixels are the same.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from .faces import Faces

MEAN = (123.675, 116.28, 103.53)
STD = (58.395, 57.12, 57.375)


@dataclass(frozen=True)
class Moves:
    """How B crops differ from the boxes.

    Args:
        shift: (B, 2), shares of the box's side.
        scale: (B,), factor of the side.
        angle: (B,), degrees.
        flip: (B,), bool.
    """

    shift: Tensor
    scale: Tensor
    angle: Tensor
    flip: Tensor


def no_moves(count: int, device: str) -> Moves:
    zeros = torch.zeros(count, device=device)
    return Moves(zeros[:, None].expand(-1, 2), zeros + 1, zeros, zeros > 0)


def random_moves(
    count: int,
    generator: torch.Generator,
    *,
    shift: float = 0.16,
    shift_prob: float = 0.3,
    scale: tuple[float, float] = (0.75, 1.25),
    angle: float = 60,
    angle_prob: float = 0.6,
    flip_prob: float = 0.5,
) -> Moves:
    """Draw moves as ``RandomFlip`` and ``RandomBBoxTransform``, by default of the configs.

    Amounts follow a normal distribution that is cut at one standard deviation.
    """
    device = generator.device

    def uniform(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, device=device)

    edge = math.erf(1 / math.sqrt(2))
    amounts = math.sqrt(2) * torch.erfinv((2 * uniform(count, 4) - 1) * edge)
    low, high = scale
    return Moves(
        amounts[:, :2] * shift * (uniform(count, 1) < shift_prob),
        (high + low) / 2 + amounts[:, 2] * (high - low) / 2,
        amounts[:, 3] * angle * (uniform(count) < angle_prob),
        uniform(count) < flip_prob,
    )


def small_moves(count: int, generator: torch.Generator) -> Moves:
    """Draw moves between crops that show jitter: 4 % position, 5 % size, 5 degrees."""
    return random_moves(
        count,
        generator,
        shift=0.04,
        shift_prob=1,
        scale=(0.95, 1.05),
        angle=5,
        angle_prob=1,
        flip_prob=0,
    )


@dataclass(frozen=True)
class Maps:
    """Affine maps from input px to image px of B crops: p = centre + mirror(turn q).

    Args:
        turn: (B, 2, 2), image px per input px.
        centre: (B, 2), image px.
        mirror: (B, 2), (-1, 1) for flipped crops and (1, 1) for others.
        size: Width and height of the crop, input px.
    """

    turn: Tensor
    centre: Tensor
    mirror: Tensor
    size: int

    def to_image(self, points: Tensor) -> Tensor:
        """Map points (B, P, 2) from input px to image px."""
        turned = torch.einsum('bcd,bpd->bpc', self.turn, points - self.size / 2)
        return self.centre[:, None] + self.mirror[:, None] * turned

    def to_input(self, points: Tensor) -> Tensor:
        """Map points (B, P, 2) from image px to input px."""
        moved = (points - self.centre[:, None]) * self.mirror[:, None]
        # the inverse of a scaled rotation is its transpose over the scale's square
        square = self.turn.square().sum((1, 2))[:, None, None] / 2
        return torch.einsum('bdc,bpd->bpc', self.turn, moved) / square + self.size / 2


def maps(faces: Faces, indices: Tensor, moves: Moves, size: int) -> Maps:
    """Return the maps from crops to images of the faces at `indices` (B,)."""
    side = faces.side[indices]
    mirror = torch.stack((1 - 2 * moves.flip.float(), torch.ones_like(side)), dim=-1)
    scale, angle = side * moves.scale / size, torch.deg2rad(moves.angle)
    cosine, sine = scale * angle.cos(), scale * angle.sin()
    turn = torch.stack((cosine, -sine, sine, cosine), dim=-1).reshape(-1, 2, 2)
    centre = faces.centre[indices] + mirror * moves.shift * side[:, None]
    return Maps(turn, centre, mirror, size)


def crops(faces: Faces, indices: Tensor, to_image: Maps) -> Tensor:
    """Cut normalised crops (B, 3, size, size) of the faces at `indices` (B,)."""
    size, device = to_image.size, faces.images.device
    axis = torch.arange(size, device=device, dtype=torch.float32)
    pixels = torch.stack(torch.meshgrid(axis, axis, indexing='xy'), dim=-1)
    points = to_image.to_image(pixels.reshape(1, -1, 2).expand(len(indices), -1, -1))
    height, width = faces.images.shape[-2:]
    span = torch.tensor([width - 1, height - 1], device=device)
    grid = (2 * points / span - 1).reshape(-1, size, size, 2)
    images = faces.images[indices].float()
    sampled = functional.grid_sample(images, grid, padding_mode='zeros', align_corners=True)
    mean, std = (torch.tensor(v, device=device).view(1, 3, 1, 1) for v in (MEAN, STD))
    return (sampled - mean) / std


def landmarks(faces: Faces, indices: Tensor, to_image: Maps, swap: Tensor) -> Tensor:
    """Return landmarks (B, K, 2), input px; `swap` renames those of flipped crops."""
    points = to_image.to_input(faces.landmarks[indices])
    flipped = to_image.mirror[:, 0] < 0
    return torch.where(flipped[:, None, None], points[:, swap], points)
