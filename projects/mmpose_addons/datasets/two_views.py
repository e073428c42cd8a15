"""Two views of one image for a teacher and a student, and the matrix between them.

Coordinates are (x, y). A matrix (2, 3) moves a point from image px to a view's input px.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from mmcv.transforms import Compose, LoadImageFromFile
from mmpose.datasets.transforms import RandomFlip, TopdownAffine

from mmpose_addons_core.adaptation import from_view_to_view

from .warp_matrix import warp_matrix

TEACHER_IMAGE = 'teacher_image'
"""Field of a sample: the teacher's view (3, h, w), as ``inputs`` are."""


def affine_of(pipeline: Compose, name: str) -> TopdownAffine:
    """Return the last step that cuts the crop.

    Raises:
        ValueError: If there is none.
    """
    for step in reversed(pipeline.transforms):
        if isinstance(step, TopdownAffine):
            return step
    raise ValueError(f'{name} needs a TopdownAffine, got {_kinds(pipeline)}')


def check_view(pipeline: Compose, name: str) -> None:
    """Check that a pipeline gives a view whose matrix :func:`view_matrix` can compute.

    Raises:
        ValueError: If it does not begin with an image, cuts no crop, or flips after the crop.
    """
    if not pipeline.transforms or not isinstance(pipeline.transforms[0], LoadImageFromFile):
        raise ValueError(f'{name} must begin with LoadImage, got {_kinds(pipeline)}')
    cut = False
    for step in pipeline.transforms:
        if cut and isinstance(step, RandomFlip):
            raise ValueError(f'{name} must flip before TopdownAffine, got {_kinds(pipeline)}')
        cut |= isinstance(step, TopdownAffine)
    affine_of(pipeline, name)


def _kinds(pipeline: Compose) -> list[str]:
    return [type(step).__name__ for step in pipeline.transforms]


def view_matrix(results: Mapping[str, Any], use_udp: bool) -> tuple[np.ndarray, bool]:
    """Return the matrix by which a pipeline moved points, and whether it mirrored them.

    Args:
        results: Results of the pipeline before they are packed.
        use_udp: That of ``TopdownAffine``.

    Returns:
        (2, 3), from image px to input px, and whether left and right are exchanged.

    Raises:
        ValueError: If the image was flipped in another direction than left to right.
    """
    matrix = warp_matrix(results, use_udp)
    mirrored = bool(results.get('flip'))
    if mirrored:
        if results['flip_direction'] != 'horizontal':
            raise ValueError(
                'views of a teacher can be flipped horizontally only, got '
                f'{results["flip_direction"]!r}'
            )
        # x becomes (width - 1) - x before the crop is cut
        width = results['img_shape'][1]
        matrix[:, 2] += matrix[:, 0] * (width - 1)
        matrix[:, 0] *= -1
    return matrix, mirrored


class TwoViews:
    """Run two pipelines on one image, which is read once.

    Args:
        student: Steps of the view for training; the last one packs.
        teacher: Steps of the view for the teacher.

    Raises:
        ValueError: If a pipeline does not load an image, flip it and cut the crop, in this
            order.
    """

    def __init__(self, student: Compose, teacher: Compose) -> None:
        self._pipelines = student, teacher
        named = dict(pipeline=student, teacher_pipeline=teacher)
        for name, pipeline in named.items():
            check_view(pipeline, name)
        self._udp = [affine_of(pipeline, name).use_udp for name, pipeline in named.items()]

    def __call__(self, sample: dict[str, Any]) -> Any:
        """Return the student's packed sample, or None if a pipeline returns None.

        Its ``data_samples`` have the field ``teacher_image`` and the metainfo
        ``teacher_matrix`` (2, 3), which moves points of the teacher's view into the student's,
        and ``teacher_mirrored``, whether left and right have to be exchanged.
        """
        load = self._pipelines[0].transforms[0]
        sample = load(sample)
        packed, matrices, mirrored = [], [], []
        for pipeline, use_udp in zip(self._pipelines, self._udp, strict=True):
            results: Any = {**sample, 'img': sample['img'].copy()}
            for step in pipeline.transforms[:-1]:
                results = step(results)
                if results is None:
                    return None
            matrix, flip = view_matrix(results, use_udp)
            matrices.append(torch.from_numpy(matrix))
            mirrored.append(flip)
            packed.append(pipeline.transforms[-1](results))
        student, teacher = packed
        student['data_samples'].set_metainfo(
            dict(
                teacher_matrix=from_view_to_view(matrices[1], matrices[0]).numpy(),
                teacher_mirrored=mirrored[0] != mirrored[1],
            )
        )
        student['data_samples'].set_field(teacher['inputs'], TEACHER_IMAGE)
        return student
