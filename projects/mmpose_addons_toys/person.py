"""A toy person as a figure: trunk, limbs and clothes around a posed skeleton.

Letters: J joints, K = 17 keypoints in COCO's order. Lengths in statures, camera
frame; keypoints in image px.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmpose_addons_core.keypoints.coco import KEYPOINTS

from .drawing import Canvas, Colour, mix, plain
from .figure import Figure
from .geometry import Array, View, rotations
from .person_head import HEAD_KEYPOINTS, add_head, faces_viewer, head_depth
from .person_look import Look
from .person_pose import Pose
from .person_skeleton import SKELETON
from .textures import banded

_SIDES = ('left', 'right')


@dataclass(frozen=True)
class Body:
    """A person's look on a posed skeleton that is turned to the camera.

    Attributes:
        joints: (J, 3) positions relative to the pelvis.
        frames: (J, 3, 3) orientations of the bones.
        keypoints: (17, 3) COCO's keypoints.
    """

    look: Look
    pose: Pose
    joints: Array
    frames: Array
    keypoints: Array

    def joint(self, name: str) -> Array:
        return self.joints[SKELETON.index[name]]

    def frame(self, name: str) -> Array:
        return self.frames[SKELETON.index[name]]


def pose_body(look: Look, pose: Pose, yaw: float, tilt: tuple[float, float]) -> Body:
    """Poses a person before the camera.

    Args:
        yaw: 0 faces the viewer, 90 the picture's right, 180 shows the back.
        tilt: The camera's pitch (positive looks down on the person) and roll, in
            degrees.
    """
    pitch, roll = tilt
    camera = rotations(np.array([pitch, 0, roll])) @ rotations(np.array([0, -yaw, 0]))
    joints, frames = SKELETON.pose(pose.angles, camera, _offsets(look))
    h = SKELETON.index['head']
    head = joints[h] + HEAD_KEYPOINTS * look.head @ frames[h].T
    return Body(look, pose, joints, frames, np.concatenate([head, joints[_LIMB_JOINTS]]))


def _joints(*endings: str) -> list[int]:
    """Numbers of the joints whose names end so."""
    return [j for j, joint in enumerate(SKELETON.joints) if joint.name.endswith(endings)]


_LIMB_JOINTS = [SKELETON.index[name] for name in KEYPOINTS[5:]]
_SHOULDERS, _HIPS, _LEGS = _joints('shoulder'), _joints('hip'), _joints('knee', 'ankle')


def _offsets(look: Look) -> Array:
    """(J, 3) bone vectors for the look's proportions."""
    offsets = SKELETON.offsets.copy()
    offsets[_SHOULDERS, 0] *= look.shoulders
    offsets[_HIPS, 0] *= look.hips
    offsets[_LEGS] *= look.legs
    offsets[SKELETON.index['head']] *= 0.25 + 0.75 * look.head
    return offsets


def build_figure(body: Body, view: View, number: int) -> Figure:
    """Dresses a body: all solids of the person, ready to be drawn.

    Part names begin with 'head', 'hair', 'torso', 'left_arm', 'left_leg' and so on,
    which `visible_keypoints` relies on.
    """
    figure = Figure(view, number)
    for side in _SIDES:
        _add_leg(figure, body, side)
    _add_trunk(figure, body)
    for side in _SIDES:
        _add_arm(figure, body, side)
    add_head(figure, body.look, body.joint('head'), body.frame('head'))
    return figure


def _joint_mark(colour: Colour) -> Colour:
    """What elbows and knees look like: rubbed, on skin as on cloth."""
    light = sum(colour) > 330
    return mix(colour, (40, 40, 120) if light else (200, 215, 235), 0.4)


def _add_leg(figure: Figure, body: Body, side: str) -> None:
    look, part, thick = body.look, f'{side}_leg', body.look.girth
    hip, knee, ankle = (body.joint(f'{side}_{j}') for j in ('hip', 'knee', 'ankle'))
    heel, toe = body.joint(f'{side}_heel'), body.joint(f'{side}_toe')
    covered = look.bottom == 'trousers'
    wear = look.bottom_cloth if covered else plain(look.skin)
    mark = _joint_mark(look.bottom_colour if covered else look.skin)
    foot = 0.026 * thick**0.5, 0.023 * thick**0.5
    figure.capsule(f'{part} foot', (heel, toe), foot, look.shoes, nearer=0.01)
    shin = 0.038 * thick, (0.031 if covered else 0.024) * thick
    figure.capsule(f'{part} shin', (knee, ankle), shin, banded(wear, mark, look.socks))
    thigh = 0.056 * thick, 0.04 * thick
    figure.capsule(f'{part} thigh', (hip, knee), thigh, banded(wear, None, mark))
    if look.bottom == 'shorts':
        hem = hip + (knee - hip) * look.hem
        loose = 0.06 * thick, 0.053 * thick
        figure.capsule(f'{part} shorts', (hip, hem), loose, look.bottom_cloth, nearer=0.04)


def _add_arm(figure: Figure, body: Body, side: str) -> None:
    look, part, thick = body.look, f'{side}_arm', body.look.girth
    shoulder, elbow = body.joint(f'{side}_shoulder'), body.joint(f'{side}_elbow')
    wrist, hand = body.joint(f'{side}_wrist'), body.joint(f'{side}_hand')
    covered = look.sleeves >= 1
    wear = look.top if covered else plain(look.skin)
    mark = _joint_mark(look.top_colour if covered else look.skin)
    palm, turn = np.array([0.024, 0.031, 0.019]) * thick**0.5, body.frame(f'{side}_wrist')
    depth = float(hand[2]) - 0.05
    figure.ellipsoid(f'{part} hand', hand, palm, turn, plain(look.skin), depth=depth)
    fore = 0.027 * thick, 0.021 * thick
    cuffed = banded(wear, mark, look.trim)
    figure.capsule(f'{part} fore', (elbow, wrist), fore, cuffed, nearer=0.05)
    upper = 0.034 * thick, 0.027 * thick
    patched = banded(wear, None, mark)
    figure.capsule(f'{part} upper', (shoulder, elbow), upper, patched, nearer=0.05)
    if 0 < look.sleeves < 1:
        cuff = shoulder + (elbow - shoulder) * min(2 * look.sleeves, 0.8)
        loose = 0.037 * thick, 0.036 * thick
        figure.capsule(f'{part} sleeve', (shoulder, cuff), loose, look.top, nearer=0.06)


def _add_trunk(figure: Figure, body: Body) -> None:
    look = body.look
    thick = look.girth
    chest, waist, pelvis = (body.frame(j) for j in ('chest', 'waist', 'pelvis'))

    def on_chest(x: float, y: float, z: float) -> Array:
        return body.joint('chest') + chest @ [x, y, z]

    wide = 0.6 + 0.4 * thick
    girdle = on_chest(0, -0.088, 0), (0.108 * look.shoulders, 0.044, 0.056 * wide), chest
    rib_axes = (0.092 * look.shoulders * wide, 0.05, 0.066 * wide)
    ribs = on_chest(0, -0.03, -0.004), rib_axes, chest
    belt = body.joint('waist') + waist @ [0, 0, -0.004]
    middle = belt, (0.077 * thick, 0.04, 0.06 * thick), waist
    seat = body.joint('pelvis') + pelvis @ [0, 0.012, 0.004]
    lower = seat, (0.086 * look.hips * thick**0.5, 0.05, 0.066 * thick), pelvis
    if look.bottom in ('skirt', 'dress'):
        hems = []
        for side in _SIDES:
            hip, knee = body.joint(f'{side}_hip'), body.joint(f'{side}_knee')
            ring = hip + (knee - hip) * look.hem
            round_ = 0.064 * thick
            hems.append((ring, (round_, 0.02, round_), body.frame(f'{side}_hip')))
        wear = look.bottom_cloth
        figure.trunk('torso skirt', [middle, lower, *hems], wear, nearer=0.09)
    else:
        figure.trunk('torso seat', [middle, lower], look.bottom_cloth, nearer=0.035)
    depth = float(body.joint('chest')[2]) - 0.04
    tunic = [girdle, ribs, middle]
    figure.trunk('torso chest', tunic, look.top, depth=depth)
    figure.add(depth, lambda canvas: _draw_front(canvas, figure, body))
    nape = body.joint('head') + body.frame('head') @ [0, 0.045 * look.head, 0.01]
    neck = on_chest(0, -0.122, 0), nape
    middle_depth = float(neck[0][2] + neck[1][2]) / 2
    over_chest = max(depth, head_depth(body.joint('head'))) - 1e-4
    figure.capsule(
        'torso neck',
        neck,
        (0.036, 0.034),
        plain(mix(look.skin, (40, 40, 110), 0.12)),
        nearer=middle_depth - over_chest,
    )
    if look.backpack:
        bag = on_chest(0, -0.03, 0.095)
        figure.ellipsoid('bag', bag, (0.075, 0.095, 0.042), chest, plain(look.trim))


def _draw_front(canvas: Canvas, figure: Figure, body: Body) -> None:
    """Draws what only the chest's front shows."""
    look, turn = body.look, body.frame('chest')
    if turn[2, 2] < 0.1 or (look.front == 'plain' and not look.backpack):
        return
    chest = figure.part('torso chest')

    def shape(points: list[tuple[float, float]], colour: Colour) -> None:
        flat = np.array([(x, y, -0.062) for x, y in points])
        outline = figure.view(body.joint('chest') + flat @ turn.T)
        frame = np.eye(2) * figure.view.scale * 0.05
        canvas.stamp(outline, plain(colour), outline.mean(0), frame, inside=chest)

    skin = mix(look.skin, (40, 40, 110), 0.12)
    if look.front == 'neck':
        shape([(-0.035, -0.14), (0.035, -0.14), (0, -0.07)], skin)
    elif look.front == 'shirt':
        shape([(-0.04, -0.14), (0.04, -0.14), (0.03, 0.14), (-0.03, 0.14)], look.trim)
        shape([(-0.022, -0.14), (0.022, -0.14), (0, -0.09)], skin)
    elif look.front == 'badge':
        shape([(-0.04, -0.07), (0.04, -0.07), (0.04, -0.01), (-0.04, -0.01)], look.trim)
    elif look.front == 'buttons':
        for y in (-0.07, -0.03, 0.01, 0.05, 0.09):
            shape([(-0.006, y), (0, y - 0.006), (0.006, y), (0, y + 0.006)], (240, 240, 240))
    if look.backpack:
        for sign in (1, -1):
            strap = [(0.05, -0.14), (0.068, -0.14), (0.075, 0.03), (0.06, 0.03)]
            shape([(sign * x, y) for x, y in strap], look.trim)


# Which parts show a keypoint, and, for those on the trunk, the joint of the trunk
# behind which they may lie by so many statures before the trunk hides them.
_SHOWN_BY = {'ear': 'head', 'eye': 'head', 'nose': 'head'} | {
    'shoulder': 'arm',
    'elbow': 'arm',
    'wrist': 'arm',
    'hip': 'leg',
    'knee': 'leg',
    'ankle': 'leg',
}
_ON_TRUNK = {'shoulder': ('chest', 0.075), 'hip': ('pelvis', 0.036)}


def visible_keypoints(figure: Figure, body: Body, canvas: Canvas) -> NDArray[np.bool_]:
    """(17,) which keypoints are seen in the finished picture.

    A keypoint is seen where the picture shows the part of the body that it belongs
    to, and the keypoint is not on that part's far side.
    """
    parts = figure.parts_at(canvas, figure.view(body.keypoints))
    seen = np.zeros(len(KEYPOINTS), bool)
    for k, (name, part) in enumerate(zip(KEYPOINTS, parts, strict=True)):
        side, _, kind = name.rpartition('_')
        group = part.split(' ')[0]
        if _SHOWN_BY[kind] == 'head':
            near = faces_viewer(name, body.frame('head'), body.look)
            seen[k] = group == 'head' and near
        elif group == 'torso' and kind in _ON_TRUNK:
            trunk, slack = _ON_TRUNK[kind]
            seen[k] = body.keypoints[k][2] - body.joint(trunk)[2] < slack
        else:
            seen[k] = group == f'{side}_{_SHOWN_BY[kind]}'
    return seen
