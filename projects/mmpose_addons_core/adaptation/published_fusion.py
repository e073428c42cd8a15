"""Heatmaps of a view moved back into the image as the published code of CC-SSL does it.

Shape letters: B images, K keypoints, S the side of a square map.
"""

import cv2
import numpy as np
import torch
from torch import Tensor


def published_maps_of_image(maps: Tensor, scale: np.ndarray, rotation: np.ndarray) -> Tensor:
    """Rotate the maps of a view, resize them, and cut or pad them to their size.

    The published code rotates about the point (S/2, S/2), half a px from the centre of the
    map, and places the resized map by whole px. So the maps of two views lie up to about 1 px
    apart, and the maximum of their average, the joint's confidence, is lower than that of maps
    moved back by one exact warp (``maps_of_image``).

    Args:
        maps: (B, K, S, S), predicted in the view.
        scale: (B,), of the view.
        rotation: (B,), degrees, of the view.

    Returns:
        (B, K, S, S), float32, on the device of ``maps``.

    Raises:
        ValueError: If the maps are not square.
    """
    height, width = maps.shape[-2:]
    if height != width:
        raise ValueError(f'the published fusion needs square heatmaps, got {width} x {height}')
    images = maps.detach().float().cpu().permute(0, 2, 3, 1).numpy()
    moved = [
        _moved(np.ascontiguousarray(image), float(s), float(angle))
        for image, s, angle in zip(images, scale, rotation, strict=True)
    ]
    return torch.from_numpy(np.stack(moved)).permute(0, 3, 1, 2).to(maps.device)


def _moved(image: np.ndarray, scale: float, rotation: float) -> np.ndarray:
    """Move points (S, S, K) back into the frame of the image."""
    side = len(image)
    half = side // 2
    matrix = cv2.getRotationMatrix2D((half, half), -rotation, 1)
    turned = cv2.warpAffine(image, matrix, (side, side))
    resized = cv2.resize(turned, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    turned, resized = (a.reshape(*a.shape[:2], -1) for a in (turned, resized))
    length = len(resized)
    if length >= side:
        start = length // 2 - half
        return resized[start : start + side, start : start + side]
    result = np.zeros_like(turned)
    start = half - length // 2
    result[start : start + length, start : start + length] = resized
    return result
