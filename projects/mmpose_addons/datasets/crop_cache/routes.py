"""What the steps between ``LoadImage`` and ``TopdownAffine`` can do to a box."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from mmcv.transforms import RandomApply
from mmpose.datasets.transforms import (
    GetBBoxCenterScale,
    KeypointConverter,
    RandomBBoxTransform,
    RandomFlip,
    RandomHalfBody,
)

from mmpose_addons_core.crop_cache import Spread, View

BOX_FIELDS = ('bbox', 'bbox_center', 'bbox_scale')
LABEL_FIELDS = ('keypoints', 'keypoints_visible')
NOT_MOVED = Spread()


class CropCacheError(ValueError):
    """A pipeline whose crops cannot be cached, or no room for them."""


@dataclass(frozen=True)
class Route:
    """One way through the random steps.

    Attributes:
        spread: How far they move the box.
        half: The step that has replaced the box by that of half a body, if one has.
    """

    spread: Spread = NOT_MOVED
    half: RandomHalfBody | None = None


class Routes:
    """All ways through the steps of a pipeline.

    Args:
        steps: Those between ``LoadImage`` and ``TopdownAffine``.
        input_size: (w, h) of the network's input, px.

    Raises:
        CropCacheError: If a step is not known to leave the pixels alone.
    """

    def __init__(self, steps: Sequence[Any], input_size: tuple[int, int]) -> None:
        self.input_size = input_size
        boxes = [step for step in steps if isinstance(step, GetBBoxCenterScale)]
        if len(boxes) != 1:
            raise CropCacheError(
                'a crop cache needs one GetBBoxCenterScale before TopdownAffine, got '
                f'{[type(step).__name__ for step in steps]}'
            )
        self.padding = boxes[0]
        self.routes = [Route()]
        converted = flips = 0
        for step in _flat(steps):
            converted += isinstance(step, KeypointConverter)
            flips += isinstance(step, RandomFlip)
            if (isinstance(step, RandomHalfBody) and converted) or flips > 1:
                raise CropCacheError(
                    'a crop cache needs RandomHalfBody before KeypointConverter and at most '
                    f'one RandomFlip, got {[type(step).__name__ for step in _flat(steps)]}'
                )
        for step in steps:
            self.routes = _after(step, self.routes)

    @property
    def reads_labels(self) -> bool:
        """Whether the keypoints decide where a crop lies."""
        return any(route.half for route in self.routes)

    @property
    def settings(self) -> str:
        """Everything that decides what is kept of a sample, but the sample."""
        return repr((self.input_size, self.padding, self.routes))

    def values(self, results: dict[str, Any]) -> list[np.ndarray]:
        """Return the fields of a sample that decide what is kept."""
        fields = BOX_FIELDS + LABEL_FIELDS * self.reads_labels
        return [np.asarray(results[name]) for name in fields if name in results]

    def views(self, results: dict[str, Any], image_size: tuple[int, int]) -> list[View]:
        """Return the boxes of a sample with what the steps can do to them.

        Args:
            results: The sample before the pipeline.
            image_size: (W, H), image px.
        """
        box = {name: results[name] for name in BOX_FIELDS if name in results}
        box['ori_shape'] = image_size[::-1]
        box = self.padding.transform(box)
        whole = box['bbox_center'][0], box['bbox_scale'][0]
        views = []
        for route in self.routes:
            boxes = [whole] if route.half is None else _halves(route.half, results)
            views += [
                View(center, size, route.spread, self.input_size) for center, size in boxes
            ]
        return views


def _flat(steps: Sequence[Any]) -> Iterator[Any]:
    for step in steps:
        if isinstance(step, RandomApply):
            yield from _flat(step.transforms.transforms)
        else:
            yield step


def _after(step: Any, routes: list[Route]) -> list[Route]:
    """Return the routes after one more step."""
    kind = type(step)
    if isinstance(step, (GetBBoxCenterScale, RandomFlip, KeypointConverter)):
        return routes
    if kind is RandomHalfBody:
        # the shift and the scale of earlier steps are lost
        halves = [Route(Spread(rotation=route.spread.rotation), step) for route in routes]
        return _different(routes + halves)
    if kind is RandomBBoxTransform:
        low, high = step.scale_factor
        if step.scale_prob < 1:
            low, high = min(low, 1.0), max(high, 1.0)
        shift = step.shift_factor * (step.shift_prob > 0)
        angle = step.rotate_factor * (step.rotate_prob > 0)
        return _different(
            [
                replace(route, spread=route.spread.moved(abs(shift), (low, high), abs(angle)))
                for route in routes
            ]
        )
    if kind is RandomApply:
        applied = routes
        for inner in step.transforms.transforms:
            applied = _after(inner, applied)
        return _different(routes + applied)
    raise CropCacheError(
        'a crop cache does not know what a step before TopdownAffine needs of the image: move '
        f'it behind TopdownAffine or train without the cache, got {kind.__name__}'
    )


def _different(routes: list[Route]) -> list[Route]:
    return [route for index, route in enumerate(routes) if route not in routes[:index]]


def _halves(
    step: RandomHalfBody, results: dict[str, Any]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Return centres and sizes of both halves of a body, if the step may choose them."""
    visible = np.asarray(results['keypoints_visible'])[0]
    visible = visible[..., 0] if visible.ndim == 2 else visible
    if visible.sum() < step.min_total_keypoints:
        return
    for name, least in (
        ('upper_body_ids', step.min_upper_keypoints),
        ('lower_body_ids', step.min_lower_keypoints),
    ):
        ids = [number for number in results[name] if visible[number] > 0]
        if len(ids) >= max(1, least):
            yield step._get_half_body_bbox(results['keypoints'][0], ids)
