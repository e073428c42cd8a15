"""Occlusion of sure joints in a student's images (UDAPE, Kim et al., ECCV 2022).

Shape letters: B images, K keypoints. Coordinates are (x, y) in input px.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mmpose_addons_core.adaptation import cover
from mmpose_addons_core.setting_checks import check_counts, check_numbers

STREAM = 1
"""Number of this class's stream of random numbers among those of a sample."""


@dataclass(frozen=True)
class JointOcclusion:
    """Cover joints that the teacher is sure of; their labels stay.

    The published code covers one joint in half of the images with a square of 20 px of a 256 px
    input, and takes joints with a peak of 0.9 or more. Here the surest share of the batch is
    taken, so that it fits any head.

    Args:
        probability: That an image is covered at all.
        count: Joints of an image that are covered, if so many are sure.
        size: Side of a square, as a share of the input's longer side.

    Raises:
        ValueError: If an argument lies outside its range.
    """

    probability: float = 0.5
    count: int = 1
    size: float = 20 / 256

    def __post_init__(self) -> None:
        check_counts(1, count=self.count)
        check_numbers(probability=self.probability, size=self.size)
        if not (0 <= self.probability <= 1 and 0 < self.size < 1):
            raise ValueError(
                'occlusion needs a probability in [0, 1], a count of at least 1 and a size '
                f'between 0 and 1, got {self}'
            )

    def apply(
        self,
        images: Tensor,
        rows: Sequence[int],
        points: Tensor,
        sure: Tensor,
        seeds: Sequence[int],
    ) -> Tensor:
        """Return a batch with covered images.

        Args:
            images: (N, C, h, w).
            rows: B rows of the images that may be covered.
            points: (B, K, 2), on the CPU.
            sure: (B, K), bool, on the CPU.
            seeds: B numbers that the choice depends on.

        Raises:
            ValueError: If a square is larger than the input.
        """
        height, width = images.shape[-2:]
        side = max(1, round(self.size * max(height, width)))
        if side > min(height, width):
            raise ValueError(
                f'occlusion needs squares that fit into the input of {width} x {height} px, '
                f'got size={self.size}, which is {side} px'
            )
        patches: list[list[tuple]] = [[] for _ in range(self.count)]
        for row, pose, there, seed in zip(rows, points.numpy(), sure, seeds, strict=True):
            rng = np.random.default_rng((seed, STREAM))
            joints = np.flatnonzero(there.numpy())
            if rng.random() >= self.probability or not len(joints):
                continue
            chosen = rng.permutation(joints)[: self.count]
            for patch, joint in zip(patches, chosen, strict=False):
                corner = np.round(pose[joint] - (side - 1) / 2)
                origin = rng.integers((width - side + 1, height - side + 1))
                patch.append((row, *corner, *origin))
        for patch in patches:  # an image is covered once at a time
            if patch:
                numbers = torch.tensor(np.array(patch), dtype=torch.int64).to(images.device)
                images = cover(images, numbers[:, 0], numbers[:, 1:3], numbers[:, 3:], side)
        return images
