"""Render images of one face with its landmarks and head pose.

Letters: K landmarks. Points are (x, y) in image px with pixel centres at integers.
"""

import os
from functools import lru_cache, partial
from typing import Any

import cv2
import numpy as np

from mmpose_addons_core.faces.head_pose import HeadPose, rotation_matrix
from mmpose_addons_core.keypoints.names import coco_category

from .background import draw_background
from .camera import jpeg_quality, simulate_camera
from .choices import choose
from .coco_writer import ToyDataError, write_dataset
from .drawing import Canvas, Image, Light
from .face_appearance import sample_appearance
from .face_head import OCCLUDER_ID, HeadPainter
from .face_shape import face_landmarks, sample_expression, sample_proportions
from .figure import PARTS_PER_FIGURE
from .geometry import Array
from .objects import OCCLUDERS
from .rendered_image import RenderedImage, check_image_arguments

VERSION = 1  # must change when the same arguments give other images
LANDMARKS = (98, 68)
MARGIN = 1.2  # side of a box relative to the extent of the landmarks, as in WFLW and 300W
_BACKGROUND_COUNT = 48  # backgrounds per data set; images show random crops of them
_ANGLE_LIMITS = np.array([60.0, 30.0, 40.0])  # yaw, pitch, roll, degrees
_FACE_HEIGHT = 134.0  # from brows to chin, mm
_HEAD_AXIS = (0, 0, 85)  # vertical axis through the middle of the head, mm


def category(landmarks: int) -> dict[str, Any]:
    """Return the entry of COCO's categories for a number of landmarks."""
    return coco_category('face', 'person', [f'kpt-{k}' for k in range(landmarks)], [])


def render_face(seed: int, index: int, size: int = 128, landmarks: int = 98) -> RenderedImage:
    """Draw an image of a face.

    The image depends on the arguments only.

    Args:
        seed: Of the data set, at least 0.
        index: Index of the image, at least 0.
        size: Height and width in px, at least 64.
        landmarks: 98 as in WFLW or 68 as in 300W; the images are the same.

    Returns:
        The image. Its annotation has the fields that MMPose's ``WFLWDataset`` and
        ``Face300WDataset`` read: ``'keypoints'`` (3 K numbers x, y, v; v is 2 for visible, 1
        for hidden), ``'num_keypoints'``, ``'bbox'`` (x, y, w, h), ``'center'`` and ``'scale'``
        (side of the square around the landmarks, in units of 200 px). It also has
        ``'head_pose'`` with ``'angles'`` (yaw, pitch, roll in degrees), ``'rotation'``,
        ``'translation'`` (mm), ``'focal'`` and ``'centre'`` (px), as
        ``mmpose_addons_core.faces.head_pose`` defines them; ``'expression'``; and
        ``'subsets'``, a list of ``'pose'``, ``'expression'`` and ``'occlusion'``.

    Raises:
        ValueError: If a number is too small or there is no such layout.

    >>> rendered = render_face(seed=0, index=3)
    >>> rendered.image.shape, len(rendered.annotations[0]['keypoints'])
    ((128, 128, 3), 294)
    """
    check_image_arguments(seed, index, size)
    rng = np.random.default_rng([seed, index])
    light = Light(rng.uniform(-180, 0), rng.uniform(0.25, 0.8))
    canvas = Canvas(_random_background(seed, size, rng), light)
    proportions, expression = sample_proportions(rng), sample_expression(rng)
    drawn = face_landmarks(98, proportions, expression)
    pose = _sample_head_pose(drawn, size, rng)
    appearance = sample_appearance(rng)
    HeadPainter(canvas, drawn, proportions.size, pose, appearance).draw()
    if rng.random() < 0.25:
        _draw_occluder(canvas, pose.project(drawn)[0], rng)
    image = _light_from_side(canvas.image, light, rng)
    annotation = _annotate(face_landmarks(landmarks, proportions, expression), canvas, pose)
    annotation['expression'] = expression.name
    if expression.name not in ('neutral', 'smile'):
        annotation['subsets'].append('expression')
    return RenderedImage(simulate_camera(image, rng), [annotation], jpeg_quality(rng))


def make_toy_faces(
    out: str | os.PathLike[str],
    images: int,
    seed: int = 0,
    landmarks: int = 98,
    size: int = 128,
    **settings: Any,
) -> bool:
    """Write a data set of toy faces, see ``coco_writer.write_dataset``.

    Args:
        out: The folder.
        images: Number of images in both parts.
        seed: Of all images.
        landmarks: 98 or 68.
        size: Height and width of an image in px.
        settings: ``val_fraction``, ``workers``, ``force``.

    Returns:
        True if the data set was written, False if the folder already contained it.

    Raises:
        ToyDataError: If an argument is out of range, or the folder contains anything else.
    """
    if landmarks not in LANDMARKS:
        raise ToyDataError(f'Expected landmarks to be one of {LANDMARKS}, got {landmarks}.')
    return write_dataset(
        out,
        'faces',
        partial(render_face, landmarks=landmarks),
        category(landmarks),
        images=images,
        seed=seed,
        size=size,
        version=f'{VERSION} {landmarks}',
        **settings,
    )


@lru_cache(maxsize=_BACKGROUND_COUNT)
def _background(seed: int, number: int, side: int) -> Image:
    """Return a read-only (side, side, 3) background of the data set."""
    canvas = Canvas(np.empty((side, side, 3), np.uint8))
    draw_background(canvas, np.random.default_rng([seed, number, side]))
    canvas.image.flags.writeable = False
    return canvas.image


def _random_background(seed: int, size: int, rng: np.random.Generator) -> Image:
    """Return a (size, size, 3) crop of a random background, mirrored at random."""
    background = _background(seed, int(rng.integers(_BACKGROUND_COUNT)), 5 * size // 4)
    x, y = rng.integers(0, len(background) - size, 2)
    crop = background[y : y + size, x : x + size]
    return (crop[:, ::-1] if rng.random() < 0.5 else crop).copy()


def _sample_head_pose(face: Array, size: int, rng: np.random.Generator) -> HeadPose:
    """Return a random pose for which all (K, 3) landmarks lie in the image."""
    while True:
        angles = rng.normal(0, (25, 10, 12))
        if rng.random() < 0.5:
            angles[0] = rng.uniform(-60, 60)
        angles = angles.clip(-_ANGLE_LIMITS, _ANGLE_LIMITS)
        focal = size * rng.uniform(1.2, 5)
        scale = size * rng.uniform(0.46, 0.64) / _FACE_HEIGHT
        wanted = (size - 1) / 2 + size * rng.uniform(-0.07, 0.07, 2)
        middle = np.full((1, 2), (size - 1) / 2)
        rotation = rotation_matrix(angles[None])
        shift = np.array([[0.0, 0.0, focal / scale]])
        for _ in range(2):  # the second step corrects for the perspective
            pose = HeadPose(rotation, shift, np.zeros(1), np.array([focal]), middle)
            points = pose.project(face)[0]
            away = wanted - (points.min(0) + points.max(0)) / 2
            shift = shift + np.append(away / scale, 0)
        pose = HeadPose(rotation, shift, np.zeros(1), np.array([focal]), middle)
        points = pose.project(face)[0]
        if points.min() > 1 and points.max() < size - 2:
            return pose


def _draw_occluder(canvas: Canvas, points: Array, rng: np.random.Generator) -> None:
    """Draw an object in front of a part of the face, whose landmarks are (K, 2) px."""
    low, high = points.min(0), points.max(0)
    extent = float((high - low).max())
    x, y = rng.uniform(low, high).tolist()
    tall = rng.uniform(0.3, 0.7) * extent
    choose(OCCLUDERS, rng)(canvas, x, y + rng.uniform(0.4, 1.0) * tall, tall, rng)


@lru_cache(maxsize=256)
def _light_ramp(size: int, angle: int, strength: float) -> Image:
    """Return (size, size, 3) brightness factors, where 128 means 1.

    They increase in the direction of ``angle``, in degrees.
    """
    across = np.linspace(-1, 1, size)
    x, y = np.cos(np.radians(angle)) * across, np.sin(np.radians(angle)) * across
    levels = 128 * (1 + strength * (x + y[:, None]) / 2)
    return cv2.cvtColor(levels.clip(0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)


def _light_from_side(image: Image, light: Light, rng: np.random.Generator) -> Image:
    """Return the image, brighter on the side of the light."""
    strength = round(rng.uniform(0, 0.8) * light.strength, 1)
    ramp = _light_ramp(len(image), 15 * round(light.angle / 15), strength)
    return cv2.multiply(image, ramp, scale=1 / 128)


def _annotate(face: Array, canvas: Canvas, pose: HeadPose) -> dict[str, Any]:
    """Return the annotation of a face with (K, 3) landmarks in mm in the finished image."""
    points = pose.project(face)[0]
    x, y = np.rint(points).astype(int).T
    part_ids = canvas.part_map[y, x]
    covered = (part_ids >= OCCLUDER_ID) & (part_ids < PARTS_PER_FIGURE)
    outwards = (face - _HEAD_AXIS) * (1, 0, 1)
    away = outwards @ pose.rotation[0, 2] > 0.2 * np.linalg.norm(outwards, axis=1)
    keypoints = np.column_stack([points.round(2), np.where(covered | away, 1, 2)])

    low, high = points.min(0), points.max(0)
    middle, reach = (low + high) / 2, high - low
    box = np.stack([middle - MARGIN / 2 * reach, middle + MARGIN / 2 * reach])
    box = box.clip(0, len(canvas.part_map) - 1)
    w, h = (box[1] - box[0]).tolist()
    yaw, pitch, _ = pose.angles[0].tolist()
    subsets = ['pose'] if abs(yaw) > 30 or abs(pitch) > 20 else []
    if covered.mean() > 0.25:
        subsets.append('occlusion')
    return {
        'keypoints': keypoints.ravel().tolist(),
        'num_keypoints': len(points),
        'bbox': [*box[0].round(2).tolist(), round(w, 2), round(h, 2)],
        'center': middle.round(2).tolist(),
        'scale': round(float(reach.max()) / 200, 5),
        'area': round(w * h, 2),
        'segmentation': [],
        'head_pose': {
            'angles': pose.angles[0].round(4).tolist(),
            'rotation': pose.rotation[0].round(6).tolist(),
            'translation': pose.translation[0].round(3).tolist(),
            'focal': round(float(pose.focal[0]), 3),
            'centre': pose.centre[0].tolist(),
        },
        'subsets': subsets,
    }
