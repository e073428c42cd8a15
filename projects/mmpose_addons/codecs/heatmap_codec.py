"""Base of all heatmap codecs of this package: grids, types, batches, errors.

Shape letters: B samples, K keypoints, C channels, H x W a map. Coordinates are (x, y).
"""

from abc import abstractmethod

import numpy as np
import torch
from mmpose.codecs.base import BaseKeypointCodec
from torch import Tensor

from mmpose_addons_core.arrays import Array, as_array
from mmpose_addons_core.heatmaps import stride_grid, unit_length_grid

GRIDS = {'stride': stride_grid, 'unit_length': unit_length_grid}


MAX_PIXELS_PER_CHUNK = 2**22
"""Decode at most this many pixels per chunk, so that a chunk fits the CPU cache."""


class NotFiniteError(ValueError):
    """A predicted map holds NaN or infinite values."""


class HeatmapCodec(BaseKeypointCodec):
    """Base of the codecs: a subclass renders and decodes maps in heatmap px.

    It implements :meth:`render_targets` and :meth:`decode_heatmaps`; this class converts
    between input px and heatmap px and between MMPose's types and tensors, and checks shapes.

    Args:
        input_size: (w, h) of the network's input, input px.
        heatmap_size: (W, H), heatmap px.
        grid: Scale between both: ``'stride'``, w / W input px per heatmap px, or
            ``'unit_length'``, (w - 1) / (W - 1), which is UDP's.
        use_udp: The same flag as that of the pipeline's ``TopdownAffine``. UDP's crop
            multiplies by w - 1, but MMPose converts predictions to the image by dividing by w.
            With True, :meth:`decode` therefore returns w / (w - 1) times the input px, so that
            the keypoints in the image are exact.

    Raises:
        ValueError: If a size or the grid is not usable.
    """

    label_mapping_table = dict(keypoint_weights='keypoint_weights')
    field_mapping_table = dict(heatmaps='heatmaps')

    channels_per_keypoint = 1

    def __init__(
        self,
        input_size: tuple[int, int],
        heatmap_size: tuple[int, int],
        grid: str = 'stride',
        use_udp: bool = False,
    ) -> None:
        super().__init__()
        for name, size in (('input_size', input_size), ('heatmap_size', heatmap_size)):
            if len(size) != 2 or min(size) < 2:
                raise ValueError(f'{name} must be (w, h), each at least 2; got {size}')
        if grid not in GRIDS:
            raise ValueError(f'grid must be one of {sorted(GRIDS)}, got {grid!r}')
        self.input_size = input_size[0], input_size[1]
        self.heatmap_size = heatmap_size[0], heatmap_size[1]
        self.use_udp = use_udp
        self.scale = GRIDS[grid](self.input_size, self.heatmap_size)
        """Input px per heatmap px, (x, y)."""
        stretch = np.divide(input_size, np.subtract(input_size, 1)) if use_udp else 1
        self._scale_back = (self.scale * stretch).astype(np.float32)

    @abstractmethod
    def render_targets(self, points: Array, visible: Array) -> tuple[Array, Array]:
        """Render target maps (B, K, H, W) or (B, K, C / K, H, W) and weights (B, K).

        Args:
            points: (B, K, 2), heatmap px.
            visible: (B, K).
        """

    @abstractmethod
    def decode_heatmaps(self, heatmaps: Array) -> tuple[Array, Array]:
        """Decode maps (..., C, H, W) to points (..., K, 2), heatmap px, and scores (..., K)."""

    def encode(
        self, keypoints: np.ndarray, keypoints_visible: np.ndarray | None = None
    ) -> dict[str, np.ndarray]:
        """Draw the target maps of one instance.

        Args:
            keypoints: (1, K, 2), input px.
            keypoints_visible: (1, K), weights; all 1 if None.

        Returns:
            ``heatmaps`` (C, H, W) and ``keypoint_weights`` (1, K), both float32.

        Raises:
            ValueError: If the shapes are not these.
        """
        if keypoints.ndim != 3 or len(keypoints) != 1 or keypoints.shape[2] < 2:
            raise ValueError(
                f'{type(self).__name__} encodes one instance, keypoints of shape '
                f'(1, K, 2); got {keypoints.shape}'
            )
        if keypoints_visible is None:
            keypoints_visible = np.ones(keypoints.shape[:2], dtype=np.float32)
        if keypoints_visible.shape != keypoints.shape[:2]:
            raise ValueError(
                f'keypoints_visible must have shape {keypoints.shape[:2]}, got '
                f'{keypoints_visible.shape}'
            )
        heatmaps, weights = self.render_targets(
            keypoints[..., :2] / self.scale.astype(keypoints.dtype),
            keypoints_visible.astype(np.float32),
        )
        width, height = self.heatmap_size
        return dict(heatmaps=heatmaps.reshape(-1, height, width), keypoint_weights=weights)

    def decode(self, encoded: Array) -> tuple[np.ndarray, np.ndarray]:
        """Decode the keypoints of one sample.

        Args:
            encoded: (C, H, W).

        Returns:
            Keypoints (1, K, 2) in input px and scores (1, K), float32.

        Raises:
            NotFiniteError: If a map contains NaN or infinity; it names the map.
            ValueError: If the maps have another shape than the codec's.
        """
        if encoded.ndim != 3:
            raise ValueError(f'decode needs (C, H, W), got {tuple(encoded.shape)}')
        return self._decode(encoded[None])

    def batch_decode(self, batch_encoded: Tensor) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Decode the keypoints of a batch; only they and the scores are copied to the CPU.

        Args:
            batch_encoded: (B, C, H, W), on any device.

        Returns:
            B arrays (1, K, 2) in input px and B arrays (1, K) of scores, float32.

        Raises:
            NotFiniteError, ValueError: As :meth:`decode`.
        """
        keypoints, scores = self._decode(batch_encoded)
        return list(keypoints[:, None]), list(scores[:, None])

    @torch.no_grad()
    def _decode(self, heatmaps: Array) -> tuple[np.ndarray, np.ndarray]:
        """Decode maps (B, C, H, W) to keypoints (B, K, 2) in input px and scores (B, K)."""
        width, height = self.heatmap_size
        channels = self.channels_per_keypoint
        if (
            heatmaps.ndim != 4
            or heatmaps.shape[-2:] != (height, width)
            or heatmaps.shape[1] % channels
        ):
            raise ValueError(
                f'{type(self).__name__} reads maps (B, {channels} K, {height}, {width}), '
                f'got {tuple(heatmaps.shape)}'
            )
        if isinstance(heatmaps, np.ndarray) or heatmaps.is_cpu:
            heatmaps = np.require(as_array(heatmaps), requirements=['C', 'W'])
        found = np.concatenate([self._decode_chunk(part) for part in self._chunks(heatmaps)])
        if not np.isfinite(found).all():
            sample, keypoint = np.argwhere(~np.isfinite(found).all(-1))[0]
            raise NotFiniteError(
                f'the predicted map of keypoint {keypoint} in sample {sample} of the '
                'batch contains NaN or infinite values'
            )
        return found[..., :2] * self._scale_back, found[..., 2]

    def _decode_chunk(self, heatmaps: Array) -> np.ndarray:
        """Decode maps (B, C, H, W) to (x, y, score) in heatmap px, (B, K, 3), float32."""
        points, scores = self.decode_heatmaps(heatmaps)
        if isinstance(points, Tensor):
            return torch.cat((points, scores[..., None]), dim=-1).float().cpu().numpy()
        return np.concatenate((points, scores[..., None]), axis=-1, dtype=np.float32)

    def _chunks(self, heatmaps: Array) -> list[Array]:
        """Split the batch into chunks that fit the CPU cache; other devices take it whole."""
        if isinstance(heatmaps, Tensor):
            return [heatmaps]
        count = max(
            1, MAX_PIXELS_PER_CHUNK * self.channels_per_keypoint // max(1, heatmaps[:1].size)
        )
        return [heatmaps[i : i + count] for i in range(0, max(1, len(heatmaps)), count)]
