"""Pictures of one to three people with COCO annotations.

Letters: K = 17 keypoints in COCO's order. Points and boxes in image px.
"""

import os
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from mmpose_addons_core.keypoints.coco import KEYPOINTS, SKELETON
from mmpose_addons_core.keypoints.names import coco_category

from .background import draw_background, draw_shadow
from .camera import jpeg_quality, photograph
from .choices import one_of, weighted
from .coco_annotation import annotate
from .coco_writer import ToyDataError, write_dataset
from .drawing import Canvas, Light
from .figure import Figure
from .geometry import View
from .objects import COLOURS, OCCLUDERS, stool
from .people_scenes import SCENES, Scenes
from .person import Body, build_figure, pose_body, visible_keypoints
from .person_look import sample_look
from .person_pose import sample_pose
from .picture import Picture

CATEGORY = coco_category('person', 'person', KEYPOINTS, SKELETON)
VERSION = 2  # rises whenever the same arguments give other pictures
MIN_SEEN = 5  # a person with fewer visible keypoints is drawn anew
_GROUND = 0.026  # half thickness of a foot, in statures


@dataclass(frozen=True)
class _Person:
    """A body and where it stands.

    Attributes:
        floor: y of the ground below it in image px; larger is nearer.
    """

    body: Body
    yaw: float
    view: View
    floor: float


def render_people(seed: int, index: int, size: int = 256, scenes: str = 'lively') -> Picture:
    """Draws a picture of one to three people.

    The picture depends on nothing but the arguments.

    Args:
        seed: Of the data set, at least 0.
        index: Number of the picture, at least 0.
        size: Height and width in px, at least 64.
        scenes: A key of `SCENES`, 'lively' or 'calm'.

    Returns:
        The picture. Its annotations are those of `coco_annotation.annotate`, with
        'yaw' (degrees, 0 faces the viewer, 90 the picture's right) and 'pose' (the
        stance's name).

    Raises:
        ValueError: If a number is too small or the scenes are unknown.

    >>> picture = render_people(seed=0, index=3)
    >>> picture.image.shape, sorted(picture.annotations[0])[:3]
    ((256, 256, 3), ['area', 'bbox', 'keypoints'])
    """
    if seed < 0 or index < 0 or size < 64:
        raise ValueError(
            'expected seed >= 0, index >= 0 and size >= 64, '
            f'got seed={seed}, index={index}, size={size}.'
        )
    if scenes not in SCENES:
        raise ValueError(f'expected scenes to be one of {list(SCENES)}, got {scenes!r}.')
    kind = SCENES[scenes]
    rng = np.random.default_rng([seed, index])
    while True:
        image, annotations = _draw_scene(rng, size, kind)
        if all(
            annotation['keypoints'][2::3].count(2) >= MIN_SEEN for annotation in annotations
        ):
            return Picture(photograph(image, rng, kind.flaws), annotations, jpeg_quality(rng))


def make_toy_people(
    out: str | os.PathLike[str],
    images: int,
    seed: int = 0,
    scenes: str = 'lively',
    **settings: Any,
) -> bool:
    """Writes a data set of toy people; see `coco_writer.write_dataset`.

    Args:
        out: The folder.
        images: How many pictures.
        seed: Of all pictures.
        scenes: A key of `SCENES`, 'lively' or 'calm'.
        settings: `size`, `val_fraction`, `workers`, `force`.

    Returns:
        True if the data set was written, False if the very same one was there.

    Raises:
        ToyDataError: If an argument is out of range, or the folder holds anything
            else.
    """
    if scenes not in SCENES:
        raise ToyDataError(f'Expected scenes to be one of {list(SCENES)}, got {scenes!r}.')
    return write_dataset(
        out,
        'people',
        partial(render_people, scenes=scenes),
        CATEGORY,
        images=images,
        seed=seed,
        version=f'{VERSION} {scenes}',
        **settings,
    )


def _draw_scene(
    rng: np.random.Generator, size: int, kind: Scenes
) -> tuple[np.ndarray, list[dict[str, Any]]]:
    light = Light(rng.uniform(-160, -20), rng.uniform(0.4, 0.75))
    canvas = Canvas(np.empty((size, size, 3), np.uint8), light)
    draw_background(canvas, rng)
    people = _place_people(rng, size, kind)
    figures = []
    for number, person in enumerate(people, start=1):
        figure = build_figure(person.body, person.view, number)
        _seat(figure, person, rng)
        middle = float(figure.view(person.body.joints)[:, 0].mean())
        draw_shadow(canvas, middle, person.floor, 0.17 * person.view.scale)
        figure.draw(canvas)
        figures.append(figure)
    _hide_some(canvas, people, kind, rng)
    return canvas.image, [
        _annotate(figure, person, canvas)
        for figure, person in zip(figures, people, strict=True)
    ]


def _place_people(rng: np.random.Generator, size: int, kind: Scenes) -> list[_Person]:
    """People in the order in which they are drawn, far ones first."""
    count = weighted(kind.people, rng)
    tilt = rng.uniform(-4, 14), rng.normal(0, 3)
    people = []
    for slot in rng.permutation(count):
        look = sample_look(rng)
        yaw = one_of((-1, 1), rng) * rng.uniform(*weighted(kind.turns, rng))
        pose = sample_pose(rng, stances=kind.stances, arms=kind.arms)
        body = pose_body(look, pose, yaw, tilt)
        low, high = body.joints.min(0)[:2], body.joints.max(0)[:2]
        ground = high[1] + _GROUND
        top = low[1] - 0.07 * look.head
        middle = (low[0] + high[0]) / 2
        x = size * (slot + 0.5 + rng.uniform(-0.38, 0.38)) / count
        if rng.random() < kind.close / count:  # a close view, cut by the lower border
            scale = size * rng.uniform(1.1, 1.9)
            y = size * rng.uniform(0.02, 0.2) - top * scale
        else:
            largest = (0.95, 0.8, 0.66)[count - 1]
            scale = size * rng.uniform(0.6, 1.05) * largest * look.stature
            y = size * rng.uniform(0.84, 1.0) - ground * scale
            y = max(y, -size * rng.uniform(0, 0.05) - top * scale)
        view = View(scale, np.array([x - middle * scale, y]))
        lift = 0.06 if body.pose.seat == 'air' else 0.0
        people.append(_Person(body, yaw, view, y + (ground + lift) * scale))
    return sorted(people, key=lambda person: person.floor)


def _seat(figure: Figure, person: _Person, rng: np.random.Generator) -> None:
    """Puts a stool under a person who sits."""
    if person.body.pose.seat == 'stool':
        pelvis = person.body.joint('pelvis')
        seat = pelvis + [0, 0.085, 0]
        floor = float(person.body.joints[:, 1].max()) + 0.01
        chair = stool(one_of(COLOURS, rng), person.view, seat, floor)
        figure.add(float(pelvis[2]) + 0.02, chair.draw)


def _hide_some(
    canvas: Canvas, people: list[_Person], kind: Scenes, rng: np.random.Generator
) -> None:
    """Puts an object or two before the people, now and then."""
    size = len(canvas.image)
    for _ in range(weighted(kind.objects, rng)):
        person = one_of(people, rng)
        scale = min(person.view.scale, 1.2 * size)
        x = person.view.origin[0] + rng.uniform(-0.35, 0.35) * scale
        y = min(person.floor, size) + rng.uniform(0.01, 0.12) * scale
        drawer = one_of(OCCLUDERS, rng)
        drawer(canvas, x, y, rng.uniform(0.2, 0.5) * scale, rng)


def _annotate(figure: Figure, person: _Person, canvas: Canvas) -> dict[str, Any]:
    points = figure.view(person.body.keypoints)
    seen = visible_keypoints(figure, person.body, canvas)
    return annotate(figure, points, seen, canvas) | {
        'yaw': round(person.yaw, 1),
        'pose': person.body.pose.name,
    }
