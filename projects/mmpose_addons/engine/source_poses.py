"""Labelled poses of a data set of MMPose, and the checks of pseudo-labels that learn from them.

Shape letters: N samples, K keypoints. Coordinates are (x, y) in image px.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from mmpose_addons_core.adaptation.label_checks import LabelChecks
from mmpose_addons_core.adaptation.pose_prior import learn_prior


class Poses(NamedTuple):
    """Poses with boxes."""

    points: np.ndarray  # (N, K, 2)
    shown: np.ndarray  # (N, K), bool
    boxes: np.ndarray  # (N, 4), x, y, w, h


def source_poses(dataset: Any) -> Poses:
    """Return the labels of a top-down data set of MMPose, without its pipeline.

    Raises:
        TypeError: If the data set cannot give samples without its pipeline.
        ValueError: If it has no labelled joint.
    """
    if not hasattr(dataset, 'get_data_info'):
        raise TypeError(f'expected a data set with get_data_info, got {type(dataset).__name__}')
    if not len(dataset):
        raise ValueError('expected a source with labelled joints, got no sample')
    infos = [dataset.get_data_info(index) for index in range(len(dataset))]
    points = np.stack([np.asarray(info['keypoints'], np.float64)[0, :, :2] for info in infos])
    shown = np.stack(
        [
            np.reshape(np.asarray(info['keypoints_visible'])[0], (points.shape[1], -1))[:, 0]
            > 0
            for info in infos
        ]
    )
    boxes = np.array([np.reshape(info['bbox'], (-1, 4))[0] for info in infos], np.float64)
    boxes[:, 2:] -= boxes[:, :2]
    if not shown.any():
        raise ValueError('expected a source with labelled joints, got none')
    return Poses(points, shown, boxes)


def label_checks(source: Any, arguments: Mapping[str, Any]) -> LabelChecks:
    """Build the checks of pseudo-labels for the keypoints of a source.

    Args:
        source: A top-down data set of MMPose.
        arguments: Of :class:`LabelChecks`, with ``prior`` a dictionary of arguments of
            :func:`learn_prior` or None, and with ``head`` and ``tail`` names of keypoints.

    Raises:
        TypeError, ValueError: If an argument is unknown, a keypoint has another name, or the
            source has no labels.
    """
    meta = source.metainfo
    names = [meta['keypoint_id2name'][k] for k in range(meta['num_keypoints'])]
    flip_indices = [int(index) for index in meta['flip_indices']]
    settings = dict(arguments)
    prior = settings.pop('prior', {})
    for part in ('head', 'tail'):
        settings[part] = _indices(names, settings.get(part, ()))
    if prior is not None:
        prior = learn_prior(*source_poses(source), flip_indices, **prior)
    links = meta.get('skeleton_links') or []
    return LabelChecks(flip_indices, links, prior=prior, **settings)


def _indices(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise ValueError(f'expected names of keypoints, {names}, got {unknown[0]!r}')
    return [names.index(name) for name in wanted]
