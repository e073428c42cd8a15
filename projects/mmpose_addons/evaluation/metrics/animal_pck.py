"""PCK of animals in the protocol of "Learning from Synthetic Animals" and in MMPose's.

Shape letters: K keypoints, W x H a heatmap. Coordinates are (x, y).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger
from mmpose.registry import METRICS

from mmpose_addons_core.heatmaps import gaussian_heatmaps, heatmap_peaks
from mmpose_addons_core.metrics import pck
from mmpose_addons_core.metrics.pck import peak_pixels
from mmpose_addons_core.metrics.side_errors import SideDistances, side_distances, side_scores
from mmpose_addons_core.setting_checks import check_counts, check_numbers

from ..map_size import heatmap_size_of


@METRICS.register_module()
class AnimalPCK(BaseMetric):
    """PCK in the published protocol (arXiv 1912.08265) and over the box, in one pass.

    - Published: the pixel of the predicted heatmap's maximum against the pixel of the target
      heatmap's, nearer than ``threshold`` of the map's width. Targets are drawn again from
      the ground truth; one that is not visible or lies in the first row or column does
      not count. The paper's crop is a square of 1.5 times the box's longer side
      (``GetBBoxCenterScale(padding=1.5)``), with flip test.
    - Box: MMPose's ``PCKAccuracy``; image px, nearer than ``threshold`` of the longer side of
      the box; 1.5 times as strict for that crop.

    With ``test_cfg=dict(output_heatmaps=True)`` the maxima are those of the network's maps.
    Otherwise they are the pixels in which the predicted keypoints lie, which is the same for
    codecs that move a maximum by less than half a heatmap px, and lets the protocol judge
    networks without heatmaps.

    Results, from 0 to 1: ``PCK`` (published, mean over joints), ``PCK_points`` (over all
    points), ``PCK_box`` and ``PCK_box_points``. If the data set knows mirrored pairs, also,
    over all points: ``PCK_without_sides`` (the better assignment of left and right for each
    pair), ``PCK_better_heading`` (with the reversed poses turned round), the same with
    ``PCK_box``, and of the box protocol ``swaps`` and ``reversals``, see
    :func:`mmpose_addons_core.metrics.side_errors.side_scores`. The names of a second and
    further threshold end in ``@<threshold>``. The log has a table of all joints.

    Deviations from the published evaluation:

    - It averages its batches of 6 images; this counts the whole set at once.
    - It also counts joints that are marked invisible, but have coordinates.
    - It rounds targets down to a heatmap px; this rounds to the nearest, as MMPose's codecs.

    Args:
        threshold: Share of the length, or several.
        heatmap_size: (W, H) of the protocol, (64, 64) in the paper. None: that of the network's
            heatmaps, see :func:`mmpose_addons.evaluation.map_size.heatmap_size_of`.
        sigma: Of the targets, heatmap px.
        per_joint: Return every joint's values too, as ``PCK/left_eye`` and
            ``PCK_box/left_eye``.
        collect_device: See MMEngine.
        prefix: See MMEngine.

    Raises:
        ValueError: Bad threshold or size; predicted heatmaps of another size.
    """

    default_prefix = 'animal'

    def __init__(
        self,
        threshold: float | Sequence[float] = 0.05,
        heatmap_size: tuple[int, int] | None = None,
        sigma: float = 1.0,
        per_joint: bool = False,
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        several: Any = threshold
        if isinstance(threshold, str) or not isinstance(threshold, Iterable):
            several = [threshold]
        thresholds = tuple(several)
        size = (64, 64) if heatmap_size is None else heatmap_size
        check_numbers(sigma=sigma, **{f'threshold[{n}]': t for n, t in enumerate(thresholds)})
        if not isinstance(size, Sequence) or len(size) != 2:
            raise ValueError(f'heatmap_size must be (width, height), got {heatmap_size!r}')
        check_counts(1, **{f'heatmap_size[{n}]': side for n, side in enumerate(size)})
        if not thresholds or min(thresholds) <= 0 or sigma <= 0 or min(size) < 2:
            raise ValueError(
                'threshold, sigma and heatmap_size must be positive, got '
                f'{threshold}, {sigma} and {heatmap_size}'
            )
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.thresholds = tuple(map(float, thresholds))
        self.given_size = heatmap_size
        self.sigma = sigma
        self.per_joint = per_joint

    def process(self, data_batch: Sequence[dict], data_samples: Sequence[dict]) -> None:
        """Keep, of every sample, what both protocols compare."""
        for sample in data_samples:
            size = self._size(sample)
            truth = sample['gt_instances']
            points = np.asarray(truth['keypoints'], float)[0]
            visible = np.asarray(truth['keypoints_visible'], float)[0].reshape(len(points), -1)
            predicted = np.asarray(sample['pred_instances']['keypoints'], float)[0]
            x0, y0, x1, y1 = np.asarray(truth['bboxes'], float)[0]
            target = self._target_pixels(sample, points, visible[:, 0], size)
            pixels = self._predicted_pixels(sample, predicted, size)
            self.results.append(
                np.stack(
                    (
                        _row(pixels, target, (target > 0).all(-1), size[0]),
                        _row(predicted, points, visible[:, 0], max(x1 - x0, y1 - y0)),
                    )
                )
            )

    def compute_metrics(self, results: list[np.ndarray]) -> dict[str, float]:
        """Return shares over all samples and log the table of joints."""
        joints = len(results[0][0])
        flips = self.dataset_meta.get('flip_indices', range(joints))
        published, box = (
            side_distances(r[..., :2], r[..., 2:4], r[..., 4] > 0, r[..., 5], flips)
            for r in np.stack(results, axis=1)
        )
        names = [*self.dataset_meta['keypoint_id2name'].values()]
        self._log_table(names, published.plain, box.plain)
        metrics = {}
        for number, threshold in enumerate(self.thresholds):
            end = f'@{threshold:g}' if number else ''
            for name, distances in (('PCK', published), ('PCK_box', box)):
                values = pck(distances.plain, threshold)
                metrics[f'{name}{end}'] = float(values.over_joints)
                metrics[f'{name}_points{end}'] = float(values.over_points)
                if self.per_joint:
                    rows = zip(names, values.per_joint.tolist(), strict=True)
                    metrics.update({f'{name}/{joint}{end}': value for joint, value in rows})
            if list(flips) != list(range(joints)):
                sides = {
                    f'{name}{end}': value
                    for name, value in _sides(published, box, threshold).items()
                }
                text = ', '.join(f'{name} {value:.3f}' for name, value in sides.items())
                _log(f'Sides and headings at {threshold:g}: {text}')
                metrics.update(sides)
        return metrics

    def _size(self, sample: dict) -> tuple[int, int]:
        """Return the size (W, H) of the protocol's heatmaps."""
        if self.given_size is None:
            self.given_size = heatmap_size_of(sample)
        return int(self.given_size[0]), int(self.given_size[1])

    def _predicted_pixels(
        self, sample: dict, predicted: np.ndarray, wanted: tuple[int, int]
    ) -> np.ndarray:
        """Return the predicted pixels (K, 2), heatmap px."""
        if 'pred_fields' not in sample:
            return np.floor(self._to_heatmap(sample, predicted, wanted) + 0.5)
        heatmaps = sample['pred_fields']['heatmaps']
        size = (heatmaps.shape[-1], heatmaps.shape[-2])
        if size != wanted:
            raise ValueError(
                f'AnimalPCK expects heatmaps of heatmap_size={wanted} px, got {size}'
            )
        return peak_pixels(heatmaps).cpu().numpy()

    def _target_pixels(
        self, sample: dict, points: np.ndarray, visible: np.ndarray, size: tuple[int, int]
    ) -> np.ndarray:
        """Return the target's pixels (K, 2), heatmap px; (0, 0) where nothing is drawn."""
        centres = self._to_heatmap(sample, points, size)
        heatmaps, _ = gaussian_heatmaps(centres, visible, size, self.sigma)
        return heatmap_peaks(heatmaps)[0]

    def _to_heatmap(
        self, sample: dict, points: np.ndarray, size: tuple[int, int]
    ) -> np.ndarray:
        """Convert image px to heatmap px by the crop of the sample."""
        corner = sample['input_center'] - 0.5 * np.asarray(sample['input_scale'])
        return (points - corner) / sample['input_scale'] * size

    def _log_table(self, names: Sequence[str], published: np.ndarray, box: np.ndarray) -> None:
        """Log PCK of each joint of `names` (K), by distances (N, K) of both protocols."""
        width = max(map(len, [*names, 'mean over joints']))
        counts = [(~np.isnan(distances)).sum(0) for distances in (published, box)]
        values = [[pck(d, t) for t in self.thresholds] for d in (published, box)]
        heads = [
            '  images' + ''.join(f'{f"{name}@{t:g}":>10}' for t in self.thresholds)
            for name in ('PCK', 'box')
        ]
        lines = [f'{"":{width}}' + ''.join(heads)]

        def add(name: str, cells: Sequence[tuple[int, Sequence[float]]]) -> None:
            text = ''.join(f'{c:8d}' + ''.join(f'{v:10.3f}' for v in row) for c, row in cells)
            lines.append(f'{name:{width}}{text}')

        for k, name in enumerate(names):
            rows = [[float(v.per_joint[k]) for v in protocol] for protocol in values]
            add(name, [(int(c[k]), row) for c, row in zip(counts, rows, strict=True)])
        for name, key, total in (
            ('mean over joints', 'over_joints', [(c > 0).sum() for c in counts]),
            ('all points', 'over_points', [c.sum() for c in counts]),
        ):
            rows = [[float(getattr(v, key)) for v in protocol] for protocol in values]
            add(name, [(int(c), row) for c, row in zip(total, rows, strict=True)])
        _log('PCK, published protocol and share of the box:\n' + '\n'.join(lines))


def _row(predicted: np.ndarray, truth: np.ndarray, counted: Any, length: float) -> np.ndarray:
    """Stack rows (K, 6): predicted and true coordinates, if the joint counts, the length."""
    more = np.stack((counted, np.full(len(counted), length)), -1)
    return np.concatenate((predicted, truth, more), -1)


def _sides(published: SideDistances, box: SideDistances, threshold: float) -> dict[str, float]:
    scores = {}
    for name, distances in (('PCK', published), ('PCK_box', box)):
        values = side_scores(distances, threshold)
        for kind in ('without_sides', 'better_heading'):
            scores[f'{name}_{kind}'] = values[f'pck_{kind}']
    return dict(scores, swaps=values['swaps'], reversals=values['reversals'])


def _log(text: str) -> None:
    MMLogger.get_current_instance().info(text)
