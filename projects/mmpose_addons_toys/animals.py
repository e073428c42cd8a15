"""Render images of four-legged animals with COCO annotations, in three domains.

Points and boxes are in image px.
"""

import os
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from mmpose_addons_core.keypoints.animal18 import KEYPOINTS, SKELETON
from mmpose_addons_core.keypoints.names import coco_category

from .animal import Animal, build_figure, pose_animal, visible_keypoints
from .animal_backgrounds import (
    add_uneven_light,
    crop_background,
    draw_occluder,
    scene_background,
    texture_background,
)
from .animal_scenes import (
    FRAMES_PER_VIDEO,
    HEADINGS,
    Scene,
    real_scene,
    species_scene,
    synthetic_scene,
)
from .animal_species import SPECIES
from .background import draw_background, draw_shadow
from .camera import jpeg_quality, simulate_camera
from .coco_annotation import make_annotation
from .coco_writer import ToyDataError, write_dataset
from .drawing import Canvas
from .figure import Figure
from .geometry import View
from .rendered_image import RenderedImage, check_image_arguments
from .video_camera import sample_video_camera

CATEGORY = coco_category('animal', 'animal', KEYPOINTS, SKELETON)
DOMAINS = ('synthetic', 'real', 'species')
VERSION = 2  # must change when the same arguments give other images
_HOOF_RADIUS = 0.035  # radius of a hoof, in heights at the withers


def render_animal(
    seed: int,
    index: int,
    size: int = 256,
    domain: str = 'synthetic',
    heading: str = 'both',
    species: Sequence[str] = (),
) -> RenderedImage:
    """Draw an image of one animal.

    The image depends on the arguments only. In the real domain, images 8 v to 8 v + 7 are the
    frames of video v.

    Args:
        seed: Of the data set, at least 0.
        index: Index of the image, at least 0.
        size: Height and width in px, at least 64.
        domain: One of ``DOMAINS``.
        heading: A key of ``HEADINGS``: ``'both'``, or ``'right'`` for animals that all walk to
            the image's right.
        species: Of the domain ``'species'``: keys of ``SPECIES``; empty: all of them.

    Returns:
        The image. Its annotation is that of ``coco_annotation.make_annotation`` with ``'yaw'``
        (degrees, 0 faces the viewer, 90 the image's right), ``'kind'``, ``'gait'``, and in the
        real domain ``'video_id'`` and ``'frame_id'``.

    Raises:
        ValueError: If a number is too small, or domain, heading or a species is unknown.

    >>> rendered = render_animal(seed=0, index=9, domain='real')
    >>> rendered.image.shape, [rendered.annotations[0][n] for n in ('video_id', 'frame_id')]
    ((256, 256, 3), [1, 1])
    """
    check_image_arguments(seed, index, size)
    problem = _problem(domain, heading, species)
    if problem:
        raise ValueError(f'expected {problem}.')
    if domain == 'species':
        return _render_species(seed, index, size, heading, species or [*SPECIES])
    return (_render_synthetic if domain == 'synthetic' else _render_real)(
        seed, index, size, heading
    )


def make_toy_animals(
    out: str | os.PathLike[str],
    images: int,
    seed: int = 0,
    domain: str = 'synthetic',
    heading: str = 'both',
    val_fraction: float = 0.1,
    species: Sequence[str] = (),
    **settings: Any,
) -> bool:
    """Write a data set of toy animals, see ``coco_writer.write_dataset``.

    Args:
        out: The folder.
        images: Number of images in both parts.
        seed: Of all images.
        domain: One of ``DOMAINS``.
        heading: See ``render_animal``.
        val_fraction: Share of the images in the validation part.
        species: See ``render_animal``.
        settings: ``size``, ``workers``, ``force``.

    Returns:
        True if the data set was written, False if the folder already contained it.

    Raises:
        ToyDataError: If an argument is out of range, if a video would lie in both parts, or if
            the folder contains anything else.
    """
    problem = _problem(domain, heading, species)
    if problem:
        raise ToyDataError(f'Expected {problem}.')
    val = round(images * val_fraction)
    if domain == 'real' and (images % FRAMES_PER_VIDEO or val % FRAMES_PER_VIDEO):
        raise ToyDataError(
            'Expected the numbers of training and validation images to be multiples of '
            f'{FRAMES_PER_VIDEO}, the frames of a video, got {images - val} and {val}.'
        )
    return write_dataset(
        out,
        'animals',
        partial(render_animal, domain=domain, heading=heading, species=tuple(species)),
        CATEGORY,
        images=images,
        seed=seed,
        val_fraction=val_fraction,
        version=' '.join((str(VERSION), domain, heading, *species)),
        **settings,
    )


def _problem(domain: str, heading: str, species: Sequence[str]) -> str:
    """Describe what is wrong with these arguments; empty if nothing is."""
    if domain not in DOMAINS:
        return f'domain to be one of {DOMAINS}, got {domain!r}'
    if heading not in HEADINGS:
        return f'heading to be one of {[*HEADINGS]}, got {heading!r}'
    unknown = [name for name in species if name not in SPECIES]
    if unknown or (species and domain != 'species'):
        return (
            f"species to be some of {[*SPECIES]}, and only for the domain 'species', got "
            f'{[*species]} for {domain!r}'
        )
    return ''


def _render_synthetic(seed: int, index: int, size: int, heading: str) -> RenderedImage:
    """Draw an image of the synthetic domain."""
    rng = np.random.default_rng([seed, index])
    scene = synthetic_scene(heading, rng)
    canvas = Canvas(texture_background(size, rng), scene.light)
    animal, figure = _draw_animal(canvas, scene)
    return RenderedImage(canvas.image, [_annotate(figure, animal, scene, canvas)], quality=95)


def _render_species(
    seed: int, index: int, size: int, heading: str, species: Sequence[str]
) -> RenderedImage:
    """Draw a photograph of the domain of species."""
    rng = np.random.default_rng([seed, index])
    scene = species_scene(species, heading, rng)
    canvas = Canvas(np.empty((size, size, 3), np.uint8), scene.light)
    draw_background(canvas, rng)
    animal, figure = _draw_animal(canvas, scene)
    if rng.random() < 0.3:
        draw_occluder(canvas, np.zeros(2), scene.position[1] * size, rng)
    image = simulate_camera(canvas.image, rng)
    annotation = _annotate(figure, animal, scene, canvas)
    return RenderedImage(image, [annotation], jpeg_quality(rng))


def _render_real(seed: int, index: int, size: int, heading: str) -> RenderedImage:
    """Draw a frame of the real domain."""
    video, frame = divmod(index, FRAMES_PER_VIDEO)

    def rng_for(number: int) -> np.random.Generator:
        """Return the generator for a property that is the same in the whole video."""
        return np.random.default_rng([seed, video, number])

    scene = real_scene(heading, rng_for(0))
    shift = scene.background_velocity * (frame - FRAMES_PER_VIDEO / 2) * size
    canvas = Canvas(
        crop_background(scene_background(size, rng_for(1)), size, shift), scene.light
    )
    animal, figure = _draw_animal(canvas, scene, frame)
    draw_occluder(canvas, shift, scene.position[1] * size, rng_for(2))
    add_uneven_light(canvas.image, rng_for(3))
    camera = sample_video_camera(rng_for(4))
    image = camera.record(canvas.image, np.random.default_rng([seed, video, 5, frame]))
    annotation = _annotate(figure, animal, scene, canvas)
    annotation |= {'video_id': video, 'frame_id': frame}
    return RenderedImage(image, [annotation], camera.quality)


def _draw_animal(canvas: Canvas, scene: Scene, frame: int = 0) -> tuple[Animal, Figure]:
    """Draw the animal and its shadow at a frame of the scene."""
    size = len(canvas.image)
    yaw = scene.yaw + frame * scene.yaw_rate
    animal = pose_animal(scene.appearance, scene.movement.angles(frame), yaw, scene.tilt)
    scale = scene.scale * size
    x, floor = (scene.position + frame * scene.velocity) * size
    sole = float(animal.joints[:, 1].max()) + _HOOF_RADIUS
    low, high = animal.joints[:, 0].min(), animal.joints[:, 0].max()
    origin = np.array([x - (low + high) / 2 * scale, floor - sole * scale])
    figure = build_figure(animal, View(scale, origin), number=1)
    draw_shadow(canvas, origin[0], floor, 0.5 * scale)
    figure.draw(canvas)
    return animal, figure


def _annotate(figure: Figure, animal: Animal, scene: Scene, canvas: Canvas) -> dict[str, Any]:
    """Return the annotation of the animal in the finished image."""
    points = figure.view(animal.keypoints)
    visible = visible_keypoints(figure, animal, canvas)
    return make_annotation(figure, points, visible, canvas) | {
        'yaw': round(scene.yaw, 1),
        'kind': scene.appearance.kind,
        'gait': scene.movement.name,
    }
