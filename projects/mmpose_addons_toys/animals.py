"""Pictures of four-legged animals with COCO annotations, in two domains.

Points and boxes in image px.
"""

import os
from functools import partial
from typing import Any

import numpy as np

from mmpose_addons_core.keypoints.animal18 import KEYPOINTS, SKELETON
from mmpose_addons_core.keypoints.names import coco_category

from .animal import Animal, build_figure, pose_animal, visible_keypoints
from .animal_scenes import (
    FRAMES_PER_VIDEO,
    HEADINGS,
    Scene,
    add_uneven_light,
    crop_background,
    draw_occluder,
    real_scene,
    sample_video_camera,
    scene_background,
    synthetic_scene,
    texture_background,
)
from .background import draw_shadow
from .coco_annotation import make_annotation
from .coco_writer import ToyDataError, write_dataset
from .drawing import Canvas
from .figure import Figure
from .geometry import View
from .rendered_image import RenderedImage

CATEGORY = coco_category('animal', 'animal', KEYPOINTS, SKELETON)
DOMAINS = ('synthetic', 'real')
VERSION = 2  # rises whenever the same arguments give other pictures
_HOOF_RADIUS = 0.035  # radius of a hoof, in heights at the withers


def render_animal(
    seed: int,
    index: int,
    size: int = 256,
    domain: str = 'synthetic',
    heading: str = 'both',
) -> RenderedImage:
    """Draws a picture of one animal.

    The picture depends on nothing but the arguments. In the real domain, pictures
    8 v to 8 v + 7 are video v.

    Args:
        seed: Of the data set, at least 0.
        index: Number of the picture, at least 0.
        size: Height and width in px, at least 64.
        domain: One of `DOMAINS`.
        heading: 'both', or 'right': all animals walk to the picture's right.

    Returns:
        The picture. Its annotation is that of `coco_annotation.annotate`, with 'yaw'
        (degrees, 0 faces the viewer, 90 the picture's right), 'kind' and 'gait', and
        in the real domain 'video_id' and 'frame_id'.

    Raises:
        ValueError: If a number is too small or the domain is unknown.

    >>> picture = render_animal(seed=0, index=9, domain='real')
    >>> picture.image.shape, [picture.annotations[0][n] for n in ('video_id', 'frame_id')]
    ((256, 256, 3), [1, 1])
    """
    if seed < 0 or index < 0 or size < 64:
        raise ValueError(
            'expected seed >= 0, index >= 0 and size >= 64, '
            f'got seed={seed}, index={index}, size={size}.'
        )
    if domain not in DOMAINS:
        raise ValueError(f'expected domain to be one of {DOMAINS}, got {domain!r}.')
    if heading not in HEADINGS:
        raise ValueError(f'expected heading to be one of {[*HEADINGS]}, got {heading!r}.')
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
    **settings: Any,
) -> bool:
    """Writes a data set of toy animals; see `coco_writer.write_dataset`.

    Args:
        out: The folder.
        images: How many pictures.
        seed: Of all pictures.
        domain: One of `DOMAINS`.
        heading: See `render_animal`.
        val_fraction: Share of the pictures in the val part.
        settings: `size`, `workers`, `force`.

    Returns:
        True if the data set was written, False if the very same one was there.

    Raises:
        ToyDataError: If an argument is out of range, a video would lie in both parts,
            or the folder holds anything else.
    """
    if domain not in DOMAINS:
        raise ToyDataError(f'Expected domain to be one of {DOMAINS}, got {domain!r}.')
    if heading not in HEADINGS:
        raise ToyDataError(f'Expected heading to be one of {[*HEADINGS]}, got {heading!r}.')
    val = round(images * val_fraction)
    if domain == 'real' and (images % FRAMES_PER_VIDEO or val % FRAMES_PER_VIDEO):
        raise ToyDataError(
            f'Videos have {FRAMES_PER_VIDEO} frames; train and val need multiples of that, not '
            f'{images - val} and {val} pictures.'
        )
    return write_dataset(
        out,
        'animals',
        partial(render_animal, domain=domain, heading=heading),
        CATEGORY,
        images=images,
        seed=seed,
        val_fraction=val_fraction,
        version=f'{VERSION} {domain} {heading}',
        **settings,
    )


def _render_synthetic(seed: int, index: int, size: int, heading: str) -> RenderedImage:
    """A picture of the synthetic domain."""
    rng = np.random.default_rng([seed, index])
    scene = synthetic_scene(heading, rng)
    canvas = Canvas(texture_background(size, rng), scene.light)
    animal, figure = _draw_animal(canvas, scene)
    return RenderedImage(canvas.image, [_annotate(figure, animal, scene, canvas)], quality=95)


def _render_real(seed: int, index: int, size: int, heading: str) -> RenderedImage:
    """A frame of the real domain."""
    video, frame = divmod(index, FRAMES_PER_VIDEO)

    def rng_for(number: int) -> np.random.Generator:
        """One for each thing that stays the same throughout the video."""
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
    """Draws the animal on its ground at a frame of the scene."""
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
    points = figure.view(animal.keypoints)
    visible = visible_keypoints(figure, animal, canvas)
    return make_annotation(figure, points, visible, canvas) | {
        'yaw': round(scene.yaw, 1),
        'kind': scene.appearance.kind,
        'gait': scene.movement.name,
    }
