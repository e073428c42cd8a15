"""Keypoints of unlabelled images, from predictions for several views of each.

Shape letters: V views, B images, C channels, K keypoints, h x w the network's input, H x W a
heatmap. Coordinates are (x, y) in input px unless a name says otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ..setting_checks import check_numbers
from .appearance import Appearance
from .fusion import fuse_points, maps_of_image, points_of_image
from .published_fusion import published_maps_of_image
from .views import ViewSampler, on_maps, swap_sides, warp

FUSIONS = ('heatmap', 'published', 'coordinates')


class Network(Protocol):
    """Interface of a pose network for the labeller."""

    @property
    def map_scale(self) -> Sequence[float] | np.ndarray:
        """Input px per heatmap px, (x, y)."""

    @property
    def flip_indices(self) -> Sequence[int]:
        """For each of the K keypoints its mirror image's index."""

    @property
    def full_range(self) -> Tensor | float:
        """Size of 255 grey values in the input, of each channel or of all."""

    def maps(self, images: Tensor) -> Tensor:
        """Return the heatmaps (B, K, H, W) of images (B, C, h, w)."""

    def decode_heatmaps(self, maps: Tensor) -> Tensor:
        """Decode keypoints (B, K, 2) of heatmaps."""

    def points(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Predict keypoints (B, K, 2) and scores (B, K) of images (B, C, h, w)."""


@dataclass(frozen=True)
class Labeller:
    """Consistency of views, the first two of CC-SSL's three (arXiv 1912.08265, Sec. 3.2).

    Args:
        sampler: Equivariance: geometric views. With None there is one view, the image.
        appearance: Invariance: changes the appearance of all views but the first. The published
            code does this only by augmentation in training, so the default is None.
        fusion: ``'heatmap'``: views' heatmaps are warped back and averaged; the maximum is
            the joint and its height the confidence, as in the paper. ``'published'``: the same
            with the published way to move heatmaps back, which gives its confidences
            (``published_maps_of_image``); square heatmaps, no mirroring. ``'coordinates'``:
            see ``fuse_points``, for networks without heatmaps.
        tolerance: That of ``fuse_points``, as a share of the input's longer side.
        seed: The views depend only on it, the round and the sample's index.
        change_first: Whether ``appearance`` changes the first view, too.

    Raises:
        ValueError: If ``fusion`` is unknown, or ``'published'`` with mirrored views, or
            ``tolerance`` is not positive.
    """

    sampler: ViewSampler | None = field(default_factory=ViewSampler)
    appearance: Appearance | None = None
    fusion: str = 'heatmap'
    tolerance: float = 1 / 32
    seed: int = 0
    change_first: bool = False

    def __post_init__(self) -> None:
        check_numbers(tolerance=self.tolerance)
        if self.tolerance <= 0:
            raise ValueError(f'tolerance must be positive, got {self.tolerance}')
        if self.fusion not in FUSIONS:
            raise ValueError(f'fusion must be one of {FUSIONS}, got {self.fusion!r}')
        mirrored = self.sampler.flip_share if self.sampler else 0
        if self.fusion == 'published' and mirrored:
            raise ValueError(f"fusion='published' needs flip_share=0, got {mirrored}")

    @torch.no_grad()
    def label(
        self, network: Network, images: Tensor, indices: Sequence[int], epoch: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Label a batch; the network runs once a view, on the whole batch.

        Args:
            network: In eval mode.
            images: (B, C, h, w), the network's input.
            indices: B numbers of the samples.
            epoch: Number of the round.

        Returns:
            Keypoints (B, K, 2) and confidences (B, K), float32. NaN or infinite outputs of
            the network give NaN or infinite confidences.
        """
        rngs = [np.random.default_rng((self.seed, epoch, index)) for index in indices]
        sampler = self.sampler or ViewSampler(
            count=1 if self.appearance is None else ViewSampler.count,
            scale_std=0,
            rotation_std=0,
        )
        views = sampler.sample(rngs)
        height, width = images.shape[-2:]
        matrices = views.matrices((width, height)).to(images.device)
        flip = torch.from_numpy(views.flip).to(images.device)

        images = images.contiguous(memory_format=torch.channels_last)
        moved: Tensor | None = None  # the memory of a view, reused by the next one
        back: Tensor | None = None  # the memory of its maps, likewise reused
        found: list[tuple[Tensor, Tensor]] = []
        total: Tensor | None = None
        for v in range(len(views)):
            still = views.unchanged(v)
            view = images if still else (moved := warp(images, matrices[v], moved))
            if (v or self.change_first) and self.appearance is not None:
                view = self.appearance.apply(view, rngs, network.full_range)
            where = flip[v], network.flip_indices
            if self.fusion != 'coordinates':
                maps = network.maps(view).float()
                if self.fusion == 'published':
                    maps = published_maps_of_image(maps, views.scale[v], views.rotation[v])
                elif not still:
                    motion = on_maps(matrices[v], network.map_scale)
                    maps = back = maps_of_image(maps, motion, *where, back)
                if total is None:
                    total = maps.clone(memory_format=torch.channels_last)
                else:
                    total += maps
            else:
                points, scores = network.points(view)
                if not still:
                    points = points_of_image(points, matrices[v], *where)
                    scores = swap_sides(scores, *where, dim=1)
                found.append((points, scores))
        if total is not None:
            total = (total / len(views)).contiguous()
            # the maximum keeps NaN; the decoder may refuse it, so it gets 0 instead
            confidence = total.flatten(2).amax(-1)
            points = network.decode_heatmaps(total.nan_to_num(0.0))
        else:
            points, confidence = fuse_points(
                torch.stack([points for points, _ in found]),
                torch.stack([scores for _, scores in found]),
                tolerance=self.tolerance * max(height, width),
            )
        return points.float().cpu().numpy(), confidence.float().cpu().numpy()
