"""Render images with exact keypoint annotations from a seed, without a download.

The drawing core is independent of the subject: ``geometry`` (rotations, skeletons, outlines),
``drawing`` (shaded and textured shapes on a canvas), ``figure`` (solids in three dimensions,
sorted and drawn), ``textures``, ``objects``, ``background`` and ``camera``. Each subject adds
its skeleton, appearance and figure (``person_skeleton``, ``person_appearance``,
``person_head``, ``person``, and the same for ``animal`` and ``face``) and a renderer of images
(``people``, ``animals``, ``faces``), from which ``coco_writer`` makes a data set.

The package needs NumPy and OpenCV, and rich for the progress bar.
"""

from collections.abc import Callable

from .animal_project import make_toy_project
from .animal_species import SPECIES
from .animals import make_toy_animals, render_animal
from .coco_writer import ToyDataError, write_dataset
from .faces import make_toy_faces, render_face
from .people import make_toy_people, render_people
from .rendered_image import RenderedImage

RENDERERS: dict[str, Callable[..., RenderedImage]] = dict(
    people=render_people, animals=render_animal, faces=render_face
)
"""Renderer of each subject; called with seed, index of the image and size in px."""

__all__ = [
    'RENDERERS',
    'SPECIES',
    'RenderedImage',
    'ToyDataError',
    'make_toy_animals',
    'make_toy_faces',
    'make_toy_people',
    'make_toy_project',
    'render_animal',
    'render_face',
    'render_people',
    'write_dataset',
]
