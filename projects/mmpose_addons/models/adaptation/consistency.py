"""Consistency of a student with a mean teacher.

Shape letters: B samples with a teacher's view, K keypoints. Coordinates are (x, y) in input px.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from mmengine.dist import all_gather, get_world_size
from mmpose.models.heads.base_head import BaseHead
from mmpose.structures import PoseDataSample
from torch import Tensor

from mmpose_addons_core.adaptation import (
    agreeing,
    count_of_small_losses,
    inside_image,
    most_confident,
    move_points,
    smallest_losses,
    swap_sides,
)
from mmpose_addons_core.adaptation.label_checks import LabelChecks, check_arguments
from mmpose_addons_core.adaptation.plausibility import exchanged
from mmpose_addons_core.setting_checks import NO_SETTINGS, check_numbers
from mmpose_addons_runtime.geometry import CropGeometry

from ...datasets.two_views import TEACHER_IMAGE
from ...estimators.outputs import forward_gives, last_stage, scaled
from ...estimators.pose_network import PoseNetwork
from ...prediction_error import check_finite
from .occlusion import JointOcclusion
from .targets import WEIGHTS, as_samples, encode


@dataclass
class TeacherLabels:
    """Predictions of a teacher for B samples, in the student's views; on the CPU.

    Attributes:
        rows: B rows of the batch.
        points: (B, K, 2).
        confidence: (B, K).
        kept: (B, K), bool; the most confident joints that lie in the student's view.
        agreed: (B, K), bool, where the teacher's views agree; None if they are not compared.
        targets: By name, (B, ...), of the head's codec, where the network is.
    """

    rows: list[int]
    points: Tensor
    confidence: Tensor
    kept: Tensor
    agreed: Tensor | None
    targets: dict[str, Tensor]


class Consistency:
    """Teaches a student by the keypoints of a mean teacher, for heads of any kind.

    After UDAPE (Kim et al., ECCV 2022) without its style network: the teacher sees an easy view
    of an image and the student a hard one. The teacher's keypoints are moved into the student's
    view and encoded by the head's codec, so that a heatmap becomes a clean Gaussian. What
    differs: points are moved rather than maps, and the loss is taken in the student's frame.

    ``MeanTeacherHook`` makes the teacher and counts the epochs.

    Args:
        weight: Factor to the head's loss, reached at the end of the ramp.
        share: Share of the joints of a batch that is learned, the most confident ones.
        occlusion: Arguments of ``JointOcclusion``; None: nothing is covered.
        small_loss: Arguments ``start`` and ``floor`` of MDAM-MT's selection
            (``count_of_small_losses``), or None: joints of an image on which student and
            teacher differ most are left out, one more each epoch.
        agreement: Input px, or None. The teacher also sees the mirror image. Joints at which
            both predictions lie within this distance are learned although the selection of
            small losses leaves them out, as in ScarceNet; without that selection, only
            such joints are learned.
        checks: Arguments of ``label_checks``, or None: the teacher's labels of a batch are
            compared with the poses of the source; sides are exchanged and implausible joints
            left out. Tracks are not known here. ``most=1`` takes little time.

    Raises:
        ValueError: If an argument lies outside its range.
    """

    def __init__(
        self,
        weight: float = 1.0,
        share: float = 0.5,
        occlusion: Mapping[str, Any] | None = NO_SETTINGS,
        small_loss: Mapping[str, Any] | None = None,
        agreement: float | None = None,
        checks: Mapping[str, Any] | None = None,
    ) -> None:
        check_numbers(weight=weight, share=share)
        if weight < 0 or not 0 < share <= 1:
            raise ValueError(
                f'consistency needs a weight >= 0 and a share in (0, 1], got {weight}, {share}'
            )
        if agreement is not None:
            check_numbers(agreement=agreement)
        if agreement is not None and agreement <= 0:
            raise ValueError(f'agreement must be a distance above 0 px, got {agreement}')
        self.weight = weight
        self.share = share
        self.occlusion = None if occlusion is None else JointOcclusion(**occlusion)
        self.small_loss = small_loss
        if small_loss is not None:
            count_of_small_losses(0, 1, **small_loss)
        self.agreement = agreement
        if checks is not None:
            check_arguments(checks)
        self.check_settings = checks
        self.checks: LabelChecks | None = None
        """Made by the hook, of the settings and the source."""
        self.teacher: PoseNetwork | None = None
        self.epoch = 0
        self.ramp = 1.0
        """Factor to the weight; set by the hook."""

    def rows(self, samples: Sequence[PoseDataSample]) -> list[int]:
        """Return the rows that have a teacher's view."""
        return [row for row, sample in enumerate(samples) if TEACHER_IMAGE in sample]

    @torch.no_grad()
    def teacher_labels(
        self, head: BaseHead, samples: Sequence[PoseDataSample], rows: list[int]
    ) -> TeacherLabels:
        """Let the teacher label its views of these rows.

        Args:
            head: The student's.
            samples: Of the batch.
            rows: Those with a teacher's view.

        Raises:
            PredictionError: If it predicts NaN or infinite values.
            ValueError: If there is no teacher.
        """
        if self.teacher is None:
            raise ValueError("consistency needs dict(type='MeanTeacherHook') in custom_hooks")
        taught = [samples[row] for row in rows]
        views = [sample.get(TEACHER_IMAGE) for sample in taught]
        images = self.teacher.model.data_preprocessor(
            dict(inputs=views, data_samples=[]), training=False
        )['inputs']
        points, confidence = self.teacher.predict(images)
        check_finite(
            confidence.isfinite().all(1) & points.isfinite().all(2).all(1),
            [sample.img_path for sample in taught],
            'the teacher predicts NaN or infinite values',
        )
        agreed = good = None
        if self.agreement is not None:
            mirrored_points = _mirrored_prediction(self.teacher, images)
            agreed = agreeing(points, mirrored_points, self.agreement)
        if self.checks is not None:
            box = centred_box(self.teacher.geometry)
            points, confidence, good, swaps = _checked(self.checks, points, confidence, box)
            if agreed is not None:
                moved = exchanged(agreed.numpy(), swaps, self.checks.limbs)
                agreed = torch.from_numpy(moved)
        matrices = torch.stack([torch.from_numpy(s.teacher_matrix) for s in taught])
        mirrored = torch.tensor([sample.teacher_mirrored for sample in taught])
        sides = mirrored, self.teacher.flip_indices
        points = swap_sides(move_points(points, matrices), *sides, dim=1)
        confidence = swap_sides(confidence, *sides, dim=1)
        if good is not None:
            good = swap_sides(good, *sides, dim=1)
        if agreed is not None:
            agreed = swap_sides(agreed, *sides, dim=1)
        every = torch.cat(all_gather(confidence)) if get_world_size() > 1 else confidence
        kept = most_confident(confidence, self.share, every)
        kept &= inside_image(points, taught[0].input_size)
        if good is not None:
            kept &= good
        if agreed is not None and self.small_loss is None:
            kept &= agreed
        targets = encode(head.decoder, points, kept.float(), images.device)
        return TeacherLabels(rows, points, confidence, kept, agreed, targets)

    def occluded(
        self, inputs: Tensor, samples: Sequence[PoseDataSample], labels: TeacherLabels
    ) -> Tensor:
        """Return the student's images, with some sure joints covered."""
        if self.occlusion is None:
            return inputs
        seeds = [samples[row].draw_seed for row in labels.rows]
        return self.occlusion.apply(inputs, labels.rows, labels.points, labels.kept, seeds)

    def losses(
        self, head: BaseHead, feats: Any, outputs: Any, labels: TeacherLabels
    ) -> dict[str, Tensor]:
        """Return the head's losses with the teacher's labels, and the share of kept joints.

        Args:
            head: The student's.
            feats, outputs: What it reads and gives for the B samples.
            labels: What they are taught.
        """
        targets = labels.targets
        if self.small_loss is not None:
            small = self._with_small_loss(outputs, labels)
            weights = targets[WEIGHTS] * small.reshape(targets[WEIGHTS].shape)
            targets = {**targets, WEIGHTS: weights}
        with forward_gives(head, outputs):
            losses = head.loss(
                feats, as_samples(head.decoder, targets), train_cfg=dict(compute_acc=False)
            )
        factor = self.weight * self.ramp
        found = {
            name: scaled(value, factor) for name, value in losses.items() if 'loss' in name
        }
        return dict(found, kept=targets[WEIGHTS].mean())

    def _with_small_loss(self, outputs: Any, labels: TeacherLabels) -> Tensor:
        """Mark joints (B, K) whose loss is small, or at which the teacher's views agree."""
        joints = labels.kept.shape[1]
        losses = joint_losses(outputs, labels.targets, joints)
        unknown = labels.targets[WEIGHTS].reshape(losses.shape) == 0
        count = count_of_small_losses(self.epoch, joints, **(self.small_loss or {}))
        small = smallest_losses(losses.masked_fill(unknown, torch.inf), count)
        return small if labels.agreed is None else small | labels.agreed.to(small.device)


def centred_box(geometry: CropGeometry) -> np.ndarray:
    """Return the box (4,), x, y, w, h in input px, of an animal whose crop the input is."""
    size = np.array(geometry.input_size, np.float64)
    sides = size / geometry.padding
    return np.concatenate(((size - sides) / 2, sides))


def _checked(
    checks: LabelChecks, points: Tensor, confidence: Tensor, box: np.ndarray
) -> tuple[Tensor, Tensor, Tensor, np.ndarray]:
    """Correct sides of points (B, K, 2) with confidences (B, K).

    Returns:
        Both, which are good, (B, K), and which limbs have changed sides, (B, G).
    """
    found = checks.apply(
        points.double().numpy(),
        confidence.numpy(),
        np.ones(confidence.shape, bool),
        np.repeat(box[None], len(points), axis=0),
    )
    return (
        torch.from_numpy(found.keypoints).to(points),
        torch.from_numpy(found.confidence).to(confidence),
        torch.from_numpy(found.good),
        found.swaps,
    )


def _mirrored_prediction(teacher: PoseNetwork, images: Tensor) -> Tensor:
    """Predict keypoints (B, K, 2) of the mirror images, in the frames of the images."""
    points, _ = teacher.predict(images.flip(-1))
    points[..., 0] = images.shape[-1] - 1 - points[..., 0]
    return points[:, teacher.flip_indices]


@torch.no_grad()
def joint_losses(outputs: Any, targets: Mapping[str, Tensor], joints: int) -> Tensor:
    """Return a loss of each joint (B, K), which ranks the joints of an image.

    Mean squared error of heatmaps, cross-entropy of classified coordinates (SimCC), mean
    distance along x and y of coordinates.

    Args:
        outputs: Of a head; of several stages the last one counts.
        targets: Of :func:`~.targets.encode`.
        joints: K.
    """
    if 'keypoint_x_labels' in targets:
        losses = []
        for output, axis in zip(outputs, 'xy', strict=True):
            labels = targets[f'keypoint_{axis}_labels'].reshape(output.shape)
            losses.append(-(labels * F.log_softmax(output.float(), -1)).sum(-1))
        return losses[0] + losses[1]
    if 'keypoint_labels' in targets:
        output = last_stage(outputs[0] if isinstance(outputs, tuple) else outputs)
        labels = targets['keypoint_labels'].reshape(len(output), joints, 2)
        return (output[..., :2].float() - labels).abs().mean(-1)
    output = last_stage(outputs)
    difference = output.float() - targets['heatmaps']
    return difference.square().reshape(len(output), joints, -1).mean(-1)
