"""Two stages: the landmarks of a first pass give the box of a second one.

The Wing loss paper trains a small network for the first stage, which corrects the box and the
rotation of the face. Here both stages are the same network.

Shape letters: N faces, K landmarks. Coordinates are (x, y) in image px.
"""

from dataclasses import replace

import numpy as np
import torch

from mmpose_addons_core.faces import face_layout

from . import crops
from .faces import Faces
from .networks import Network
from .training import predict


def eye_line(landmarks: np.ndarray) -> np.ndarray:
    """Return the angle (N,) of the line between the outer corners of the eyes, degrees."""
    left, right = (list(corner) for corner in face_layout(landmarks.shape[1]).outer_eye_corners)
    x, y = (landmarks[:, right].mean(1) - landmarks[:, left].mean(1)).T
    return np.degrees(np.arctan2(y, x))


def refined(faces: Faces, landmarks: np.ndarray, side_per_extent: float) -> Faces:
    """Return the faces with the boxes of predicted landmarks (N, K, 2)."""
    low, high = landmarks.min(1), landmarks.max(1)
    device = faces.images.device
    centre = torch.from_numpy((low + high) / 2).float().to(device)
    side = torch.from_numpy((high - low).max(1) * side_per_extent).float().to(device)
    return replace(faces, centre=centre, side=side)


def side_per_extent(faces: Faces) -> float:
    """Return the median of the padded box's side over the landmarks' larger extent."""
    low, high = faces.landmarks.amin(1), faces.landmarks.amax(1)
    return float((faces.side / (high - low).amax(1)).median())


def predict_twice(
    network: Network, faces: Faces, first: np.ndarray, side_per_extent: float
) -> np.ndarray:
    """Predict (N, K, 2) in a second pass, upright, in the boxes of the first pass.

    Args:
        network: Of both passes.
        faces: With the boxes of the first pass.
        first: (N, K, 2). Faces that are not finite keep it.
        side_per_extent: As of :func:`side_per_extent` for the training faces.
    """
    found = np.isfinite(first).all((1, 2))
    known = np.where(found[:, None, None], first, faces.landmarks.double().cpu().numpy())
    device = str(faces.images.device)
    angle = torch.from_numpy(eye_line(known)).float().to(device)
    moves = replace(crops.no_moves(len(faces), device), angle=angle)
    second = predict(network, refined(faces, known, side_per_extent), moves)
    return np.where(found[:, None, None], second, first)
