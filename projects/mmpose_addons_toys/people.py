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
from .camera import jpeg_quality, simulate_camera
from .choices import choose, choose_weighted
from .coco_annotation import make_annotation
from .coco_writer import ToyDataError, write_dataset
from .drawing import Canvas, Light
from .figure import Figure
from .geometry import View
from .objects import COLOURS, OCCLUDERS, stool
from .people_scenes import SCENES, Scenes
from .person import Person, build_figure, pose_person, visible_keypoints
from .person_appearance import sample_appearance
from .person_pose import sample_pose
from .rendered_image import RenderedImage

CATEGORY = coco_category('person', 'person', KEYPOINTS, SKELETON)
VERSION = 2  # rises whenever the same arguments give other pictures
MIN_SEEN = 5  # a person with fewer visible keypoints is drawn anew
_FOOT_RADIUS = 0.026  # half thickness of a foot, in statures


@dataclass(frozen=True)
class _PlacedPerson:
    """A body and where it stands.

    Attributes:
        floor: y of the ground below it in image px; larger is nearer.
    """

    person: Person
    yaw: float
    view: View
    floor: float


def render_people(
    seed: int, index: int, size: int = 256, scenes: str = 'lively'
) -> RenderedImage:
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
    settings = SCENES[scenes]
    rng = np.random.default_rng([seed, index])
    while True:
        image, annotations = _draw_scene(rng, size, settings)
        if all(
            annotation['keypoints'][2::3].count(2) >= MIN_SEEN for annotation in annotations
        ):
            return RenderedImage(
                simulate_camera(image, rng, settings.degrade), annotations, jpeg_quality(rng)
            )


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
    rng: np.random.Generator, size: int, settings: Scenes
) -> tuple[np.ndarray, list[dict[str, Any]]]:
    light = Light(rng.uniform(-160, -20), rng.uniform(0.4, 0.75))
    canvas = Canvas(np.empty((size, size, 3), np.uint8), light)
    draw_background(canvas, rng)
    people = _place_people(rng, size, settings)
    figures = []
    for number, placed in enumerate(people, start=1):
        figure = build_figure(placed.person, placed.view, number)
        _add_stool(figure, placed, rng)
        middle = float(figure.view(placed.person.joints)[:, 0].mean())
        draw_shadow(canvas, middle, placed.floor, 0.17 * placed.view.scale)
        figure.draw(canvas)
        figures.append(figure)
    _draw_occluders(canvas, people, settings, rng)
    return canvas.image, [
        _annotate(figure, placed, canvas)
        for figure, placed in zip(figures, people, strict=True)
    ]


def _place_people(rng: np.random.Generator, size: int, settings: Scenes) -> list[_PlacedPerson]:
    """People in the order in which they are drawn, far ones first."""
    count = choose_weighted(settings.people, rng)
    tilt = rng.uniform(-4, 14), rng.normal(0, 3)
    people = []
    for slot in rng.permutation(count):
        appearance = sample_appearance(rng)
        yaw = choose((-1, 1), rng) * rng.uniform(*choose_weighted(settings.turns, rng))
        pose = sample_pose(rng, stances=settings.stances, arms=settings.arms)
        person = pose_person(appearance, pose, yaw, tilt)
        low, high = person.joints.min(0)[:2], person.joints.max(0)[:2]
        ground = high[1] + _FOOT_RADIUS
        top = low[1] - 0.07 * appearance.head
        middle = (low[0] + high[0]) / 2
        x = size * (slot + 0.5 + rng.uniform(-0.38, 0.38)) / count
        if rng.random() < settings.close / count:  # a close view, cut by the lower border
            scale = size * rng.uniform(1.1, 1.9)
            y = size * rng.uniform(0.02, 0.2) - top * scale
        else:
            largest = (0.95, 0.8, 0.66)[count - 1]
            scale = size * rng.uniform(0.6, 1.05) * largest * appearance.stature
            y = size * rng.uniform(0.84, 1.0) - ground * scale
            y = max(y, -size * rng.uniform(0, 0.05) - top * scale)
        view = View(scale, np.array([x - middle * scale, y]))
        lift = 0.06 if person.pose.support == 'air' else 0.0
        people.append(_PlacedPerson(person, yaw, view, y + (ground + lift) * scale))
    return sorted(people, key=lambda placed: placed.floor)


def _add_stool(figure: Figure, placed: _PlacedPerson, rng: np.random.Generator) -> None:
    """Puts a stool under a person who sits."""
    if placed.person.pose.support == 'stool':
        pelvis = placed.person.joint('pelvis')
        support = pelvis + [0, 0.085, 0]
        floor = float(placed.person.joints[:, 1].max()) + 0.01
        chair = stool(choose(COLOURS, rng), placed.view, support, floor)
        figure.add(float(pelvis[2]) + 0.02, chair.draw)


def _draw_occluders(
    canvas: Canvas, people: list[_PlacedPerson], settings: Scenes, rng: np.random.Generator
) -> None:
    """Puts an object or two before the people, now and then."""
    size = len(canvas.image)
    for _ in range(choose_weighted(settings.objects, rng)):
        placed = choose(people, rng)
        scale = min(placed.view.scale, 1.2 * size)
        x = placed.view.origin[0] + rng.uniform(-0.35, 0.35) * scale
        y = min(placed.floor, size) + rng.uniform(0.01, 0.12) * scale
        drawer = choose(OCCLUDERS, rng)
        drawer(canvas, x, y, rng.uniform(0.2, 0.5) * scale, rng)


def _annotate(figure: Figure, placed: _PlacedPerson, canvas: Canvas) -> dict[str, Any]:
    points = figure.view(placed.person.keypoints)
    visible = visible_keypoints(figure, placed.person, canvas)
    return make_annotation(figure, points, visible, canvas) | {
        'yaw': round(placed.yaw, 1),
        'pose': placed.person.pose.name,
    }
