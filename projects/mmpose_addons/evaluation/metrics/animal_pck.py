"""PCK of animals in the protocol of "Learning from Synthetic Animals" and in MMPose's.

Shape letters: K keypoints, W x H a heatmap. Coordinates are (x, y).
"""

from collections.abc import Sequence

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger
from mmpose.registry import METRICS

from mmpose_addons_core.heatmaps import gaussian_heatmaps, heatmap_peaks
from mmpose_addons_core.metrics import normalised_distances, pck, peak_distances
from mmpose_addons_core.metrics.pck import PCK, peak_pixels


@METRICS.register_module()
class AnimalPCK(BaseMetric):
    """PCK in the published protocol (arXiv 1912.08265) and over the box, in one pass.

    - Published: the pixel of the predicted heatmap's maximum against the pixel of the target
      heatmap's, nearer than ``threshold`` of the map's width. Targets are drawn again from
      the ground truth; one that does not show or lies in the first row or column does not
      count. The paper's crop is a square of 1.5 times the box's longer side
      (``GetBBoxCenterScale(padding=1.5)``), with flip test.
    - Box: MMPose's ``PCKAccuracy``; image px, nearer than ``threshold`` of the longer side of
      the box; 1.5 times as strict on that crop.

    With ``test_cfg=dict(output_heatmaps=True)`` the maxima are those of the network's maps.
    Otherwise they are the pixels in which the predicted keypoints lie, which is the same for
    codecs that move a maximum by less than half a heatmap px, and lets the protocol judge
    networks without heatmaps.

    Results: ``PCK`` (published, mean over joints), ``PCK_points`` (over all points),
    ``PCK_box`` and ``PCK_box_points``, from 0 to 1. The log has a table of all joints.

    Deviations from the published evaluation:

    - It averages its batches of 6 images; this counts the whole set at once.
    - It also counts joints that are marked invisible, but have coordinates.
    - It rounds targets down to a heatmap px; this rounds to the nearest, as MMPose's codecs.

    Args:
        threshold: Share of the length.
        heatmap_size: (W, H) of the protocol, (64, 64) in the paper.
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
        threshold: float = 0.05,
        heatmap_size: tuple[int, int] = (64, 64),
        sigma: float = 1.0,
        per_joint: bool = False,
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        if threshold <= 0 or sigma <= 0 or min(heatmap_size) < 2:
            raise ValueError(
                'threshold, sigma and heatmap_size must be positive, got '
                f'{threshold}, {sigma} and {heatmap_size}'
            )
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.threshold = threshold
        self.heatmap_size = (int(heatmap_size[0]), int(heatmap_size[1]))
        self.sigma = sigma
        self.per_joint = per_joint

    def process(self, data_batch: Sequence[dict], data_samples: Sequence[dict]) -> None:
        """Keep both distances of every joint of every sample."""
        for sample in data_samples:
            truth = sample['gt_instances']
            points = np.asarray(truth['keypoints'], float)[0]
            visible = np.asarray(truth['keypoints_visible'], float)[0].reshape(len(points), -1)
            predicted = np.asarray(sample['pred_instances']['keypoints'], float)[0]
            x0, y0, x1, y1 = np.asarray(truth['bboxes'], float)[0]
            distances = (
                peak_distances(
                    self._predicted_pixels(sample, predicted),
                    self._target_pixels(sample, points, visible[:, 0]),
                    self.heatmap_size[0],
                ),
                normalised_distances(predicted, points, visible[:, 0], max(x1 - x0, y1 - y0)),
            )
            self.results.append(np.stack(distances))

    def compute_metrics(self, results: list[np.ndarray]) -> dict[str, float]:
        """Shares over all samples; writes the table to the log."""
        published, box = (pck(d, self.threshold) for d in np.stack(results, axis=1))
        names = [*self.dataset_meta['keypoint_id2name'].values()]
        counts = (~np.isnan(np.stack(results))).sum(0)
        self._log_table(names, counts, published, box)
        metrics = {}
        for name, values in (('PCK', published), ('PCK_box', box)):
            metrics[name] = float(values.over_joints)
            metrics[f'{name}_points'] = float(values.over_points)
            if self.per_joint:
                joints = zip(names, values.per_joint.tolist(), strict=True)
                metrics.update({f'{name}/{joint}': value for joint, value in joints})
        return metrics

    def _predicted_pixels(self, sample: dict, predicted: np.ndarray) -> np.ndarray:
        """(K, 2), heatmap px."""
        if 'pred_fields' not in sample:
            return np.floor(self._to_heatmap(sample, predicted) + 0.5)
        heatmaps = sample['pred_fields']['heatmaps']
        size = (heatmaps.shape[-1], heatmaps.shape[-2])
        if size != self.heatmap_size:
            raise ValueError(
                f'AnimalPCK expects heatmaps of heatmap_size={self.heatmap_size} px, got {size}'
            )
        return peak_pixels(heatmaps).cpu().numpy()

    def _target_pixels(
        self, sample: dict, points: np.ndarray, visible: np.ndarray
    ) -> np.ndarray:
        """(K, 2), heatmap px; (0, 0) where nothing is drawn."""
        centres = self._to_heatmap(sample, points)
        heatmaps, _ = gaussian_heatmaps(centres, visible, self.heatmap_size, self.sigma)
        return heatmap_peaks(heatmaps)[0]

    def _to_heatmap(self, sample: dict, points: np.ndarray) -> np.ndarray:
        """From image px to heatmap px, by the crop that the network saw."""
        corner = sample['input_center'] - 0.5 * np.asarray(sample['input_scale'])
        return (points - corner) / sample['input_scale'] * self.heatmap_size

    def _log_table(
        self, names: Sequence[str], counts: np.ndarray, published: PCK, box: PCK
    ) -> None:
        """Args: names: K joints; counts: (2, K), how often each counts in a protocol."""
        width = max(map(len, [*names, 'mean over joints']))
        lines = [f'{"":{width}}  images    PCK  images    box']

        def add(name: str, count: Sequence[int], value: Sequence[float]) -> None:
            cells = (f'{c:8d}{v:7.3f}' for c, v in zip(count, value, strict=True))
            lines.append(f'{name:{width}}{"".join(cells)}')

        both = zip(names, counts.T, published.per_joint, box.per_joint, strict=True)
        for name, count, *values in both:
            add(name, count, values)
        add(
            'mean over joints',
            (counts > 0).sum(1),
            (float(published.over_joints), float(box.over_joints)),
        )
        points = float(published.over_points), float(box.over_points)
        add('all points', counts.sum(1), points)
        MMLogger.get_current_instance().info(
            f'PCK@{self.threshold:g}, published protocol and share of the box:\n'
            + '\n'.join(lines)
        )
