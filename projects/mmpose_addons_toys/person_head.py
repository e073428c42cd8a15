"""The head of a toy person: skull, face, ears, hair and hats.

Letters: P points. Axes of the head: x to the person's left, y down, z to the back. Lengths are
in statures. ``geometry.sphere_points`` explains azimuths and elevations.
"""

from collections.abc import Callable

import numpy as np

from .drawing import Canvas, mix_colours, plain_texture
from .figure import Figure
from .geometry import Array, ellipse_outline, projected_ellipse, sphere_points
from .person_appearance import PersonAppearance

SKULL = np.array([0.057, 0.077, 0.067])
"""Half axes of the skull in statures, for a head of size 1."""

_DARK = (24, 20, 26)
_WHITE = (250, 250, 250)
_HAIR_OVER_EARS = ('bob', 'long', 'scarf')
_HAIR_SCALES = {'afro': 1.32, 'scarf': 1.14, 'beanie': 1.03, 'cap': 1.03}


def _patch(rows: dict[float, float]) -> Array:
    """Return points of a patch that extends from -azimuth to +azimuth at each elevation."""
    grid = [
        (azimuth * share, elevation)
        for elevation, azimuth in rows.items()
        for share in (-1, -0.6, -0.2, 0.2, 0.6, 1)
    ]
    azimuths, elevations = zip(*grid, strict=True)
    return sphere_points(azimuths, elevations)


# Patches of the skull: face below the hairline, beard, fringe and hat.
_FACE = _patch({18: 58, 0: 70, -20: 72, -42: 68, -62: 56, -76: 40})
_BEARD = _patch({-14: 66, -28: 66, -45: 62, -65: 50, -82: 50})
_FRINGE = sphere_points([-66, -42, -12, 16, 20, -30, -66], [6, 20, 33, 40, 62, 62, 40])
_HAT = np.concatenate([_patch(dict.fromkeys((24, 24.1, 50, 75), 180)), [[0, -1.0, 0]]])
_HAT[:6] = sphere_points(np.arange(30, 360, 60), np.full(6, 24))

# Points of the face on the unit sphere.
_EYE_AZIMUTH, _EYE_ELEVATION = 23, 3


def _mirrored(azimuth: float, elevation: float) -> dict[int, Array]:
    """Return a point on the left side (key 1) and on the right side (key -1)."""
    return {s: sphere_points([s * azimuth], [elevation])[0] for s in (1, -1)}


_EYES = _mirrored(_EYE_AZIMUTH, _EYE_ELEVATION)
_EYE_HIGHLIGHTS = _mirrored(_EYE_AZIMUTH + 2, _EYE_ELEVATION + 3)
_CHEEKS = _mirrored(38, -20)
_BROWS = {s: sphere_points([s * 12, s * 23, s * 35], [22, 25, 20]) for s in (1, -1)}
_MOUTH_AZIMUTHS = np.array([-17, -9, 0, 9, 17])
_MOUTH_ELEVATIONS = np.array([-38, -41, -43, -41, -38])
_SMILE = np.array([6, 0, 0, 0, 6])
_LIPS = sphere_points([0], [-40])[0]

# (5, 3) nose, eyes and ears, relative to the centre of a head of size 1.
HEAD_KEYPOINTS = np.array(
    [
        [0, 0.014, -0.074],
        _EYES[1] * SKULL,
        _EYES[-1] * SKULL,
        [0.059, 0.004, 0.006],
        [-0.059, 0.004, 0.006],
    ]
)
# Outward directions of these keypoints, and the cosine with the viewing direction from which on
# they are hidden.
_OUTWARD = {
    'nose': (np.array([0, 0, -1.0]), 0.1),
    'left_eye': (np.array([0.42, 0, -0.9]), 0.0),
    'right_eye': (np.array([-0.42, 0, -0.9]), 0.0),
    'left_ear': (np.array([1.0, 0, 0]), 0.4),
    'right_ear': (np.array([-1.0, 0, 0]), 0.4),
}


def faces_viewer(name: str, rotation: Array, appearance: PersonAppearance) -> bool:
    """Return whether a keypoint of the head is on the near side and not covered by hair."""
    outward, tolerance = _OUTWARD[name]
    covered = name.endswith('ear') and appearance.hair in _HAIR_OVER_EARS
    return bool(rotation[2] @ outward < tolerance) and not covered


def head_depth(centre: Array) -> float:
    """Return the depth of the head for sorting, in front of a trunk at the same depth."""
    return float(centre[2]) - 0.06


def add_head(
    figure: Figure, appearance: PersonAppearance, centre: Array, rotation: Array
) -> None:
    """Add the head at ``centre`` (camera frame, statures), with (3, 3) ``rotation``."""
    size = appearance.head
    axes = SKULL * size
    depth = head_depth(centre)
    skin, hair, hat = (
        plain_texture(appearance.skin),
        plain_texture(appearance.hair_colour),
        plain_texture(appearance.hat),
    )
    shadow = plain_texture(mix_colours(appearance.skin, (40, 40, 110), 0.18))

    def at(x: float, y: float, z: float) -> Array:
        return centre + rotation @ (np.array([x, y, z]) * size)

    def ball(name: str, place, half_axes, texture, depth=None) -> None:
        scaled = np.array(half_axes) * size
        figure.ellipsoid(name, at(*place), scaled, rotation, texture, depth=depth)

    _add_hair(figure, appearance, at, rotation)
    if appearance.hair not in _HAIR_OVER_EARS:
        for side, sign in (('left', 1), ('right', -1)):
            place = (sign * 0.059, 0.004, 0.008)
            ear = depth + 2 * float(at(*place)[2] - centre[2])
            ball(f'head {side} ear', place, (0.011, 0.019, 0.014), shadow, ear)
    if appearance.hair == 'bald':
        figure.ellipsoid('head', centre, axes, rotation, skin, depth=depth)
    else:
        cover = hat if appearance.hair == 'scarf' else hair
        swell = SKULL * _HAIR_SCALES.get(appearance.hair, 1.08)
        ball('head', (0, -0.006, 0.007), swell, cover, depth)
        hairline = _patch({appearance.forehead: 40})
        face = np.concatenate([hairline, _FACE])
        figure.surface_patch('head face', face, centre, axes, rotation, skin, depth=depth)
    if appearance.hair == 'parted':
        figure.surface_patch(
            'head fringe', _FRINGE, centre, axes * 1.07, rotation, hair, depth=depth
        )
    if appearance.beard:
        figure.surface_patch(
            'head beard', _BEARD, centre, axes * 1.03, rotation, hair, depth=depth
        )
    figure.add(depth, lambda canvas: _draw_face(canvas, figure, appearance, centre, rotation))
    if rotation[2, 2] > -0.1:
        ball('head nose', (0, 0.013, -0.065), (0.0095, 0.014, 0.015), shadow, depth)
    if appearance.hair in ('cap', 'beanie'):
        figure.surface_patch('head hat', _HAT, centre, axes * 1.13, rotation, hat, depth=depth)
        if appearance.hair == 'cap':
            brim = plain_texture(mix_colours(appearance.hat, _DARK, 0.25))
            above = depth if rotation[2, 2] > 0 else None
            ball('head visor', (0, -0.036, -0.078), (0.044, 0.006, 0.036), brim, above)


def _add_hair(
    figure: Figure, appearance: PersonAppearance, at: Callable[..., Array], rotation: Array
) -> None:
    """Add the hair and scarf outside the skull."""
    size, hair = appearance.head, plain_texture(appearance.hair_colour)

    def ball(x: float, y: float, z: float, *axes: float) -> tuple[Array, Array, Array]:
        return at(x, y, z), np.array(axes) * size, rotation

    top = ball(0, -0.01, 0.02, 0.058, 0.066, 0.052)
    behind = head_depth(at(0, 0, 0.002))
    if appearance.hair == 'bob':
        lower = ball(0, 0.05, 0.02, 0.066, 0.04, 0.045)
        figure.hull('hair', [top, lower], hair, depth=behind)
    elif appearance.hair == 'long':
        lower = ball(0, 0.13, 0.038, 0.062, 0.05, 0.03)
        figure.hull('hair', [top, lower], hair, depth=float(at(0, 0, 0.03)[2]))
    elif appearance.hair == 'scarf':
        lower = ball(0, 0.085, 0.01, 0.06, 0.03, 0.055)
        figure.hull('hair', [top, lower], plain_texture(appearance.hat), depth=behind)
    elif appearance.hair == 'ponytail':
        ends = at(0, -0.03, 0.078), at(0, 0.1, 0.1)
        figure.capsule('hair', ends, (0.024 * size, 0.012 * size), hair)
    elif appearance.hair == 'bun':
        centre, axes, _ = ball(0, -0.068, 0.05, 0.03, 0.028, 0.03)
        figure.ellipsoid('hair', centre, axes, rotation, hair)


def _draw_face(
    canvas: Canvas, figure: Figure, appearance: PersonAppearance, centre: Array, rotation: Array
) -> None:
    """Draw those of brows, eyes, mouth and glasses that face the viewer."""
    view, axes = figure.view, SKULL * appearance.head
    px_per_head_unit = view.scale * appearance.head  # image px per stature of a head of size 1

    def place(points: Array) -> Array:
        return view(centre + (points * axes) @ rotation.T)

    def visible(point: Array) -> bool:
        normal = point / axes
        return bool(rotation[2] @ normal < -0.12 * np.sqrt(normal @ normal))

    def spot(point: Array, width: float, height: float) -> Array:
        ellipse = projected_ellipse(
            np.array([width, height, 0.3 * width]) * px_per_head_unit, rotation
        )
        return ellipse_outline(place(point), ellipse)

    brow = mix_colours(appearance.hair_colour, _DARK, 0.4)
    for sign, eye in _EYES.items():
        if not visible(eye):
            continue
        if px_per_head_unit > 90:
            canvas.fill_polygon(spot(eye, 0.0125, 0.011), _WHITE)
        canvas.fill_polygon(spot(eye, 0.008, 0.0095), mix_colours(appearance.eyes, _DARK, 0.4))
        if px_per_head_unit > 160:
            canvas.fill_polygon(spot(_EYE_HIGHLIGHTS[sign], 0.003, 0.003), _WHITE)
        canvas.draw_line(place(_BROWS[sign]), brow, 0.006 * px_per_head_unit)
        if visible(_CHEEKS[sign]):
            canvas.tint(spot(_CHEEKS[sign], 0.013, 0.01), (90, 90, 230), 0.22)
        if appearance.glasses:
            ring = spot(eye, 0.019, 0.017)
            canvas.draw_line(np.concatenate([ring, ring[:1]]), _DARK, 0.006 * px_per_head_unit)
    if visible(_LIPS):
        lift = _MOUTH_ELEVATIONS + _SMILE * appearance.smile
        mouth = place(sphere_points(_MOUTH_AZIMUTHS, lift))
        if appearance.smile > 0.6 and px_per_head_unit > 110:
            canvas.fill_polygon(mouth, _WHITE)
        lips = mix_colours(appearance.skin, (60, 40, 170), 0.55)
        canvas.draw_line(mouth, lips, 0.009 * px_per_head_unit)
