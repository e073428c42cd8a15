"""WS-CDA's domain discriminator (arXiv 1908.05806).

Shape letters: B samples, C channels, H x W px of a feature map.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import torch
from mmengine.logging import MessageHub
from mmpose.models.losses import KeypointMSELoss
from torch import Tensor, nn
from torch.func import functional_call

from mmpose_addons_core.adaptation.domain_losses import (
    domain_losses,
    reversal_ramp,
    reversed_gradient,
)

from ...estimators.outputs import finite_rows, last_stage
from ...prediction_error import check_finite
from ..losses.domain_discrimination_loss import DomainDiscriminationLoss
from .drawn_domains import check_drawn, domain_of, drawn_domains

RAMPS = ('dann', 'constant')
UPDATES = ('reversal', 'alternate')
TAPS = ('output', 'input')


class DomainDiscriminator(nn.Module):
    """Tells people from animals, and labelled animals from those of the target.

    Its loss is L_DDL of the features behind a reversal of gradients: the discriminator learns
    to tell the domains apart, the layers before it learn to prevent that. One backward pass is
    enough. It has no BatchNorm, so that a sample's loss does not depend on the others.

    Args:
        in_channels: C of the features.
        stage: Which of the backbone's outputs is read.
        tap: Whether it reads the ``'output'`` or the ``'input'`` of the adapter.
        hidden: Channels of the layer between the features' mean and the two decisions.
        convolutions: Channels of 4 x 4 convolutions with stride 2 before the mean is taken.
        weight: Factor to L_DDL.
        animal_weight: w1 of the paper, of the decision "human or animal".
        pose_weight: beta of the paper, the factor to all losses of the head. 500 fits a mean
            squared error over all px of the heatmaps.
        strength: Largest factor of the reversal.
        ramp: ``'dann'``: the factor grows over the training; or ``'constant'``.
        updates: ``'reversal'``: one backward pass for all. ``'alternate'``: in each step first
            the discriminator learns, then the network against the new discriminator.
        human: Domains of people; may be empty.
        target: Domains of unlabelled animals of the new species. All others are labelled
            animals.

    Raises:
        ValueError: If an argument makes no sense.
    """

    def __init__(
        self,
        in_channels: int,
        stage: int = -1,
        tap: str = 'output',
        hidden: int = 256,
        convolutions: Sequence[int] = (),
        weight: float = 1.0,
        animal_weight: float = 1.0,
        pose_weight: float = 500.0,
        strength: float = 1.0,
        ramp: str = 'dann',
        updates: str = 'reversal',
        human: Sequence[str] = ('human',),
        target: Sequence[str] = ('target',),
    ) -> None:
        super().__init__()
        if min(in_channels, hidden, *convolutions) < 1:
            raise ValueError(
                'the discriminator needs channels >= 1, got '
                f'{in_channels}, {hidden} and {[*convolutions]}'
            )
        if min(pose_weight, strength) < 0:
            raise ValueError(
                'weights of the discriminator must not be negative, got '
                f'{pose_weight} and {strength}'
            )
        if ramp not in RAMPS or tap not in TAPS:
            raise ValueError(f'ramp and tap must be of {RAMPS} and {TAPS}, got {ramp}, {tap}')
        if updates not in UPDATES:
            raise ValueError(f'updates must be one of {UPDATES}, got {updates!r}')
        if isinstance(human, str) or isinstance(target, str) or not target:
            raise ValueError(
                f'human and target must be lists of domains, target not empty, got {human!r} '
                f'and {target!r}'
            )
        self.in_channels = in_channels
        self.stage = stage
        self.tap = tap
        self.loss = DomainDiscriminationLoss(animal_weight, weight)
        self.pose_weight = pose_weight
        self.strength, self.ramp = strength, ramp
        self.alternates = updates == 'alternate'
        self.human, self.target = frozenset(human), frozenset(target)
        layers: list[nn.Module] = []
        channels = in_channels
        for outside in convolutions:
            layers += [nn.Conv2d(channels, outside, 4, 2, padding=1), nn.LeakyReLU(0.1)]
            channels = outside
        self.convolutions = nn.Sequential(*layers)
        self.decisions = nn.Sequential(
            nn.Linear(channels, hidden), nn.LeakyReLU(0.1), nn.Linear(hidden, 2)
        )
        self._checked = False

    def features_of(self, feats: Any) -> Tensor:
        """Return the features that it reads, (B, C, H, W) or (B, C).

        Raises:
            ValueError: If the backbone has no such stage, or other channels there.
        """
        stages = feats if isinstance(feats, (list, tuple)) else (feats,)
        if not -len(stages) <= self.stage < len(stages):
            raise ValueError(
                f'the discriminator reads stage {self.stage}, the backbone has {len(stages)}; '
                f'set stage to a number from 0 to {len(stages) - 1}, got {self.stage}'
            )
        features = last_stage(stages[self.stage])
        if features.shape[1] != self.in_channels:
            raise ValueError(
                f'discriminator=dict(in_channels={self.in_channels}) reads features with '
                f'{features.shape[1]} channels in stage {self.stage}, got {self.in_channels}'
            )
        return features

    def forward(self, features: Tensor) -> Tensor:
        """Return the logits (B, 2) of "an animal" and "of the target"."""
        features = self.convolutions(features) if len(self.convolutions) else features
        return self.decisions(features.flatten(2).mean(2) if features.ndim > 2 else features)

    def losses(self, features: Tensor, data_samples: Sequence[Any]) -> dict[str, Tensor]:
        """Return the ``loss`` to minimise, and each domain's accuracy and mean entropy.

        With alternating updates the loss does not reach the features; see :meth:`resisted`.

        Args:
            features: Of :meth:`features_of`, B samples.
            data_samples: With the names of their domains.

        Raises:
            ValueError: If the batch, with those that take turns with it, lacks people,
                labelled or unlabelled animals; or if batches are drawn at random.
            PredictionError: If features of the first batch are NaN or infinite.
        """
        domains = [domain_of(sample) for sample in data_samples]
        self._check_domains(drawn_domains(data_samples))
        if not self._checked:
            check_drawn(data_samples)
            check_finite(
                finite_rows(features),
                [sample.metainfo.get('img_path') for sample in data_samples],
                'the features that the discriminator reads are NaN or infinite',
            )
            self._checked = True
        labels = self._labels_of(domains, features.device)
        factor = self.factor()
        if self.alternates:
            logits = self(features.detach())
        else:
            logits = self(reversed_gradient(features, factor))
        found = {
            'loss': self.loss(logits, *labels),
            'reversal': features.new_tensor(factor),
        }
        single = domain_losses(logits.detach(), *labels)
        for name in sorted(set(domains)):
            rows = torch.tensor([domain == name for domain in domains]).to(features.device)
            found[f'{name}_accuracy'] = single.right[rows].float().mean()
            found[f'{name}_bce'] = (single.animal + single.target)[rows].mean()
        return found

    def resisted(self, features: Tensor, data_samples: Sequence[Any]) -> Tensor:
        """Return -factor L_DDL, the network's loss in alternating updates.

        The weights of the discriminator get no gradient.

        Args:
            features: Of :meth:`features_of`, B samples.
            data_samples: With the names of their domains.
        """
        domains = [domain_of(sample) for sample in data_samples]
        fixed = {name: weight.detach() for name, weight in self.named_parameters()}
        logits = functional_call(self, fixed, (features,))
        return -self.factor() * self.loss(logits, *self._labels_of(domains, features.device))

    def _labels_of(self, domains: Sequence[str], device: torch.device) -> tuple[Tensor, Tensor]:
        """Return whether each sample is an animal, and of the target."""
        animal = torch.tensor([domain not in self.human for domain in domains])
        target = torch.tensor([domain in self.target for domain in domains])
        return animal.to(device), target.to(device)

    def factor(self) -> float:
        """Return the factor of the reversal at this step; full outside of a runner."""
        if self.ramp == 'constant':
            return self.strength
        known = MessageHub.get_current_instance().runtime_info
        total = known.get('max_iters')
        progress = known.get('iter', 0) / total if total else 1.0
        return self.strength * reversal_ramp(progress)

    def _check_domains(self, there: set[str]) -> None:
        missing = []
        if self.human and not there & self.human:
            missing.append(f'people ({", ".join(sorted(self.human))})')
        if not there & self.target:
            missing.append(f'the target ({", ".join(sorted(self.target))})')
        if not there - self.human - self.target:
            missing.append('labelled animals (any other domain)')
        if missing:
            raise ValueError(
                f'a batch has no sample of {" and of ".join(missing)}, which the discriminator '
                'needs; set shares of SourceTargetSampler and draw_all=True of an unlabelled '
                f'domain, got samples of {sorted(there)}'
            )


def warn_of_pose_weight(pose_weight: float, head: nn.Module) -> None:
    """Warn where the paper's beta does not fit the reduction of the head's loss."""
    loss = getattr(head, 'loss_module', None)
    if isinstance(loss, nn.ModuleList):  # one for each stage
        loss = loss[-1]
    if pose_weight > 1 and not isinstance(loss, KeypointMSELoss):
        warnings.warn(
            f'pose_weight={pose_weight:g} of the discriminator fits a squared error that is '
            'averaged over the px of heatmaps (KeypointMSELoss); for other losses choose '
            'pose_weight so that both logged losses are of the same order, got '
            f'{type(loss).__name__}',
            stacklevel=2,
        )
    elif pose_weight > 1 and (own := getattr(loss, 'loss_weight', 1)) != 1:
        warnings.warn(
            f"pose_weight={pose_weight:g} of the discriminator multiplies the head's own "
            'loss_weight, so that beta of the paper is their product; set '
            f'loss=dict(loss_weight=1) in the head, got {own:g}',
            stacklevel=2,
        )
