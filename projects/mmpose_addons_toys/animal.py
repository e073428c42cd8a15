"""A toy animal as a figure: trunk, neck, head, legs and tail on a posed skeleton.

Letters: J joints, K = 18 keypoints. Lengths are in heights at the withers, positions in the
camera frame; projected keypoints are in image px.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mmpose_addons_core.keypoints.animal18 import KEYPOINTS

from .animal_appearance import AnimalAppearance
from .animal_extras import add_fleece, add_horns, add_ruff
from .animal_skeleton import SKELETON
from .drawing import Canvas, Image, plain_texture
from .figure import Figure
from .geometry import Array, View, rotation_matrices

_SIDES = ('left', 'right')
_KEYPOINTS = [SKELETON.index[name] for name in KEYPOINTS]
_FAR_SIDE_DEPTH = 0.04  # a limb farther behind the trunk's middle is in its shadow


@dataclass(frozen=True)
class Animal:
    """An appearance on a posed skeleton that is turned to the camera.

    Attributes:
        appearance: Of the animal.
        joints: (J, 3) positions relative to the middle of the trunk.
        orientations: (J, 3, 3) orientations of the bones.
    """

    appearance: AnimalAppearance
    joints: Array
    orientations: Array

    @property
    def keypoints(self) -> Array:
        """(18, 3) positions of the keypoints relative to the middle of the trunk."""
        return self.joints[_KEYPOINTS]

    def joint(self, name: str) -> Array:
        """Return the (3,) position of a joint."""
        return self.joints[SKELETON.index[name]]

    def orientation(self, name: str) -> Array:
        """Return the (3, 3) orientation of a bone."""
        return self.orientations[SKELETON.index[name]]

    def at(self, name: str, x: float, y: float, z: float) -> Array:
        """Return the (3,) position of a point that is given in the frame of a bone."""
        return self.joint(name) + self.orientation(name) @ [x, y, z]


def pose_animal(
    appearance: AnimalAppearance, angles: Array, yaw: float, tilt: tuple[float, float]
) -> Animal:
    """Pose an animal in front of the camera.

    Args:
        appearance: Of the animal.
        angles: (J, 3) in degrees, see ``Skeleton.pose``.
        yaw: In degrees: 0 faces the viewer, 90 the image's right, 180 shows the back.
        tilt: Pitch (positive looks down on the animal) and roll of the camera, in degrees.
    """
    pitch, roll = tilt
    camera = rotation_matrices(np.array([pitch, 0, roll])) @ rotation_matrices(
        np.array([0, -yaw, 0])
    )
    angles = angles.copy()
    features, index = appearance.features, SKELETON.index
    angles[index['tail_start'], 0] += appearance.proportions.tail_lift
    angles[index['tail_middle'], 0] += features.tail_bend
    angles[index['neck'], 0] += features.neck_lean
    angles[index['head'], 0] += features.head_lean
    joints, orientations = SKELETON.pose(angles, camera, _offsets(appearance))
    return Animal(appearance, joints, orientations)


def _offsets(appearance: AnimalAppearance) -> Array:
    """Return the (J, 3) bone vectors for the proportions."""
    proportions = appearance.proportions
    offsets = SKELETON.offsets.copy()
    index = SKELETON.index
    offsets[[index['tail_middle'], index['tail_end']]] *= appearance.features.tail_length
    offsets[[index['chest'], index['rump']], 2] *= proportions.trunk_length
    offsets[index['head']] *= proportions.neck_length
    offsets[[index[name] for name in ('nose', 'chin', 'left_eye', 'right_eye')]] *= (
        proportions.head_size
    )
    offsets[[index[name] for name in ('nose', 'chin')]] *= proportions.snout_length
    for joint in SKELETON.joints:
        j = index[joint.name]
        if joint.name.endswith(('elbow', 'knee', 'hoof')):
            offsets[j] *= proportions.leg_length
        elif joint.name.endswith(('shoulder', 'hip')):
            offsets[j, 0] *= proportions.trunk_girth
    return offsets


def build_figure(animal: Animal, view: View, number: int) -> Figure:
    """Build all solids of the animal.

    Part names begin with ``head``, ``trunk``, ``left_front``, ``left_eye`` and so on;
    ``visible_keypoints`` depends on these names.
    """
    figure = Figure(view, number)
    for side in _SIDES:
        _add_front_leg(figure, animal, side)
        _add_back_leg(figure, animal, side)
    _add_trunk(figure, animal)
    _add_tail(figure, animal)
    _add_head(figure, animal)
    return figure


def _shade(texture: Image, behind: bool) -> Image:
    """Return the texture, darker if the limb is in the trunk's shadow."""
    return cv2.convertScaleAbs(texture, alpha=0.5) if behind else texture


def _add_leg(
    figure: Figure,
    animal: Animal,
    name: str,
    chain: tuple[str, str, str, str],
    radii: tuple[float, float, float, float],
) -> None:
    """Add one leg.

    Args:
        figure: To which the leg is added.
        animal: Its pose and appearance.
        name: Prefix of the part names.
        chain: Joints from the trunk to the hoof.
        radii: At these joints.
    """
    appearance = animal.appearance
    top, elbow, knee, hoof = (animal.joint(joint) for joint in chain)
    behind = bool(top[2] - animal.joint('trunk')[2] > _FAR_SIDE_DEPTH)
    a, b, c, d = (radius * appearance.proportions.leg_thickness for radius in radii)
    fur, sock = _shade(appearance.limbs, behind), _shade(appearance.socks, behind)
    figure.capsule(f'{name} cannon', (knee, hoof), (c, d), sock)
    toe = animal.orientation(chain[3]) @ [0, 0.005, -appearance.features.toes]
    heel, tip = 1.15 * d * appearance.features.feet, 1.3 * d * appearance.features.feet
    figure.capsule(f'{name} hoof', (hoof, hoof + toe), (heel, tip),
                   _shade(appearance.hooves, behind), nearer=0.005)  # fmt: skip
    figure.capsule(f'{name} fore', (elbow, knee), (b, c), fur, nearer=0.005)
    figure.capsule(f'{name} upper', (top, elbow), (a, b), fur, nearer=0.01)


def _add_front_leg(figure: Figure, animal: Animal, side: str) -> None:
    leg = f'{side}_front'
    joints = (f'{side}_shoulder', f'{leg}_elbow', f'{leg}_knee', f'{leg}_hoof')
    _add_leg(figure, animal, leg, joints, (0.1, 0.068, 0.042, 0.033))


def _add_back_leg(figure: Figure, animal: Animal, side: str) -> None:
    leg = f'{side}_back'
    joints = (f'{side}_hip', f'{leg}_elbow', f'{leg}_knee', f'{leg}_hoof')
    _add_leg(figure, animal, leg, joints, (0.14, 0.085, 0.043, 0.033))


def _add_trunk(figure: Figure, animal: Animal) -> None:
    appearance, girth = animal.appearance, animal.appearance.proportions.trunk_girth
    chest, middle, rump = (animal.orientation(name) for name in ('chest', 'trunk', 'rump'))
    front = animal.at('chest', 0, 0.0, -0.06), np.array([0.13, 0.2, 0.13]) * girth, chest
    slim = appearance.features.croup
    waist = girth * (0.5 + 0.5 * slim)
    belly = animal.at('trunk', 0, 0.02, 0), np.array([0.17, 0.215, 0.25]) * waist, middle
    hind = girth * slim
    croup = animal.at('rump', 0, -0.01, 0.03), np.array([0.145, 0.19, 0.17]) * hind, rump
    depth = float(animal.joint('trunk')[2])
    coat = appearance.coat
    if appearance.features.pale_belly and front[0][0] < croup[0][0]:
        coat = coat[:, ::-1]  # the texture's x axis runs from belly to back
    figure.hull('trunk', [front, belly, croup], coat, depth=depth)
    if appearance.features.fleece:
        add_fleece(figure, 'trunk', [front, belly, croup], animal)
    thick, skull = appearance.proportions.neck_girth, appearance.proportions.head_size
    base = animal.at('neck', 0, 0.05, 0.04), np.array([0.09, 0.13, 0.13]) * thick
    low = base[0], base[1] * girth, animal.orientation('neck')
    top = animal.at('head', 0, 0.03, 0.0), np.array([0.055, 0.07, 0.085]) * skull
    high = top[0], top[1] * (0.5 + 0.5 * thick), animal.orientation('head')
    figure.hull('neck', [low, high], appearance.neck, depth=_neck_depth(animal))
    if appearance.features.fleece:
        add_fleece(figure, 'neck', [low], animal)
    if appearance.proportions.mane:
        ends = animal.at('head', 0, -0.05, 0.03), animal.at('neck', 0, -0.06, 0.13)
        far = (ends[0][2] + ends[1][2]) / 2 - _neck_depth(animal) - 1e-4
        figure.capsule('mane', ends, (0.04, 0.065), appearance.hair, nearer=far)


def _neck_depth(animal: Animal) -> float:
    """Return the depth at which the neck is drawn."""
    return float(animal.joint('neck')[2] + animal.joint('head')[2]) / 2


def _add_tail(figure: Figure, animal: Animal) -> None:
    thick, hair = animal.appearance.proportions.tail_thickness, animal.appearance.hair
    start, middle, end = (animal.joint(f'tail_{part}') for part in ('start', 'middle', 'end'))
    figure.capsule('tail end', (middle, end), (0.058 * thick, 0.03 * thick), hair)
    figure.capsule('tail root', (start, middle), (0.035 * thick, 0.058 * thick), hair)


def _add_head(figure: Figure, animal: Animal) -> None:
    appearance, rotation = animal.appearance, animal.orientation('head')
    size, features = appearance.proportions.head_size, appearance.features
    long = size * appearance.proportions.snout_length
    depth = float(animal.joint('head')[2] + animal.joint('nose')[2]) / 2 - 0.03
    skull = animal.at('head', 0, 0.03 * size, -0.06 * size)
    brow = skull, np.array([0.068, 0.085, 0.085]) * size * features.skull, rotation
    lip = size * features.muzzle
    nose = animal.joint('nose'), np.array([0.046, 0.055, 0.055]) * lip, rotation
    figure.hull('head', [brow, nose], appearance.head, depth=depth)
    lips = animal.at('head', 0, 0.19 * long, -0.27 * long)
    axes = np.array([0.045, 0.052, 0.05]) * lip
    figure.ellipsoid('head muzzle', lips, axes, rotation, appearance.muzzle, depth=depth - 1e-4)
    if appearance.blaze is not None and rotation[2, 2] > -0.3:
        ends = (
            animal.at('head', 0, -0.02 * size, -0.12 * size),
            animal.at('head', 0, 0.12 * long, -0.3 * long),
        )
        nearer = float(ends[0][2] + ends[1][2]) / 2 - depth + 2e-4
        figure.capsule(
            'head blaze', ends, (0.018, 0.015), plain_texture(appearance.blaze), nearer=nearer
        )
    if features.fleece:
        top = animal.at('head', 0, -0.03 * size, 0.02 * size)
        add_fleece(figure, 'head', [(top, brow[1] * 0.6, rotation)], animal)
    if features.horn_length:
        add_horns(figure, animal, depth)
    if features.ruff:
        add_ruff(figure, animal, depth)
    for side, sign in (('left', 1), ('right', -1)):
        foot = animal.at('head', sign * 0.045 * size, -0.04 * size, -0.01 * size)
        if features.ears is not None:
            outward, down, back = features.ears
            direction = np.array([sign * outward, down, back])
        elif appearance.proportions.hanging_ears:
            direction = np.array([sign * 0.04, 0.12, 0.0])
        else:
            direction = np.array([0, -0.1, -0.03])
        tip = foot + rotation @ direction * size * appearance.proportions.ear_length
        behind = foot[2] > animal.joint('head')[2] + 0.02
        base, end = (radius * size for radius in features.ear_radii)
        figure.capsule(f'{side}_ear', (foot, tip), (base, end),
                       _shade(appearance.head, bool(behind)))  # fmt: skip
        eye = animal.joint(f'{side}_eye')
        ball = np.full(3, 0.017 * size)
        order = depth - 3e-4 if _faces_viewer(animal, sign) else depth + 0.01
        figure.ellipsoid(
            f'{side}_eye', eye, ball, rotation, plain_texture(appearance.eyes), depth=order
        )


def _faces_viewer(animal: Animal, sign: int) -> bool:
    """Return whether an eye is on the near side of the head.

    ``sign`` is 1 for the left eye, -1 for the right one.
    """
    outward = animal.orientation('head') @ [0.9 * sign, -0.1, -0.42]
    return bool(outward[2] < 0.1)


def visible_keypoints(figure: Figure, animal: Animal, canvas: Canvas) -> NDArray[np.bool_]:
    """Return (18,) flags of the keypoints that are visible in the finished image.

    A keypoint is visible where the image shows the body part to which it belongs, unless it is
    on the far side of that part.
    """
    parts = figure.visible_parts_at(canvas, figure.view(animal.keypoints))
    middle = float(animal.joint('trunk')[2])
    visible = np.zeros(len(KEYPOINTS), bool)
    for k, (name, part) in enumerate(zip(KEYPOINTS, parts, strict=True)):
        side, _, kind = name.partition('_')
        group = part.split(' ')[0]
        if kind == 'eye':
            near = _faces_viewer(animal, 1 if side == 'left' else -1)
            visible[k] = near and group in ('head', f'{side}_eye')
        elif kind == 'shoulder':
            near = animal.joint(name)[2] < middle
            visible[k] = group == f'{side}_front' or (near and group in ('trunk', 'neck'))
        elif name == 'tail_start':
            visible[k] = group in ('tail', 'trunk')
        elif name == 'chin':
            visible[k] = group == 'head'
        else:
            visible[k] = group == '_'.join((side, kind.partition('_')[0]))
    return visible
