"""NME, failure rate and area under the CED curve of face landmarks.

Shape letters: N faces, K landmarks. Coordinates are (x, y) in image px.
"""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger
from mmpose.registry import METRICS

from mmpose_addons_core.metrics import jitter_scores, one_euro_settings, one_euro_views
from mmpose_addons_core.setting_checks import check_counts, check_numbers

from ..ced_writer import CEDWriter
from ..face_norm import Norm, check_norm, norm_ends
from ..face_scores import (
    Faces,
    JudgedFaces,
    box_size,
    face_scores,
    judge_faces,
    list_faces,
    view_groups,
)
from ..face_subsets import ALL, annotated_subsets, face_key, missing_faces, read_subsets

ONE_EURO_CROPS = 4
"""Least number of crops for One-Euro; half of them count."""


class Face(NamedTuple):
    """Prediction and ground truth of one face."""

    predicted: np.ndarray  # (K, 2), NaN where there is no prediction
    truth: np.ndarray  # (K, 2)
    visible: np.ndarray  # (K,), bool
    box: np.ndarray  # (4,), x1 y1 x2 y2
    name: str
    subsets: tuple[str, ...]
    crop: int  # its number among the crops of the face, 0 where there is one


@METRICS.register_module()
class FaceLandmarkMetric(BaseMetric):
    """Normalised mean error (NME), failure rate and area under the CED curve.

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

    Faces without an error are counted and named in the log:

    - ``left_out``: the ground truth is invalid. No landmark is visible, one is not finite, or
      the length is unknown or 0. These faces are in no result.
    - ``lost``: the prediction is missing, not finite, or without extent. These are failures
      at each threshold and are not in ``NME``.

    The CED curves go into ``ced.csv`` and ``ced.png`` in the run's folder in the work dir.

    Differences from MMPose's ``NME``: that takes the mean over all landmarks of all faces,
    which is another one if some are invisible (``average='landmarks'`` gives it), drops faces
    of length 0 in silence, and measures lengths between landmarks that are not visible.

    Args:
        norm: One of the table above.
        thresholds: Values of T, each a share of the length.
        bins: Number of bins to sum the area in, instead of the exact area.
        average: What ``NME`` is the mean of: ``'faces'`` or ``'landmarks'``.
        subsets: Source of the subsets. None: the annotations, if the data set packs them
            as ``raw_ann_info``. A COCO file: in its annotations. A dict from names to COCO
            files, as MMPose has them for WFLW: the faces of each file. An annotation names
            subsets by ``subsets=['pose', ...]``, or by WFLW's flags ``pose=1`` and so on.
            Faces of the files that the data set lacks are counted in the log.
        jitter: Also measure how much the landmarks move between several crops of the same
            face, which ``MovedCropsDataset`` gives: ``jitter``, the root mean square distance
            from the mean of the crops as a share of the length, averaged over landmarks and
            faces, and ``jitter_worst``, that of the landmark of each face that moves most. All
            other results are those of the first crop of each face. ``jitter_faces`` is the
            number of faces with finite predictions of all crops (with One-Euro also a box with
            an extent); others have no jitter.
        one_euro: Also measure the jitter after a One-Euro filter, with the crops as frames of
            a video: ``jitter_one_euro`` and ``jitter_worst_one_euro``. It has the arguments
            ``frame_rate``, ``cutoff`` and ``beta`` of
            ``mmpose_addons_core.metrics.one_euro_views``; {} takes the defaults.
            The first half of the frames, in which the filter settles, does not count. It needs
            at least 4 crops of each face.
        out_dir: Folder for the curves instead of the run's.
        collect_device: See MMEngine.
        prefix: See MMEngine; it is part of the names of the files too.

    Raises:
        ValueError: An unknown norm, landmark or average, unfit thresholds, bins, subsets or
            settings of One-Euro, an `out_dir` that is a file, or a truth or a prediction with
            another number of landmarks than the data set.
    """

    def __init__(
        self,
        norm: Norm = 'interocular',
        thresholds: Sequence[float] = (0.08, 0.1),
        bins: int | None = None,
        average: str = 'faces',
        subsets: str | PathLike | Mapping[str, str | PathLike] | None = None,
        jitter: bool = False,
        one_euro: Mapping[str, float] | None = None,
        out_dir: str | None = None,
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        check_norm(norm)
        if average not in ('faces', 'landmarks'):
            raise ValueError(f"average must be 'faces' or 'landmarks', got {average!r}")
        if isinstance(thresholds, str) or not isinstance(thresholds, Sequence):
            raise ValueError(f'thresholds must be a list of numbers, got {thresholds!r}')
        check_numbers(**{f'thresholds[{i}]': value for i, value in enumerate(thresholds)})
        if not thresholds or min(thresholds) <= 0:
            raise ValueError(f'thresholds must be positive numbers, got {thresholds}')
        if len({f'{value:g}' for value in thresholds}) < len(thresholds):
            raise ValueError(
                f'thresholds must differ in their first six digits, got {thresholds}'
            )
        if bins is not None:
            check_counts(1, bins=bins)
        if not isinstance(jitter, bool):
            raise ValueError(f'jitter must be True or False, got {jitter!r}')
        if one_euro is not None and not jitter:
            raise ValueError(f'one_euro needs jitter=True, got jitter={jitter}')
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.norm = norm
        self.jitter = jitter
        self.one_euro = None if one_euro is None else one_euro_settings(one_euro)
        self.thresholds = tuple(thresholds)
        self.bins = bins
        self.average = average
        self.curves = CEDWriter(out_dir, prefix)
        self._subsets = None if subsets is None else read_subsets(subsets)

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
            if not self.results:  # before the other faces are predicted
                self._ends(truth.shape[1])
            predicted = np.asarray(sample['pred_instances']['keypoints'])[:1, :, :2]
            if not len(predicted):
                predicted = np.full_like(truth, np.nan)
            if predicted.shape != truth.shape:
                raise ValueError(
                    f'{sample.get("img_path")}: expected {truth.shape[1]} predicted landmarks, '
                    f'got {predicted.shape[1]}'
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
                    sample.get('crop', 0),
                )
            )

    def compute_metrics(self, results: list[Face]) -> dict[str, float]:
        """Return results over all faces and each subset; write curves and log."""
        if not results:
            raise ValueError('FaceLandmarkMetric got no face to judge')
        views = None
        results = [Face(*face) for face in results]  # MMEngine's collection made them tuples
        if self.jitter:
            results.sort(key=lambda face: face.crop)
            groups = view_groups([(face.name, face.truth.tobytes()) for face in results])
            views = np.stack([face.predicted for face in results])[groups.T]
            results = [results[index] for index in groups[:, 0]]
        *arrays, names, subsets, _ = zip(*results, strict=True)
        faces = Faces(*map(np.stack, arrays))
        ends = self._ends(faces.truth.shape[1])
        judged_faces = judge_faces(faces, str(self.norm), ends)
        self._log(judged_faces, names)
        errors = judged_faces.errors
        visible = faces.visible.sum(-1)
        weights = visible if self.average == 'landmarks' else np.ones(len(errors))
        judged = ~np.isnan(errors)
        metrics = face_scores(errors, weights, self.thresholds, self.bins) | dict(
            left_out=int((~judged).sum()), lost=int(np.isinf(errors).sum())
        )
        if views is not None:
            metrics.update(self._jitter(views, judged_faces, faces.box))
        curves = {ALL: errors[judged]}
        for subset in sorted({name for face in subsets for name in face}):
            member = np.array([subset in face for face in subsets])
            scores = face_scores(errors[member], weights[member], self.thresholds, self.bins)
            metrics.update({f'{subset}/{key}': value for key, value in scores.items()})
            curves[subset] = errors[member & judged]
        if text := missing_faces(self._subsets, subsets):
            MMLogger.get_current_instance().warning(text)
        self.curves.write(
            {name: curve for name, curve in curves.items() if len(curve)}, self.thresholds
        )
        return metrics

    def _jitter(
        self, views: np.ndarray, judged: JudgedFaces, box: np.ndarray
    ) -> dict[str, float]:
        """Return the jitter of the faces with an error; views (V, N, K, 2)."""
        found = np.isfinite(judged.errors) & np.isfinite(views).all((0, 2, 3))
        size = box_size(box)
        if self.one_euro is not None:
            if len(views) < ONE_EURO_CROPS:
                raise ValueError(
                    f'one_euro needs at least {ONE_EURO_CROPS} crops of each face, got '
                    f'{len(views)}'
                )
            found &= size > 0
        views, length = views[:, found], judged.length[found]
        scores = jitter_scores(views, length)
        if self.one_euro is not None:
            smooth = one_euro_views(views, size[found], **self.one_euro)
            after = jitter_scores(smooth[len(views) // 2 :], length)
            scores |= {f'{name}_one_euro': value for name, value in after.items()}
        return scores | dict(jitter_faces=int(found.sum()))

    def _subsets_of(self, sample: dict, truth: np.ndarray) -> tuple[str, ...]:
        if self._subsets is not None:
            return tuple(self._subsets.get(face_key(truth), ()))
        return annotated_subsets(
            sample.get('raw_ann_info') or {}, f'annotation {sample.get("id")}'
        )

    def _ends(self, count: int) -> tuple[Sequence[int], Sequence[int]] | None:
        """Return the ends of the length, None where it is that of a box."""
        return norm_ends(self.norm, count, self.dataset_meta or {})

    @staticmethod
    def _log(judged: JudgedFaces, names: Sequence[str]) -> None:
        """Name the faces that are left out or lost, with the reason."""
        for text in (
            list_faces('left out', judged.left_out, np.isnan(judged.errors), names),
            list_faces('lost, a failure', judged.lost, np.isinf(judged.errors), names),
        ):
            if text:
                MMLogger.get_current_instance().warning(text)
