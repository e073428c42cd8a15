"""Where toy animals stand, how the camera sees them, and what it does to the picture.

Two domains: "synthetic" is what a modelling program renders, one horse in random
textures before random images; "real" is filmed at dusk: other animals, light, clutter, things
in front, and a camera that moves, blurs and compresses.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

from .animal_appearance import AnimalAppearance, natural_appearance, synthetic_appearance
from .animal_gait import Movement, sample_movement
from .background import draw_background
from .camera import motion_blur
from .choices import choose
from .drawing import Canvas, Colour, Image, Light, fixed_point
from .geometry import Array, capsule_outline
from .objects import OCCLUDERS, WOODS
from .textures import PATTERNS, add_noise, pattern_texture, smooth_noise

FRAMES_PER_VIDEO = 8  # of a video
ANIMAL_WEIGHTS = {'horse': 4, 'pony': 2, 'racer': 2, 'dog': 1}
HEADINGS = {'both': (-1, 1), 'right': (1,)}  # signs of the yaw
_BACKGROUND_SCALE = 1.4  # side of the world behind a video, in sides of the picture


@dataclass(frozen=True)
class Scene:
    """All but the animal's figure; lengths in sides of the picture.

    Attributes:
        light: On the animal.
        yaw: Of the animal at the first frame, degrees.
        turn: By how many degrees the yaw changes from frame to frame.
        tilt: Pitch and roll of the camera, degrees.
        scale: Side lengths per height at the withers.
        place: (2,) where the ground below the animal is, at the first frame.
        drift: (2,) by how much that changes from frame to frame.
        pan: (2,) by how much the world behind moves from frame to frame.
    """

    appearance: AnimalAppearance
    movement: Movement
    light: Light
    yaw: float
    yaw_rate: float
    tilt: tuple[float, float]
    scale: float
    position: Array
    velocity: Array = field(default_factory=lambda: np.zeros(2))
    background_velocity: Array = field(default_factory=lambda: np.zeros(2))


def _sideways(heading: str, rng: np.random.Generator) -> float:
    return choose(HEADINGS[heading], rng) * float(np.clip(rng.normal(90, 9), 30, 150))


def synthetic_scene(heading: str, rng: np.random.Generator) -> Scene:
    """One picture out of a modelling program; heading is a key of `HEADINGS`."""
    return Scene(
        appearance=synthetic_appearance(rng),
        movement=sample_movement(rng),
        light=Light(-90, 0.25),
        yaw=_sideways(heading, rng),
        yaw_rate=0.0,
        tilt=(rng.uniform(14, 24), 0.0),
        scale=rng.uniform(0.4, 0.52),
        position=np.array([rng.uniform(0.44, 0.56), rng.uniform(0.78, 0.88)]),
    )


def real_scene(heading: str, rng: np.random.Generator) -> Scene:
    """One video; heading is a key of `HEADINGS`."""
    yaw = _sideways(heading, rng)
    speed = rng.uniform(0, 0.02)
    return Scene(
        appearance=natural_appearance(ANIMAL_WEIGHTS, rng),
        movement=sample_movement(rng),
        light=Light(rng.uniform(-165, -15), rng.uniform(0.7, 1.0)),
        yaw=yaw,
        yaw_rate=rng.normal(0, 0.8),
        tilt=(rng.uniform(14, 24), rng.normal(0, 2)),
        scale=rng.uniform(0.4, 0.52),
        position=np.array([rng.uniform(0.44, 0.56), rng.uniform(0.8, 0.9)]),
        velocity=rng.normal(0, 0.004, 2),
        background_velocity=np.array([-np.sign(yaw) * speed, rng.normal(0, 0.002)]),
    )


def texture_background(size: int, rng: np.random.Generator) -> Image:
    """A picture of `size` px that means nothing: patterns, spots and blobs."""
    if rng.random() < 0.4:
        base, accent = (tuple(colour) for colour in rng.integers(0, 256, (2, 3)).tolist())
        texture = pattern_texture(
            choose(PATTERNS[1:], rng), base, accent, int(rng.integers(4, 17))
        )
        transform = cv2.getRotationMatrix2D((0, 0), rng.uniform(0, 90), rng.uniform(1, 4))
        image = cv2.warpAffine(texture, transform, (size, size), borderMode=cv2.BORDER_WRAP)
    else:
        grid = rng.integers(0, 256, (*rng.integers(3, 14, 2), 3), np.uint8)
        interpolation = choose((cv2.INTER_CUBIC, cv2.INTER_NEAREST), rng)
        image = cv2.resize(grid, (size, size), interpolation=interpolation)
    canvas = Canvas(image)
    for _ in range(int(rng.integers(0, 7))):
        ends = rng.uniform(0, size, (2, 2))
        radii = rng.uniform(0.01, 0.08, 2) * size
        b, g, r = rng.integers(0, 256, 3).tolist()
        hull = cv2.convexHull(fixed_point(capsule_outline(*ends, *radii)))
        cv2.fillConvexPoly(canvas.image, hull, (b, g, r), cv2.LINE_AA, 4)
    haze = np.full_like(image, rng.integers(0, 256, 3))
    share = rng.uniform(0, 0.8)
    return cv2.addWeighted(image, 1 - share, haze, share, 0)


def scene_background(size: int, rng: np.random.Generator) -> Image:
    """A scene of the drawing core, larger than the picture of `size` px."""
    side = round(_BACKGROUND_SCALE * size)
    image = np.empty((side, side, 3), np.uint8)
    draw_background(Canvas(image), rng)
    return image


def crop_background(background: Image, size: int, shift: Array) -> Image:
    """What the camera sees of the world when that has moved by `shift` px."""
    x, y = ((size - len(background)) / 2 + shift).tolist()
    move = np.array([[1, 0, x], [0, 1, y]])
    return cv2.warpAffine(background, move, (size, size), borderMode=cv2.BORDER_REPLICATE)


def draw_occluder(canvas: Canvas, shift: Array, floor: float, rng: np.random.Generator) -> None:
    """Puts things that belong to the world before the animal, in half of the videos.

    Args:
        shift: By how many px the world has moved.
        floor: y of the ground below the animal.
    """
    size = len(canvas.image)
    draw = rng.random()
    if draw < 0.18:
        _fence(canvas, shift[0], floor, choose(WOODS, rng), rng)
    elif draw < 0.55:
        x = rng.uniform(0.1, 0.9) * size + shift[0]
        y = floor + rng.uniform(0.02, 0.1) * size
        choose(OCCLUDERS, rng)(canvas, x, y, rng.uniform(0.2, 0.45) * size, rng)


def _fence(
    canvas: Canvas, shift: float, floor: float, colour: Colour, rng: np.random.Generator
) -> None:
    size = len(canvas.image)
    thick, height = rng.uniform(0.012, 0.022) * size, rng.uniform(0.2, 0.34) * size
    gap, start = rng.uniform(0.35, 0.6) * size, rng.uniform(0, 0.4) * size
    foot = floor + 0.04 * size
    for share in (1.0, 0.5)[: int(rng.integers(1, 3))]:
        y = foot - share * height
        rail = np.array([[-1, y], [size, y], [size, y + thick], [-1, y + thick]])
        canvas.fill_polygon(rail, colour, part_id=1)
    for number in range(-2, 4):
        x = start + number * gap + shift
        post = np.array([[x, foot], [x, foot - 1.1 * height]])
        post = np.concatenate([post, post[::-1] + [1.3 * thick, 0]])
        canvas.fill_polygon(post, colour, part_id=1)


@dataclass(frozen=True)
class VideoCamera:
    """What a camera does to all frames of a video.

    Attributes:
        table: (1, 256, 3) exposure, contrast and colour.
        blur: Length of the motion blur, px of a picture of 256 px.
        way: Its direction, radians.
        noise: Standard deviation, grey values.
        quality: Of the JPEG files.
    """

    table: Image
    blur: float
    direction: float
    noise: float
    quality: int

    def record(self, image: Image, rng: np.random.Generator) -> Image:
        """The (H, W, 3) picture as the camera stores it."""
        image = cv2.LUT(image, self.table)
        length = self.blur * len(image) / 256
        if length >= 2:
            image = motion_blur(image, length, self.direction)
        return add_noise(image, self.noise, rng)


def sample_video_camera(rng: np.random.Generator) -> VideoCamera:
    """A random camera in the little light of dusk."""
    curve, gain = rng.uniform(0.8, 1.5), np.exp(rng.uniform(*np.log((0.03, 0.45))))
    cast = rng.uniform(0.8, 1.15, 3)
    levels = (np.arange(256) / 255)[:, None] ** curve * gain * cast * 255 + rng.uniform(0, 25)
    return VideoCamera(
        table=np.clip(levels, 0, 255).astype(np.uint8)[None],
        blur=rng.uniform(0, 6),
        direction=rng.normal(0, 0.3),
        noise=rng.uniform(2, 5),
        quality=int(rng.integers(40, 71)),
    )


def add_uneven_light(image: Image, rng: np.random.Generator) -> None:
    """Light and shadow of trees and clouds over the whole picture."""
    light = smooth_noise(image.shape[:2], int(rng.integers(4, 10)), rng.uniform(0.2, 0.55), rng)
    cv2.multiply(image, light, image, scale=1 / 128)
