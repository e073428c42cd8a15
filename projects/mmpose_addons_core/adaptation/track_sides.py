"""Left and right along a track: a leg keeps its side from frame to frame.

Shape letters: F frames of a track, K keypoints, G limbs. Coordinates are (x, y) in image px.
"""

from collections.abc import Sequence

import numpy as np

from .limb_pairs import swapped_limb


def track_swaps(
    points: np.ndarray,
    shown: np.ndarray,
    confidence: np.ndarray,
    size: float,
    limbs: Sequence[Sequence[tuple[int, int]]],
    own: float = 0.02,
) -> np.ndarray:
    """Find which limbs of which frames change sides so that each limb moves least.

    Each limb has two states a frame, as labelled and exchanged. The cost of a step is the
    distance that its joints move, as a share of the box; an exchanged frame costs ``own`` times
    its mean confidence. The cheapest sequence is found exactly (Viterbi). A method of this
    package, from no paper.

    Args:
        points: (F, K, 2), frames in temporal order.
        shown: (F, K), bool; a joint counts in a step if both frames show it.
        confidence: (F, K).
        size: Longer side of the track's boxes, image px.
        limbs: G lists of pairs.
        own: Cost to exchange a frame, as a share of the box. Without it, a track in which all
            frames are exchanged would cost the same.

    Returns:
        (F, G), bool.
    """
    swaps = np.zeros((len(points), len(limbs)), bool)
    mean = np.nan_to_num(confidence / max(float(confidence.mean()), 1e-9))
    for number, limb in enumerate(limbs):
        joints = [joint for pair in limb for joint in pair]
        states = points, swapped_limb(points, limb)
        seen = shown, swapped_limb(shown, limb)
        step = np.zeros((len(points), 2, 2))  # of a frame: from state, to state
        for a in range(2):
            for b in range(2):
                moved = np.linalg.norm(states[b][1:] - states[a][:-1], axis=-1)[:, joints]
                both = (seen[b][1:] & seen[a][:-1])[:, joints]
                step[1:, a, b] = (moved * both).sum(1) / np.maximum(both.sum(1), 1) / size
        price = np.zeros((len(points), 2))
        price[:, 1] = own * mean[:, joints].mean(1)
        swaps[:, number] = _cheapest(step, price)
    return swaps


def _cheapest(step: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Find the cheapest states (F,) for steps (F, 2, 2) and prices of states (F, 2)."""
    total = price[0]
    before = np.zeros(price.shape, int)
    for frame in range(1, len(price)):
        ways = total[:, None] + step[frame]
        before[frame] = ways.argmin(0)
        total = ways.min(0) + price[frame]
    states = np.zeros(len(price), int)
    states[-1] = total.argmin()
    for frame in range(len(price) - 1, 0, -1):
        states[frame - 1] = before[frame, states[frame]]
    return states.astype(bool)
