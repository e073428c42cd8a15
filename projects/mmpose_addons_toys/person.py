"""A toy person as a figure: trunk, limbs and clothes on a posed skeleton.

Letters: J joints, K = 17 keypoints in COCO's order. Lengths are in statures (a person's
standing height), positions in the camera frame; projected keypoints are in image px.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmpose_addons_core.keypoints.coco import KEYPOINTS

from .drawing import Canvas, Colour, mix_colours, plain_texture
from .figure import Figure
from .geometry import Array, View, rotation_matrices
from .person_appearance import PersonAppearance
from .person_head import HEAD_KEYPOINTS, add_head, faces_viewer, head_depth
from .person_pose import Pose
from .person_skeleton import SKELETON
from .textures import add_end_bands

_SIDES = ('left', 'right')


@dataclass(frozen=True)
class Person:
    """A person's appearance on a posed skeleton that is turned to the camera.

    Attributes:
        appearance: Of the person.
        pose: Angles of the joints.
        joints: (J, 3) positions relative to the pelvis.
        orientations: (J, 3, 3) orientations of the bones.
        keypoints: (17, 3) positions of COCO's keypoints relative to the pelvis.
    """

    appearance: PersonAppearance
    pose: Pose
    joints: Array
    orientations: Array
    keypoints: Array

    def joint(self, name: str) -> Array:
        """Return the (3,) position of a joint."""
        return self.joints[SKELETON.index[name]]

    def orientation(self, name: str) -> Array:
        """Return the (3, 3) orientation of a bone."""
        return self.orientations[SKELETON.index[name]]


def pose_person(
    appearance: PersonAppearance, pose: Pose, yaw: float, tilt: tuple[float, float]
) -> Person:
    """Pose a person in front of the camera.

    Args:
        appearance: Of the person.
        pose: Angles of the joints.
        yaw: In degrees: 0 faces the viewer, 90 the image's right, 180 shows the back.
        tilt: Pitch (positive looks down on the person) and roll of the camera, in degrees.
    """
    pitch, roll = tilt
    camera = rotation_matrices(np.array([pitch, 0, roll])) @ rotation_matrices(
        np.array([0, -yaw, 0])
    )
    joints, orientations = SKELETON.pose(pose.angles, camera, _offsets(appearance))
    h = SKELETON.index['head']
    head = joints[h] + HEAD_KEYPOINTS * appearance.head @ orientations[h].T
    return Person(
        appearance, pose, joints, orientations, np.concatenate([head, joints[_LIMB_JOINTS]])
    )


def _joints(*endings: str) -> list[int]:
    """Return the indices of the joints whose names have one of the endings."""
    return [j for j, joint in enumerate(SKELETON.joints) if joint.name.endswith(endings)]


_LIMB_JOINTS = [SKELETON.index[name] for name in KEYPOINTS[5:]]
_SHOULDERS, _HIPS, _LEG_JOINTS = _joints('shoulder'), _joints('hip'), _joints('knee', 'ankle')


def _offsets(appearance: PersonAppearance) -> Array:
    """Return the (J, 3) bone vectors for the proportions."""
    offsets = SKELETON.offsets.copy()
    offsets[_SHOULDERS, 0] *= appearance.shoulders
    offsets[_HIPS, 0] *= appearance.hips
    offsets[_LEG_JOINTS] *= appearance.legs
    offsets[SKELETON.index['head']] *= 0.25 + 0.75 * appearance.head
    return offsets


def build_figure(person: Person, view: View, number: int) -> Figure:
    """Build all solids of a person with clothes.

    Part names begin with ``head``, ``hair``, ``torso``, ``left_arm``, ``left_leg`` and so on;
    ``visible_keypoints`` depends on these names.
    """
    figure = Figure(view, number)
    for side in _SIDES:
        _add_leg(figure, person, side)
    _add_trunk(figure, person)
    for side in _SIDES:
        _add_arm(figure, person, side)
    add_head(figure, person.appearance, person.joint('head'), person.orientation('head'))
    return figure


def _joint_colour(colour: Colour) -> Colour:
    """Return a contrasting colour for elbows and knees on skin or cloth."""
    light = sum(colour) > 330
    return mix_colours(colour, (40, 40, 120) if light else (200, 215, 235), 0.4)


def _add_leg(figure: Figure, person: Person, side: str) -> None:
    """Add the leg of one side."""
    appearance, part, thick = person.appearance, f'{side}_leg', person.appearance.girth
    hip, knee, ankle = (person.joint(f'{side}_{j}') for j in ('hip', 'knee', 'ankle'))
    heel, toe = person.joint(f'{side}_heel'), person.joint(f'{side}_toe')
    covered = appearance.bottom == 'trousers'
    wear = appearance.bottom_cloth if covered else plain_texture(appearance.skin)
    mark = _joint_colour(appearance.bottom_colour if covered else appearance.skin)
    foot = 0.026 * thick**0.5, 0.023 * thick**0.5
    figure.capsule(f'{part} foot', (heel, toe), foot, appearance.shoes, nearer=0.01)
    shin = 0.038 * thick, (0.031 if covered else 0.024) * thick
    figure.capsule(
        f'{part} shin', (knee, ankle), shin, add_end_bands(wear, mark, appearance.socks)
    )
    thigh = 0.056 * thick, 0.04 * thick
    figure.capsule(f'{part} thigh', (hip, knee), thigh, add_end_bands(wear, None, mark))
    if appearance.bottom == 'shorts':
        hem = hip + (knee - hip) * appearance.hem
        loose = 0.06 * thick, 0.053 * thick
        figure.capsule(
            f'{part} shorts', (hip, hem), loose, appearance.bottom_cloth, nearer=0.04
        )


def _add_arm(figure: Figure, person: Person, side: str) -> None:
    """Add the arm of one side."""
    appearance, part, thick = person.appearance, f'{side}_arm', person.appearance.girth
    shoulder, elbow = person.joint(f'{side}_shoulder'), person.joint(f'{side}_elbow')
    wrist, hand = person.joint(f'{side}_wrist'), person.joint(f'{side}_hand')
    covered = appearance.sleeves >= 1
    wear = appearance.top if covered else plain_texture(appearance.skin)
    mark = _joint_colour(appearance.top_colour if covered else appearance.skin)
    palm, rotation = (
        np.array([0.024, 0.031, 0.019]) * thick**0.5,
        person.orientation(f'{side}_wrist'),
    )
    depth = float(hand[2]) - 0.05
    figure.ellipsoid(
        f'{part} hand', hand, palm, rotation, plain_texture(appearance.skin), depth=depth
    )
    fore = 0.027 * thick, 0.021 * thick
    cuffed = add_end_bands(wear, mark, appearance.trim)
    figure.capsule(f'{part} fore', (elbow, wrist), fore, cuffed, nearer=0.05)
    upper = 0.034 * thick, 0.027 * thick
    patched = add_end_bands(wear, None, mark)
    figure.capsule(f'{part} upper', (shoulder, elbow), upper, patched, nearer=0.05)
    if 0 < appearance.sleeves < 1:
        cuff = shoulder + (elbow - shoulder) * min(2 * appearance.sleeves, 0.8)
        loose = 0.037 * thick, 0.036 * thick
        figure.capsule(f'{part} sleeve', (shoulder, cuff), loose, appearance.top, nearer=0.06)


def _add_trunk(figure: Figure, person: Person) -> None:
    """Add trunk, neck, skirt and backpack."""
    appearance = person.appearance
    thick = appearance.girth
    chest, waist, pelvis = (person.orientation(j) for j in ('chest', 'waist', 'pelvis'))

    def on_chest(x: float, y: float, z: float) -> Array:
        return person.joint('chest') + chest @ [x, y, z]

    wide = 0.6 + 0.4 * thick
    girdle = on_chest(0, -0.088, 0), (0.108 * appearance.shoulders, 0.044, 0.056 * wide), chest
    rib_axes = (0.092 * appearance.shoulders * wide, 0.05, 0.066 * wide)
    ribs = on_chest(0, -0.03, -0.004), rib_axes, chest
    belt = person.joint('waist') + waist @ [0, 0, -0.004]
    middle = belt, (0.077 * thick, 0.04, 0.06 * thick), waist
    seat = person.joint('pelvis') + pelvis @ [0, 0.012, 0.004]
    lower = seat, (0.086 * appearance.hips * thick**0.5, 0.05, 0.066 * thick), pelvis
    if appearance.bottom in ('skirt', 'dress'):
        hems = []
        for side in _SIDES:
            hip, knee = person.joint(f'{side}_hip'), person.joint(f'{side}_knee')
            ring = hip + (knee - hip) * appearance.hem
            round_ = 0.064 * thick
            hems.append((ring, (round_, 0.02, round_), person.orientation(f'{side}_hip')))
        wear = appearance.bottom_cloth
        figure.hull('torso skirt', [middle, lower, *hems], wear, nearer=0.09)
    else:
        figure.hull('torso seat', [middle, lower], appearance.bottom_cloth, nearer=0.035)
    depth = float(person.joint('chest')[2]) - 0.04
    tunic = [girdle, ribs, middle]
    figure.hull('torso chest', tunic, appearance.top, depth=depth)
    figure.add(depth, lambda canvas: _draw_chest_details(canvas, figure, person))
    nape = person.joint('head') + person.orientation('head') @ [
        0,
        0.045 * appearance.head,
        0.01,
    ]
    neck = on_chest(0, -0.122, 0), nape
    middle_depth = float(neck[0][2] + neck[1][2]) / 2
    over_chest = max(depth, head_depth(person.joint('head'))) - 1e-4
    figure.capsule(
        'torso neck',
        neck,
        (0.036, 0.034),
        plain_texture(mix_colours(appearance.skin, (40, 40, 110), 0.12)),
        nearer=middle_depth - over_chest,
    )
    if appearance.backpack:
        bag = on_chest(0, -0.03, 0.095)
        figure.ellipsoid(
            'bag', bag, (0.075, 0.095, 0.042), chest, plain_texture(appearance.trim)
        )


def _draw_chest_details(canvas: Canvas, figure: Figure, person: Person) -> None:
    """Draw collar, badge, buttons or straps if the chest faces the viewer."""
    appearance, rotation = person.appearance, person.orientation('chest')
    if rotation[2, 2] < 0.1 or (appearance.chest_detail == 'plain' and not appearance.backpack):
        return
    chest = figure.part_id('torso chest')

    def shape(points: list[tuple[float, float]], colour: Colour) -> None:
        chest_points = np.array([(x, y, -0.062) for x, y in points])
        outline = figure.view(person.joint('chest') + chest_points @ rotation.T)
        frame = np.eye(2) * figure.view.scale * 0.05
        canvas.draw_texture(
            outline, plain_texture(colour), outline.mean(0), frame, within_part=chest
        )

    skin = mix_colours(appearance.skin, (40, 40, 110), 0.12)
    if appearance.chest_detail == 'neck':
        shape([(-0.035, -0.14), (0.035, -0.14), (0, -0.07)], skin)
    elif appearance.chest_detail == 'shirt':
        shape([(-0.04, -0.14), (0.04, -0.14), (0.03, 0.14), (-0.03, 0.14)], appearance.trim)
        shape([(-0.022, -0.14), (0.022, -0.14), (0, -0.09)], skin)
    elif appearance.chest_detail == 'badge':
        shape([(-0.04, -0.07), (0.04, -0.07), (0.04, -0.01), (-0.04, -0.01)], appearance.trim)
    elif appearance.chest_detail == 'buttons':
        for y in (-0.07, -0.03, 0.01, 0.05, 0.09):
            shape([(-0.006, y), (0, y - 0.006), (0.006, y), (0, y + 0.006)], (240, 240, 240))
    if appearance.backpack:
        for sign in (1, -1):
            strap = [(0.05, -0.14), (0.068, -0.14), (0.075, 0.03), (0.06, 0.03)]
            shape([(sign * x, y) for x, y in strap], appearance.trim)


# The body part that shows a keypoint.
_BODY_PART = {'ear': 'head', 'eye': 'head', 'nose': 'head'} | {
    'shoulder': 'arm',
    'elbow': 'arm',
    'wrist': 'arm',
    'hip': 'leg',
    'knee': 'leg',
    'ankle': 'leg',
}
# Shoulders and hips are also visible on the trunk, unless they lie farther behind a joint of
# the trunk than this, in statures.
_TRUNK_DEPTH_TOLERANCES = {'shoulder': ('chest', 0.075), 'hip': ('pelvis', 0.036)}


def visible_keypoints(figure: Figure, person: Person, canvas: Canvas) -> NDArray[np.bool_]:
    """Return (17,) flags of the keypoints that are visible in the finished image.

    A keypoint is visible where the image shows the body part to which it belongs, unless it is
    on the far side of that part.
    """
    parts = figure.visible_parts_at(canvas, figure.view(person.keypoints))
    visible = np.zeros(len(KEYPOINTS), bool)
    for k, (name, part) in enumerate(zip(KEYPOINTS, parts, strict=True)):
        side, _, kind = name.rpartition('_')
        group = part.split(' ')[0]
        if _BODY_PART[kind] == 'head':
            near = faces_viewer(name, person.orientation('head'), person.appearance)
            visible[k] = group == 'head' and near
        elif group == 'torso' and kind in _TRUNK_DEPTH_TOLERANCES:
            trunk, tolerance = _TRUNK_DEPTH_TOLERANCES[kind]
            visible[k] = person.keypoints[k][2] - person.joint(trunk)[2] < tolerance
        else:
            visible[k] = group == f'{side}_{_BODY_PART[kind]}'
    return visible
