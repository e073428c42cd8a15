"""Estimates of how right a network is on a target set without labels.

Shape letters: N samples, K keypoints. Coordinates are (x, y) in image px.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from mmcv.transforms import Compose
from mmengine.dist import all_gather_object
from mmpose.datasets.transforms import RandomFlip

from mmpose_addons_core.adaptation import Appearance, Flow, Labeller, Views
from mmpose_addons_core.adaptation.diagnosis import (
    agreement,
    pose_estimates,
    pose_spread,
    pose_variety,
)
from mmpose_addons_core.adaptation.pose_mixture import FEWEST_JOINTS
from mmpose_addons_core.adaptation.pose_prior import learn_prior
from mmpose_addons_core.even_choice import evenly_chosen
from mmpose_addons_core.setting_checks import check_counts, check_numbers

from ..datasets.pseudo_label_dataset import PseudoLabelDataset
from ..estimators.pose_network import PoseNetwork
from .adaptation_checks import loading
from .pseudo_labeller import PseudoLabeller, chosen_fusion, network_for
from .source_poses import Poses

MIN_TRACK_FRAMES = 10
"""Frames of a chosen track, if it has so many, for the agreement with the flow."""
STRONG_APPEARANCE = dict(noise=0.1, blur=2.0, contrast=2.0, colour=0.2)
"""Arguments of ``Appearance`` for ``appearance_agreement``: noise and colour as shares of 255
grey values, blur in input px, contrast as a factor."""


@dataclass(frozen=True)
class OneView:
    """Draws a single view: mirrored, scaled and rotated.

    Args:
        scale: Scales lie within 1 -+ this.
        rotation: Degrees; rotations lie within -+ this.
        flip: Whether the view is mirrored.

    Raises:
        ValueError: If a number makes no sense.
    """

    scale: float = 0.2
    rotation: float = 25.0
    flip: bool = True

    def __post_init__(self) -> None:
        check_numbers(scale=self.scale, rotation=self.rotation)
        if not 0 <= self.scale < 1:
            raise ValueError(f'scale must lie in [0, 1), got {self.scale}')

    @property
    def flip_share(self) -> float:
        """Return the share of mirrored views, as ``ViewSampler`` names it."""
        return float(self.flip)

    def sample(self, rngs: Sequence[np.random.Generator]) -> Views:
        """Draw views of B images, with one generator per image."""
        draws = np.stack([rng.uniform(-1, 1, 2) for rng in rngs], -1)[:, None]
        flip = np.full(draws.shape[1:], self.flip)
        return Views(1 + self.scale * draws[0], self.rotation * draws[1], flip)


UNCHANGED_VIEW: Any = OneView(scale=0.0, rotation=0.0, flip=False)


@dataclass(frozen=True)
class FlowAgreement(Flow):
    """A flow that only measures how far predictions lie from where it carries their joints."""

    distances: list[float] = field(default_factory=list)

    def merge(
        self,
        points: np.ndarray,
        confidence: np.ndarray,
        followed: np.ndarray,
        followed_confidence: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the predictions as they are."""
        gaps = np.linalg.norm(points - followed, axis=-1)
        self.distances.extend(gaps[followed_confidence > 0].tolist())
        return points, confidence, np.zeros(len(points), bool)


class TargetDiagnosis:
    """Predicts some target samples in several views and compares the results.

    Args:
        dataset: The target set.
        model: The network.
        source: Poses of the source.
        student: Another network whose agreement with ``model`` is measured, or None.
        samples: At most about this many samples, whole tracks, evenly chosen.
        also: Samples that are always among them.
        view: Arguments of :class:`OneView`; by default the view is mirrored if training mirrors
            images. A network that has never seen animals head the other way is bad at
            mirrored ones, whatever it is worth for others.
        appearance: Arguments of ``Appearance``.
        seed: Of the views.
        batch_size: Images a forward pass.
        num_workers: Processes that load images.

    Raises:
        ValueError: If an argument makes no sense.
    """

    def __init__(
        self,
        dataset: PseudoLabelDataset,
        model: torch.nn.Module,
        source: Poses,
        student: torch.nn.Module | None = None,
        samples: int = 200,
        also: Sequence[int] = (),
        view: Mapping[str, Any] | None = None,
        appearance: Mapping[str, Any] | None = None,
        seed: int = 0,
        batch_size: int = 32,
        num_workers: int = 2,
    ) -> None:
        check_counts(0, seed=seed)
        flip_indices = dataset.metainfo['flip_indices']
        network = network_for(model, dataset.label_pipeline, flip_indices, 'label_pipeline')
        chosen = sorted({*_chosen(dataset.tracks(), samples), *also})
        self.chosen = np.array(chosen)
        self._boxes = dataset.identity()['bbox']
        self._flip_indices = [int(index) for index in flip_indices]
        # crops are a padded box: a share of the box is a smaller share of the crop
        self._input_side = max(network.geometry.input_size) / network.geometry.padding
        plain = Labeller(sampler=None, fusion=chosen_fusion('auto', network), seed=seed)
        look = replace(
            plain, appearance=Appearance(**(appearance or STRONG_APPEARANCE)), change_first=True
        )
        one_view = OneView(**{'flip': _mirrors(dataset.pipeline), **(view or {})})
        turned = replace(plain, sampler=one_view)  # type: ignore[arg-type]
        passes = dict(loading(batch_size, num_workers), samples=chosen)
        self._flow = FlowAgreement(forward_backward_threshold=2.0)

        def labeller(
            kind: Labeller, flow: Flow | None = None, of: PoseNetwork = network
        ) -> PseudoLabeller:
            return PseudoLabeller(dataset, of, kind, flow, **passes)  # type: ignore[arg-type]

        self._plain = labeller(plain, self._flow)
        self._others = {
            'view_agreement': labeller(turned),
            'appearance_agreement': labeller(replace(look, sampler=UNCHANGED_VIEW)),
        }
        if student is not None:
            learner = network_for(
                student, dataset.label_pipeline, flip_indices, 'label_pipeline'
            )
            self._others['student_agreement'] = labeller(plain, of=learner)
        # a skeleton of two keypoints has no implausible shape
        self._prior = None
        if (source.shown.sum(1) >= FEWEST_JOINTS).any():
            self._prior = learn_prior(*source, self._flip_indices)
        self._source_spread = pose_spread(*source)
        self._source_variety = pose_variety(source.points, source.shown)
        self._last: np.ndarray | None = None

    def run(self, epoch: int) -> tuple[dict[str, float], np.ndarray, np.ndarray]:
        """Return estimates, predicted keypoints (N, K, 2) and which samples they are (N,).

        Estimates that cannot be computed, such as the agreement with the flow in a set without
        videos, are missing.
        """
        self._flow.distances.clear()
        found = self._plain.run(epoch)
        there = found['found']
        points, boxes = found['keypoints'][there].astype(np.float64), self._boxes[there]
        result = dict(
            samples=float(there.sum()), confidence=float(found['confidence'][there].mean())
        )
        for name, labeller in self._others.items():
            other = labeller.run(epoch)['keypoints'][there]
            result[name] = float(agreement(points, other, boxes).mean())
        gaps = [gap for part in all_gather_object(self._flow.distances) for gap in part]
        if gaps:
            result['flow_agreement'] = float(np.mean(np.array(gaps) < 0.05 * self._input_side))
        if self._last is not None:
            result['stability'] = float(agreement(points, self._last[there], boxes).mean())
        result.update(
            pose_estimates(points, boxes, self._flip_indices, self._prior, self._source_spread)
        )
        shown = np.ones(points.shape[:2], bool)
        result['variety'] = pose_variety(points, shown) / self._source_variety
        self._last = found['keypoints'].astype(np.float64)
        return result, self._last, there


def _mirrors(pipeline: Compose) -> bool:
    """Return whether a pipeline of training mirrors some images."""
    return any(isinstance(step, RandomFlip) for step in pipeline.transforms)


def _chosen(tracks: Sequence[Sequence[int]], samples: int) -> list[int]:
    """Choose samples of evenly spread tracks; of long ones, the first frames.

    A track gives ``MIN_TRACK_FRAMES`` at least if it has them, and more where tracks are few.
    """
    lengths = np.array([len(track) for track in tracks])
    if lengths.sum() <= samples:
        return [sample for track in tracks for sample in track]
    wanted = round(samples / np.minimum(lengths, MIN_TRACK_FRAMES).mean())
    count = max(1, min(len(tracks), wanted))
    picked = evenly_chosen(len(tracks), count)
    most = MIN_TRACK_FRAMES
    while np.minimum(lengths[picked], most + 1).sum() <= samples and most < samples:
        most += 1
    return [sample for index in picked for sample in tracks[index][:most]]
