"""Keep what the crops of a pipeline can reach, and take its crops from there."""

import copy
import errno
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from mmengine.logging import print_log
from mmpose.datasets.transforms import LoadImage, TopdownAffine

from mmpose_addons_core.crop_cache import (
    CropStore,
    Cut,
    Surroundings,
    cut_for,
    cut_out,
    key_of,
)
from mmpose_addons_core.version import __version__

from .. import transforms
from .routes import CropCacheError, Routes
from .steps import LoadSurroundings, SurroundingsAffine


class CropCache:
    """Keep what the crops of a pipeline, or of several for one image, can reach.

    Args:
        folder: Of the files.
        pipelines: Lists of steps. Each begins with ``LoadImage`` and has a ``TopdownAffine``.
        oversampling: Crop px for each input px at the largest zoom-in.
        labels: Whether the keypoints of a sample are always the same ones.

    Raises:
        CropCacheError: If a pipeline's crops cannot be cached.
    """

    def __init__(
        self,
        folder: str | Path,
        pipelines: Sequence[Sequence[Any]],
        oversampling: float = 2.0,
        labels: bool = True,
    ) -> None:
        if not oversampling > 0:
            raise CropCacheError(f'oversampling must be positive, got {oversampling}')
        self.store = CropStore(folder)
        self.oversampling = oversampling
        self._routes: list[Routes] = []
        affines = []
        for steps in pipelines:
            kinds = [type(step) for step in steps]
            loads = bool(kinds) and kinds[0] in (LoadImage, transforms.LoadImage)
            if not loads or TopdownAffine not in kinds:
                raise CropCacheError(
                    'a crop cache needs a pipeline that begins with LoadImage and has a '
                    f'TopdownAffine, got {[kind.__name__ for kind in kinds]}'
                )
            affines.append(kinds.index(TopdownAffine))
            size = tuple(steps[affines[-1]].input_size)
            self._routes.append(Routes(steps[1 : affines[-1]], size))
            if self._routes[-1].reads_labels and not labels:
                raise CropCacheError(
                    'a crop cache of pseudo-labels cannot follow RandomHalfBody, whose crops '
                    f'change with the labels, got {[kind.__name__ for kind in kinds]}'
                )
        self._load: LoadImage = copy.copy(pipelines[0][0])
        self._load.to_float32 = False
        settings = [
            *(__version__, cv2.__version__, oversampling, repr(self._load)),
            *(routes.settings for routes in self._routes),
        ]
        self.settings = json.dumps(settings)
        self._writes = True
        self.pipelines = [
            [
                LoadSurroundings(self, steps[0]),
                *steps[1:at],
                SurroundingsAffine(steps[at], steps[0]),
                *steps[at + 1 :],
            ]
            for steps, at in zip(pipelines, affines, strict=True)
        ]

    def key(self, results: dict[str, Any]) -> str:
        """Name of a sample's file.

        Raises:
            OSError: The image is no local file.
        """
        values = [value for routes in self._routes for value in routes.values(results)]
        return key_of(self.settings, results['img_path'], *values)

    def cut(self, results: dict[str, Any], image_size: tuple[int, int]) -> Cut:
        """Return what is kept of an image (W, H): the union for all pipelines."""
        views = [view for routes in self._routes for view in routes.views(results, image_size)]
        return cut_for(views, image_size, self.oversampling)

    def surroundings(self, results: dict[str, Any]) -> Surroundings | None:
        """Return what is kept of a sample, after its image is read once.

        None if the image is no local file, is not there or has other pixels than uint8; then
        it is loaded, or reported, as without a cache.
        """
        try:
            key = self.key(results)
        except OSError:
            return None
        kept = self.store.read(key)
        if kept is None:
            loaded = self._load.transform(dict(img_path=results['img_path']))
            if loaded is None or loaded['img'].dtype != np.uint8:
                return None
            image = loaded['img']
            kept = cut_out(image, self.cut(results, (image.shape[1], image.shape[0])))
            self._write(key, kept)
        return kept

    def _write(self, key: str, kept: Surroundings) -> None:
        if self._writes:
            try:
                self.store.write(key, kept)
            except OSError as error:
                self._writes = False
                full = error.errno in (errno.ENOSPC, errno.EDQUOT)
                print_log(
                    f'crop cache: {self.store.folder} '
                    f'{"is full" if full else f"cannot be written ({error.strerror})"}; '
                    'this process reads samples that are not there from their images',
                    logger='current',
                    level=logging.WARNING,
                )
