"""One round of pseudo-labels over a whole target set, in one or several processes.

Shape letters: N samples, K keypoints, B images.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import cv2
import numpy as np
import torch
from mmcv.transforms import Compose
from mmengine.dataset import pseudo_collate
from mmengine.dist import all_gather_object, get_dist_info
from mmpose.datasets.transforms import GetBBoxCenterScale
from torch.utils.data import DataLoader, Dataset

from mmpose_addons_core.adaptation import (
    Flow,
    FlowTracks,
    Labeller,
    preserved_rng_state,
    shares_of,
)
from mmpose_addons_core.adaptation.labeller import FUSIONS
from mmpose_addons_core.adaptation.pseudo_labels import FLOW
from mmpose_addons_core.progress import progress_bar
from mmpose_addons_runtime.geometry import CropGeometry, image_points

from ..datasets.pseudo_label_dataset import PseudoLabelDataset
from ..datasets.two_views import affine_of
from ..estimators.pose_network import PoseNetwork, evaluating
from ..prediction_error import PredictionError, check_finite


class PseudoLabeller:
    """Label a target set.

    Args:
        dataset: The target set.
        network: The network whose predictions become labels.
        labeller: Averages the predictions of several views.
        flow: Consistency in time, or None.
        batch_size: Images per forward pass.
        num_workers: Processes that load images.
        samples: Label these samples only; None: all.
    """

    def __init__(
        self,
        dataset: PseudoLabelDataset,
        network: PoseNetwork,
        labeller: Labeller,
        flow: Flow | None,
        batch_size: int,
        num_workers: int,
        samples: Collection[int] | None = None,
    ) -> None:
        self.dataset = dataset
        self.network = network
        self.labeller = labeller
        self.flow = flow
        tracks = dataset.tracks()
        if samples is not None:
            chosen = set(samples)
            tracks = [[sample for sample in track if sample in chosen] for track in tracks]
            tracks = [track for track in tracks if track]
        # single-frame tracks need no flow
        self._track = {
            sample: number
            for number, track in enumerate(tracks)
            for sample in track
            if flow is not None and len(track) > 1
        }
        rank, world_size = get_dist_info()
        self._shares = shares_of(tracks, batch_size)[rank::world_size]
        self._num_workers = num_workers

    def run(self, epoch: int) -> dict[str, np.ndarray]:
        """Label all samples; every process gets all labels.

        Modules' modes and the states of the random generators are restored afterwards.

        Args:
            epoch: Seeds the random views.

        Returns:
            ``keypoints`` (N, K, 2) in image px, ``confidence`` (N, K), ``origin`` (N, K) and
            ``found`` (N,), as in ``PseudoLabels``. Samples without a label have 0.

        Raises:
            PredictionError: If a prediction is not finite; in all processes.
            OSError: If no image at all can be read.
        """
        count, joints = len(self.dataset), self.dataset.num_keypoints
        found: dict[str, np.ndarray] = dict(
            keypoints=np.zeros((count, joints, 2), np.float32),
            confidence=np.zeros((count, joints), np.float32),
            origin=np.zeros((count, joints), np.uint8),
            found=np.zeros(count, bool),
        )
        problem = None
        with preserved_rng_state(), evaluating(self.network.model), torch.no_grad():
            try:
                for samples, labels in self._labels(epoch):
                    for name, values in labels.items():
                        found[name][samples] = values
                    found['found'][samples] = True
            except PredictionError as error:
                problem = str(error)
        parts = all_gather_object((problem, found))
        problems = [text for text, _ in parts if text]
        if problems:
            raise PredictionError(problems[0])
        for _, part in parts:
            here = part['found']
            for name, values in part.items():
                found[name][here] = values[here]
        if not found['found'].any():
            raise OSError(f'none of the {count} images of the target set can be read')
        return found

    def _labels(self, epoch: int) -> Iterator[tuple[list[int], dict[str, np.ndarray]]]:
        """Yield the samples and labels of each batch of this process."""
        flow = FlowTracks(self.flow) if self.flow is not None else None
        ends = np.cumsum([len(share) for share in self._shares])
        batches = [batch for share in self._shares for batch in share]
        loader = DataLoader(
            _ForLabels(self.dataset),
            batch_sampler=batches,
            num_workers=self._num_workers,
            collate_fn=_keep_readable,
        )
        total = sum(map(len, batches))
        others = get_dist_info()[0] != 0
        with progress_bar('Pseudo-labels', total, disable=others) as advance:
            for number, (asked, samples, data) in enumerate(loader):
                if samples:
                    yield samples, self._label(samples, data, epoch, flow)
                advance(len(asked))
                if flow is not None and number + 1 in ends:
                    flow.forget()

    def _label(
        self, samples: list[int], data: dict[str, Any], epoch: int, flow: FlowTracks | None
    ) -> dict[str, np.ndarray]:
        frames = data['inputs']
        batch = self.network.model.data_preprocessor(data, training=False)
        images, infos = batch['inputs'], batch['data_samples']
        points, confidence = self.labeller.label(self.network, images, samples, epoch)
        finite = np.isfinite(points).all((1, 2)) & np.isfinite(confidence).all(1)
        check_finite(
            finite,
            [info.img_path for info in infos],
            'the network predicts NaN or infinite values',
            f' before epoch {epoch}',
        )
        origin = np.zeros(confidence.shape, np.uint8)
        geometry = self.network.geometry
        for row, (sample, info) in enumerate(zip(samples, infos, strict=True)):
            if flow is not None and sample in self._track:
                frame = frames[row].permute(1, 2, 0).contiguous().numpy()
                grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
                points[row], confidence[row], flows = flow.step(
                    self._track[sample], grey, points[row], confidence[row]
                )
                origin[row] = np.where(flows, FLOW, 0)
            points[row] = image_points(
                points[row],
                info.input_center,
                info.input_scale,
                geometry.input_size,
                geometry.use_udp,
            )
        return dict(keypoints=points, confidence=confidence, origin=origin)


def network_for(
    model: torch.nn.Module, pipeline: Compose, flip_indices: Sequence[int], name: str
) -> PoseNetwork:
    """Wrap a model for the crops of a pipeline.

    Args:
        model: The network.
        pipeline: With ``TopdownAffine``.
        flip_indices: K, those of the data set.
        name: Of the pipeline, for the message.

    Raises:
        ValueError: If the pipeline has no ``TopdownAffine``.
    """
    affine = affine_of(pipeline, name)
    geometry = CropGeometry(tuple(affine.input_size), use_udp=affine.use_udp)
    return PoseNetwork(model, flip_indices, geometry.padded(_padding_of(pipeline)))


def _padding_of(pipeline: Compose) -> float | None:
    """Return the padding of a pipeline's ``GetBBoxCenterScale``; None without that step."""
    for step in pipeline.transforms:
        if isinstance(step, GetBBoxCenterScale):
            return float(step.padding)
    return None


def check_fusion(fusion: str) -> None:
    """Refuse an unknown way to fuse views, before there is a network.

    Raises:
        ValueError: It is none of ``FUSIONS``, and not ``'auto'``.
    """
    if fusion not in ('auto', *FUSIONS):
        raise ValueError(f"fusion must be 'auto' or one of {FUSIONS}, got {fusion!r}")


def chosen_fusion(fusion: str, network: PoseNetwork) -> str:
    """Resolve ``'auto'`` to ``'heatmap'`` where the head has heatmaps, else ``'coordinates'``.

    Raises:
        ValueError: If ``fusion`` needs heatmaps and the network has none.
    """
    if fusion == 'auto':
        return 'heatmap' if network.has_heatmaps else 'coordinates'
    if fusion in ('heatmap', 'published') and not network.has_heatmaps:
        raise ValueError(
            f'{type(network.model.head).__name__} does not give one heatmap a keypoint; set '
            "fusion='coordinates'"
        )
    return fusion


class _ForLabels(Dataset):
    """Serve the samples of the target set by its label pipeline."""

    def __init__(self, dataset: PseudoLabelDataset) -> None:
        self.dataset = dataset

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> tuple[int, dict | None]:
        return index, self.dataset.label_sample(index)


def _keep_readable(items: list[tuple[int, dict | None]]) -> tuple[list, list, Any]:
    """Return the indices of all samples and of the readable ones, and the batch of these."""
    there = [(index, sample) for index, sample in items if sample is not None]
    data = pseudo_collate([sample for _, sample in there]) if there else None
    return [index for index, _ in items], [index for index, _ in there], data
