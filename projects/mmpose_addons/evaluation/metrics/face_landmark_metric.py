"""NME, failure rate and area under the CED curve of face landmarks.

Shape letters: N faces, K landmarks. Coordinates are (x, y) in image px.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger
from mmpose.evaluation.metrics import NME
from mmpose.registry import METRICS

from mmpose_addons_core.datasets.coco_file import read_records
from mmpose_addons_core.faces import face_layout
from mmpose_addons_core.metrics import (
    ced_area,
    extent,
    face_errors,
    failure_rate,
    group_distance,
)
from mmpose_addons_core.metrics.ced_file import write_ced

NORMS = ('interocular', 'interpupil', 'box', 'predicted_extent')
WFLW_SUBSETS = ('pose', 'expression', 'illumination', 'make-up', 'occlusion', 'blur')


class Face(NamedTuple):
    """One face; N of them are stacked for the arithmetic."""

    predicted: np.ndarray  # (K, 2), NaN where there is no prediction
    truth: np.ndarray  # (K, 2)
    visible: np.ndarray  # (K,), bool
    box: np.ndarray  # (4,), x1 y1 x2 y2
    name: str
    subsets: tuple[str, ...]


@METRICS.register_module()
class FaceLandmarkMetric(BaseMetric):
    """Normalised mean error and what the field derives from its distribution.

    The error of a face is the mean distance of its visible landmarks over a length:

    ====================  ==============================================================
    ``norm``              length
    ====================  ==============================================================
    'interocular'         between the outer eye corners
    'interpupil'          between the pupils; 300W: the means of the eyes' six landmarks
    'box'                 sqrt(w h) of the box that the data set gives
    'predicted_extent'    sqrt(w h) of the extent of the predicted landmarks
    (a, b)                between two landmarks, by number or name
    ====================  ==============================================================

    Results, as shares and not per cent: ``NME``, the mean over faces; for each threshold T
    the failure rate ``FR@T``, the share of faces with an error above T; ``area@T``, the area
    under the CED curve from 0 to T, and ``AUC@T``, that over T. Of a subset the same with the
    subset's name in front, ``pose/NME``. ``faces`` is the number of faces judged.

    Faces that cannot be judged are counted and named in the log, and never a silent 0:

    - ``left_out``: the truth is at fault. No landmark is visible, one is not finite, or the
      length is not known or 0. These faces have no part in any result.
    - ``lost``: the prediction is missing, not finite, or without extent. These are failures
      at each threshold and have no part in ``NME``.

    The CED curves go into ``ced.csv`` and ``ced.png`` in the run's folder in the work dir.

    Differences from MMPose's ``NME``: that takes the mean over all landmarks of all faces,
    which is another one if some are invisible (``average='landmarks'`` gives it), drops faces
    of length 0 in silence, and measures lengths between landmarks that are not visible.

    Args:
        norm: One of the table above.
        thresholds: T, each a share of the length.
        bins: Number of bins to sum the area in, instead of the exact area.
        average: What ``NME`` is the mean of: ``'faces'`` or ``'landmarks'``.
        subsets: Where the subsets stand. None: in the annotations, if the data set packs them
            as ``raw_ann_info``. A COCO file: in its annotations. A dict from names to COCO
            files, as MMPose has them for WFLW: the faces of each file. An annotation names
            subsets by ``subsets=['pose', ...]``, or by WFLW's flags ``pose=1`` and so on.
        out_dir: Folder for the curves instead of the run's.
        collect_device: See MMEngine.
        prefix: See MMEngine; it is part of the names of the files too.

    Raises:
        ValueError: An unknown norm, landmark or average, unfit thresholds, or a prediction
            with another number of landmarks than the truth.
    """

    def __init__(
        self,
        norm: str | Sequence[int | str] = 'interocular',
        thresholds: Sequence[float] = (0.08, 0.1),
        bins: int | None = None,
        average: str = 'faces',
        subsets: str | Mapping[str, str] | None = None,
        out_dir: str | None = None,
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        if norm not in NORMS and (isinstance(norm, str) or len(norm) != 2):
            raise ValueError(f'norm must be one of {NORMS} or two landmarks, got {norm!r}')
        if average not in ('faces', 'landmarks'):
            raise ValueError(f"average must be 'faces' or 'landmarks', got {average!r}")
        if not thresholds or min(thresholds) <= 0:
            raise ValueError(f'thresholds must be positive numbers, got {thresholds}')
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.norm = norm
        self.thresholds = tuple(thresholds)
        self.bins = bins
        self.average = average
        self.out_dir = out_dir
        self._subsets = None if subsets is None else _read_subsets(subsets)

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep truth and prediction of each face."""
        for sample in data_samples:
            instances = sample['gt_instances']
            truth = np.asarray(instances['keypoints'])
            if len(truth) != 1:
                raise ValueError(
                    f'FaceLandmarkMetric needs one face a sample, got {len(truth)} in '
                    f'{sample.get("img_path")}'
                )
            predicted = np.asarray(sample['pred_instances']['keypoints'])[:1, :, :2]
            if not len(predicted):
                predicted = np.full_like(truth, np.nan)
            if predicted.shape != truth.shape:
                raise ValueError(
                    f'the prediction has {predicted.shape[1]} landmarks and the truth '
                    f'{truth.shape[1]} in {sample.get("img_path")}'
                )
            visible = np.asarray(instances['keypoints_visible'], float)
            self.results.append(
                Face(
                    np.where(np.isfinite(predicted[0]), predicted[0].astype(float), np.nan),
                    truth[0].astype(float),
                    visible.reshape(truth.shape[1], -1)[:, 0] > 0,
                    np.asarray(instances.get('bboxes', np.zeros((1, 4))), float)[0],
                    f'{sample.get("img_path")} (annotation {sample.get("id")})',
                    self._subsets_of(sample, truth),
                )
            )

    def compute_metrics(self, results: list[Face]) -> dict[str, float]:
        """The results over all faces and over each subset; writes curves and log."""
        if not results:
            raise ValueError('FaceLandmarkMetric got no face to judge')
        predicted, truth, visible, box, names, subsets = zip(*results, strict=True)
        visible = np.stack(visible)
        errors = self._errors(
            np.stack(predicted), np.stack(truth), visible, np.stack(box), names
        )
        judged = ~np.isnan(errors)
        metrics = self._scores(errors, visible) | dict(
            left_out=int((~judged).sum()), lost=int(np.isinf(errors).sum())
        )
        curves = {'all': errors[judged]}
        for subset in sorted({name for face in subsets for name in face}):
            member = np.array([subset in face for face in subsets])
            scores = self._scores(errors[member], visible[member])
            metrics.update({f'{subset}/{key}': value for key, value in scores.items()})
            curves[subset] = errors[member & judged]
        self._write({name: curve for name, curve in curves.items() if len(curve)})
        return metrics

    def _subsets_of(self, sample: dict, truth: np.ndarray) -> tuple[str, ...]:
        if self._subsets is not None:
            return tuple(self._subsets.get(_key(truth), ()))
        return _named_subsets(sample.get('raw_ann_info') or {})

    def _errors(
        self,
        predicted: np.ndarray,
        truth: np.ndarray,
        visible: np.ndarray,
        box: np.ndarray,
        names: Sequence[str],
    ) -> np.ndarray:
        """(N,), NaN for faces left out, infinite for lost ones; both are named in the log."""
        lost = {'the prediction is not finite': (visible & ~_finite(predicted)).any(-1)}
        measured = np.ones(len(truth), dtype=bool)
        if self.norm == 'box':
            length = np.sqrt(np.prod(box[:, 2:] - box[:, :2], axis=-1))
        elif self.norm == 'predicted_extent':
            length = extent(predicted)
            without = ~(length > 0)
            lost['the prediction has no extent'] = without
            predicted = np.where(without[:, None, None], np.nan, predicted)
            length = np.where(without, 1.0, length)
        else:
            first, second = self._ends(truth.shape[1])
            length = group_distance(truth, first, second)
            measured = visible[:, [*first, *second]].all(-1)
        left_out = {
            'no landmark is visible': ~visible.any(-1),
            'a visible landmark is not finite': (visible & ~_finite(truth)).any(-1),
            'the landmarks of the length are not visible': ~measured,
            'the length is 0 or not finite': ~(np.isfinite(length) & (length > 0)),
        }
        errors = face_errors(predicted, truth, visible, np.where(measured, length, np.nan))
        _log('left out', left_out, np.isnan(errors), names)
        _log('lost, a failure', lost, np.isinf(errors), names)
        return errors

    def _ends(self, count: int) -> tuple[Sequence[int], Sequence[int]]:
        """The groups of landmarks between whose means the length is measured."""
        meta = self.dataset_meta or {}
        if self.norm == 'interocular':
            corners = NME.DEFAULT_KEYPOINT_INDICES.get(meta.get('dataset_name'))
            if corners is None:
                return face_layout(count).outer_eye_corners
            return corners[:1], corners[1:]
        if self.norm == 'interpupil':
            return face_layout(count).pupils
        numbers = meta.get('keypoint_name2id', {})
        ends = [numbers.get(landmark, landmark) for landmark in self.norm]
        if not all(isinstance(end, int) and 0 <= end < count for end in ends):
            raise ValueError(
                f'norm={self.norm!r} does not name two of the {count} landmarks; the data '
                f'set has {[*numbers] or "no names"}'
            )
        return ends[:1], ends[1:]

    def _scores(self, errors: np.ndarray, visible: np.ndarray) -> dict[str, float]:
        judged, found = ~np.isnan(errors), np.isfinite(errors)
        weights = visible.sum(-1) if self.average == 'landmarks' else np.ones(len(errors))
        scores = dict(
            NME=float(np.average(errors[found], weights=weights[found]))
            if found.any()
            else float('nan')
        )
        for threshold in self.thresholds:
            area = rate = float('nan')
            if judged.any():
                area = ced_area(errors[judged], threshold, self.bins)
                rate = failure_rate(errors[judged], threshold)
            scores[f'FR@{threshold:g}'] = rate
            scores[f'area@{threshold:g}'] = area
            scores[f'AUC@{threshold:g}'] = area / threshold
        return scores | dict(faces=int(judged.sum()))

    def _write(self, curves: Mapping[str, np.ndarray]) -> None:
        logger = MMLogger.get_current_instance()
        files = [h.baseFilename for h in logger.handlers if hasattr(h, 'baseFilename')]
        folder = self.out_dir or (files and Path(files[0]).parent)
        if not folder or not curves:
            logger.info('FaceLandmarkMetric draws no curve: no folder or no face to judge')
            return
        stem = Path(folder) / '_'.join(('ced', *(self.prefix or '').split('/'))).rstrip('_')
        from ...visualization.ced import draw_ced  # matplotlib

        write_ced(stem.with_suffix('.csv'), curves)
        draw_ced(stem.with_suffix('.png'), curves, self.thresholds)


def _finite(points: np.ndarray) -> np.ndarray:
    """(N, K)."""
    return np.isfinite(points).all(-1)


def _log(
    what: str, reasons: Mapping[str, np.ndarray], concerned: np.ndarray, names: Sequence[str]
) -> None:
    """Name the faces concerned, each under its first reason."""
    rest = concerned.copy()
    lines = []
    for reason, faces in reasons.items():
        found = [names[i] for i in np.flatnonzero(rest & faces)]
        rest &= ~faces
        if found:
            more = f' and {len(found) - 10} more' if len(found) > 10 else ''
            lines.append(f'{reason}: {len(found)}: {", ".join(found[:10])}{more}')
    if lines:
        MMLogger.get_current_instance().warning(
            f'{concerned.sum()} of {len(names)} faces are {what}:\n' + '\n'.join(lines)
        )


def _key(keypoints: Any) -> bytes:
    """What tells a face by its landmarks, (1, K, 2) or COCO's list of x, y, v."""
    points = np.asarray(keypoints, dtype=np.float32)
    return (points.reshape(-1, 3)[:, :2] if points.ndim == 1 else points).tobytes()


def _named_subsets(annotation: Mapping[str, Any]) -> tuple[str, ...]:
    flagged = [name for name in WFLW_SUBSETS if annotation.get(name)]
    return tuple(annotation.get('subsets', flagged))


def _read_subsets(source: str | Mapping[str, str]) -> dict[bytes, list[str]]:
    """Names of subsets by face."""
    subsets: dict[bytes, list[str]] = {}
    for name, file in {'': source}.items() if isinstance(source, str) else source.items():
        for annotation in read_records(file, 'annotations', ['keypoints']):
            names = [name] if name else _named_subsets(annotation)
            subsets.setdefault(_key(annotation['keypoints']), []).extend(names)
    return subsets
