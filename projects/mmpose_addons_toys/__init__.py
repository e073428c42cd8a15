"""Pictures with exact labels, drawn from nothing but a seed.

The drawing core knows nothing of people: `geometry` (rotations, skeletons,
outlines), `drawing` (shaded and textured shapes on a canvas), `figure` (solids in
three dimensions, sorted and drawn), `textures`, `objects`, `background`, `camera`.
A subject brings its skeleton and its looks (`person_skeleton`, `person_look`,
`person_head`, `person`; the same for `animal` and `face`) and a renderer of whole
pictures (`people`, `animals`, `faces`), which `coco_writer` turns into a data set.

Needs NumPy and OpenCV only (and rich for the progress bar).
"""

from .animals import make_toy_animals, render_animal
from .coco_writer import ToyDataError, write_dataset
from .faces import make_toy_faces, render_face
from .people import make_toy_people, render_people
from .rendered_image import RenderedImage

RENDERERS = dict(people=render_people, animals=render_animal, faces=render_face)
"""How to draw one picture of each subject: seed, number of the picture, size in px."""

__all__ = [
    'RENDERERS',
    'RenderedImage',
    'ToyDataError',
    'make_toy_animals',
    'make_toy_faces',
    'make_toy_people',
    'render_animal',
    'render_face',
    'render_people',
    'write_dataset',
]
