"""The shape of a toy face: 3-D landmarks for a person and an expression.

Letters: K landmarks. Points are in mm in the head's frame (x to the right of the image, y down,
z away from the viewer), see ``mmpose_addons_core.faces.layouts``. Left and right are those of
the image.
"""

from dataclasses import dataclass

import numpy as np

from mmpose_addons_core.faces.layouts import face_layout

from .choices import choose_weighted
from .geometry import Array

MOUTH = 70.0
"""y of the line between the lips, in mm."""


@dataclass(frozen=True)
class Proportions:
    """Proportions of a face, as factors of those of the template.

    Attributes:
        size: Width, height and depth of the whole head.
        chin: Width at the chin.
        eyes: Size of the eyes.
        nose: Width of the nose.
        lips: Height of the lips.
    """

    size: tuple[float, float, float] = (1.0, 1.0, 1.0)
    chin: float = 1.0
    eyes: float = 1.0
    nose: float = 1.0
    lips: float = 1.0


@dataclass(frozen=True)
class Expression:
    """The parameters of an expression.

    Attributes:
        name: A key of ``EXPRESSIONS``.
        jaw_drop: How far the chin is lowered, in mm.
        smile: Height of the corners of the mouth: 1 for a smile, -1 for lowered corners.
        pucker: How much the lips are pursed, 0 to 1.
        brows: How far the left and the right brow are raised, in mm.
        frown: How much the brows are drawn together, 0 to 1.
        lids: How far the left and the right eye are closed; 1 is shut, below 0 is wide open.
        gaze: Direction of the eyes, (x, y) from -1 to 1.
    """

    name: str = 'neutral'
    jaw_drop: float = 0.0
    smile: float = 0.0
    pucker: float = 0.0
    brows: tuple[float, float] = (0.0, 0.0)
    frown: float = 0.0
    lids: tuple[float, float] = (0.0, 0.0)
    gaze: tuple[float, float] = (0.0, 0.0)


# jaw_drop, smile, pucker, brows, frown, lids at full strength
EXPRESSIONS = {
    'neutral': (2, 0.2, 0.0, 1, 0.1, 0.1),
    'smile': (3, 1.0, 0.0, 2, 0.0, 0.3),
    'laugh': (20, 1.0, 0.0, 3, 0.0, 0.5),
    'surprise': (26, -0.1, 0.3, 9, 0.0, -0.4),
    'anger': (4, -0.6, 0.2, -4, 1.0, 0.3),
    'sorrow': (2, -1.0, 0.0, 3, 0.6, 0.4),
    'kiss': (3, 0.0, 1.0, 2, 0.0, 0.5),
    'sleep': (2, 0.0, 0.0, 1, 0.0, 1.0),
}
_EXPRESSION_WEIGHTS = dict.fromkeys(EXPRESSIONS, 1.0) | {
    'neutral': 4.0,
    'smile': 3.0,
    'sleep': 0.5,
}


def sample_proportions(rng: np.random.Generator) -> Proportions:
    """Return the random proportions of a person."""
    width, height, depth = rng.normal(1, 0.025, 3).clip(0.95, 1.05).tolist()
    chin, eyes, nose, lips = rng.uniform(-1, 1, 4).tolist()
    return Proportions(
        (width, height, depth), 1 + 0.08 * chin, 1 + 0.15 * eyes, 1 + 0.2 * nose, 1 + 0.3 * lips
    )


def sample_expression(rng: np.random.Generator) -> Expression:
    """Return a random expression."""
    name = choose_weighted(_EXPRESSION_WEIGHTS, rng)
    jaw_drop, smile, pucker, brows, frown, lids = EXPRESSIONS[name]
    strength = rng.uniform(0.6, 1.0)
    left, right = (strength * brows + rng.normal(0, 1, 2)).tolist()
    wink = rng.uniform(-0.15, 0.15, 2).tolist()
    x, y = rng.normal(0, 0.4, 2).clip(-1, 1).tolist()
    return Expression(
        name,
        strength * jaw_drop,
        strength * smile + rng.normal(0, 0.1),
        strength * pucker,
        (left, right),
        strength * frown,
        (min(strength * lids + wink[0], 1.0), min(strength * lids + wink[1], 1.0)),
        (x, y),
    )


def face_landmarks(count: int, proportions: Proportions, expression: Expression) -> Array:
    """Return the (K, 3) landmarks of a face, 98 of WFLW or 68 of 300W.

    >>> neutral = face_landmarks(68, Proportions(), Expression())
    >>> bool((neutral == face_layout(68).template).all())
    True
    >>> laughing = face_landmarks(68, Proportions(), Expression(jaw_drop=20))
    >>> (laughing - neutral)[8].round(1)  # the chin
    array([ 0., 20.,  6.])
    """
    layout = face_layout(count)
    points = layout.template.copy()
    for part, landmarks in layout.parts.items():
        _DEFORMATIONS[part](points[landmarks.start : landmarks.stop], proportions, expression)
    return points * proportions.size


def _deform_jaw(points: Array, proportions: Proportions, expression: Expression) -> None:
    """Widen the chin and lower the jaw, in place."""
    low = np.clip((points[:, 1] - 15) / 93, 0, 1)
    points[:, 0] *= 1 + (proportions.chin - 1) * low
    jaw_drop = expression.jaw_drop * low**1.5
    points[:, 1] += jaw_drop
    points[:, 2] += 0.3 * jaw_drop


def _deform_brow(points: Array, raised: float, frown: float) -> None:
    """Raise or frown a brow, in place."""
    inwards = frown * (1 - np.abs(points[:, 0]) / 55)
    points[:, 0] -= 5 * inwards * np.sign(points[:, 0])
    points[:, 1] += 6 * inwards - raised


def _deform_nose_base(points: Array, proportions: Proportions, expression: Expression) -> None:
    """Widen the base of the nose, in place."""
    points[:, 0] *= proportions.nose * (1 + 0.08 * max(expression.smile, 0))


def _deform_eye(points: Array, proportions: Proportions, lid: float) -> None:
    """Scale an eye and close its lids, in place."""
    middle = (points[0, :2] + points[len(points) // 2, :2]) / 2
    points[:, :2] = middle + (points[:, :2] - middle) * (
        proportions.eyes,
        proportions.eyes * (1 - lid),
    )


def _deform_lips(points: Array, proportions: Proportions, expression: Expression) -> None:
    """Open, smile and purse the lips, in place."""
    across = points[:, 0] / 25
    middle = np.sqrt(np.maximum(1 - across**2, 0))
    sinks = np.where(points[:, 1] > MOUTH, 0.3 + 0.6 * middle, 0.3 * across**2)
    inner = len(points) == 8
    points[:, 1] = MOUTH + (points[:, 1] - MOUTH) * (1 if inner else proportions.lips)
    points[:, 0] *= 1 + 0.18 * expression.smile - 0.3 * expression.pucker
    points[:, 1] += expression.jaw_drop * sinks - 7 * expression.smile * across**2
    points[:, 2] -= 5 * expression.pucker * middle


def _move_pupils(points: Array, proportions: Proportions, expression: Expression) -> None:
    """Move the pupils to the direction of the gaze, in place."""
    points[:, 0] += 6 * proportions.eyes * expression.gaze[0]
    points[:, 1] += 2 * expression.gaze[1] * (1 - np.clip(expression.lids, 0, 1))


_DEFORMATIONS = {
    'jaw': _deform_jaw,
    'left_brow': lambda p, b, e: _deform_brow(p, e.brows[0], e.frown),
    'right_brow': lambda p, b, e: _deform_brow(p, e.brows[1], e.frown),
    'nose_bridge': lambda p, b, e: None,
    'nose_base': _deform_nose_base,
    'left_eye': lambda p, b, e: _deform_eye(p, b, e.lids[0]),
    'right_eye': lambda p, b, e: _deform_eye(p, b, e.lids[1]),
    'outer_lip': _deform_lips,
    'inner_lip': _deform_lips,
    'pupils': _move_pupils,
}
