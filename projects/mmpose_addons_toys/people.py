"""Render images of one to three people with COCO annotations.

Letters: K = 17 keypoints in COCO's order. Points and boxes are in image px.
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
from .rendered_image import RenderedImage, check_image_arguments

CATEGORY = coco_category('person', 'person', KEYPOINTS, SKELETON)
VERSION = 2  # must change when the same arguments give other images
MIN_VISIBLE = 5  # an image in which a person has fewer visible keypoints is drawn again
_FOOT_RADIUS = 0.026  # half thickness of a foot, in statures


@dataclass(frozen=True)
class _PlacedPerson:
    """A person and its position in the image.

    Attributes:
        person: Pose and appearance.
        yaw: In degrees, see ``person.pose_person``.
        view: Position and scale in the image.
        floor: y of the ground below the person in image px; nearer people have a larger one.
    """

    person: Person
    yaw: float
    view: View
    floor: float


def render_people(
    seed: int, index: int, size: int = 256, scenes: str = 'lively'
) -> RenderedImage:
    """Draw an image of one to three people.

    The image depends on the arguments only.

    Args:
        seed: Of the data set, at least 0.
        index: Index of the image, at least 0.
        size: Height and width in px, at least 64.
        scenes: A key of ``SCENES``: ``'lively'`` for varied images, ``'calm'`` for easy ones.

    Returns:
        The image. Its annotations are those of ``coco_annotation.make_annotation`` with
        ``'yaw'`` (degrees, 0 faces the viewer, 90 the image's right) and ``'pose'`` (name of
        the stance).

    Raises:
        ValueError: If a number is too small or the scenes are unknown.

    >>> rendered = render_people(seed=0, index=3)
    >>> rendered.image.shape, sorted(rendered.annotations[0])[:3]
    ((256, 256, 3), ['area', 'bbox', 'keypoints'])
    """
    check_image_arguments(seed, index, size)
    if scenes not in SCENES:
        raise ValueError(f'expected scenes to be one of {list(SCENES)}, got {scenes!r}.')
    settings = SCENES[scenes]
    rng = np.random.default_rng([seed, index])
    while True:
        image, annotations = _draw_scene(rng, size, settings)
        if all(
            annotation['keypoints'][2::3].count(2) >= MIN_VISIBLE for annotation in annotations
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
    """Write a data set of toy people, see ``coco_writer.write_dataset``.

    Args:
        out: The folder.
        images: Number of images in both parts.
        seed: Of all images.
        scenes: A key of ``SCENES``, see ``render_people``.
        settings: ``size``, ``val_fraction``, ``workers``, ``force``.

    Returns:
        True if the data set was written, False if the folder already contained it.

    Raises:
        ToyDataError: If an argument is out of range, or the folder contains anything else.
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
    """Draw an image and return it with its annotations."""
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
    """Sample people and return them in drawing order, the farthest first."""
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
        if rng.random() < settings.close / count:  # the lower border cuts the person
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
    """Add a stool below a sitting person."""
    if placed.person.pose.support == 'stool':
        pelvis = placed.person.joint('pelvis')
        seat = pelvis + [0, 0.085, 0]
        floor = float(placed.person.joints[:, 1].max()) + 0.01
        chair = stool(choose(COLOURS, rng), placed.view, seat, floor)
        figure.add(float(pelvis[2]) + 0.02, chair.draw)


def _draw_occluders(
    canvas: Canvas, people: list[_PlacedPerson], settings: Scenes, rng: np.random.Generator
) -> None:
    """Draw a random number of objects in front of the people."""
    size = len(canvas.image)
    for _ in range(choose_weighted(settings.objects, rng)):
        placed = choose(people, rng)
        scale = min(placed.view.scale, 1.2 * size)
        x = placed.view.origin[0] + rng.uniform(-0.35, 0.35) * scale
        y = min(placed.floor, size) + rng.uniform(0.01, 0.12) * scale
        drawer = choose(OCCLUDERS, rng)
        drawer(canvas, x, y, rng.uniform(0.2, 0.5) * scale, rng)


def _annotate(figure: Figure, placed: _PlacedPerson, canvas: Canvas) -> dict[str, Any]:
    """Return the annotation of a person in the finished image."""
    points = figure.view(placed.person.keypoints)
    visible = visible_keypoints(figure, placed.person, canvas)
    return make_annotation(figure, points, visible, canvas) | {
        'yaw': round(placed.yaw, 1),
        'pose': placed.person.pose.name,
    }
