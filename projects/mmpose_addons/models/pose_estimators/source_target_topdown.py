"""A top-down estimator that learns from several domains at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from mmengine.dist import get_world_size
from mmengine.optim import OptimWrapper
from mmpose.models.pose_estimators import TopdownPoseEstimator
from mmpose.registry import MODELS
from torch import Tensor

from mmpose_addons_core.setting_checks import check_numbers, checked_names

from ...datasets.source_target_dataset import TARGET
from ...estimators.outputs import finite_rows, forward_gives, picked, scaled, tensors_in
from ...prediction_error import check_finite
from ..adaptation.adapter import FeatureAdapter
from ..adaptation.consistency import Consistency
from ..adaptation.discriminator import DomainDiscriminator, warn_of_pose_weight
from ..adaptation.drawn_domains import domain_of, drawn_domains
from ..adaptation.norms import DomainNorms
from ..losses.loss_domain import losses_of


@MODELS.register_module()
class SourceTargetTopdown(TopdownPoseEstimator):
    """Losses of labelled and pseudo-labelled domains, and of a mean teacher (optional).

    Works with every head of MMPose whose ``loss`` calls its ``forward``, and any backbone,
    codec and number of stages. The head's loss is taken over the samples of each domain. A
    domain without labels, and a batch without a domain, add nothing.

    Args:
        target_weight: Factor to the loss of pseudo-labels of the domain ``target``; 10 in
            CC-SSL's paper (arXiv 1912.08265).
        domain_weights: Factors of other domains, by name; 1 by default.
        batch_norm: What BatchNorm sees: ``'joint'`` (source and target as one batch),
            ``'separate'``, ``'target'`` or ``'domain'``; see ``DomainNorms``.
        target_domains: Domains whose images look like those at test time.
        norm_domains: Other domains with BatchNorm layers of their own, for ``'domain'``.
        consistency: Arguments of ``Consistency``, the loss of a mean teacher; needs
            ``MeanTeacherHook``. None: no teacher.
        adapter: Arguments of ``FeatureAdapter``, a block between backbone and head.
        discriminator: Arguments of ``DomainDiscriminator``, the adversary of WS-CDA; its
            ``pose_weight`` is a factor to all losses of the head.
        args, kwargs: Of ``TopdownPoseEstimator``.

    Raises:
        ValueError: If a weight is negative or an argument of a part makes no sense.
    """

    def __init__(
        self,
        *args: Any,
        target_weight: float = 10.0,
        domain_weights: Mapping[str, float] | None = None,
        batch_norm: str = 'joint',
        target_domains: Sequence[str] = ('target',),
        norm_domains: Sequence[str] = ('source',),
        consistency: Mapping[str, Any] | None = None,
        adapter: Mapping[str, Any] | None = None,
        discriminator: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        weights = {TARGET: target_weight, **(domain_weights or {})}
        for domain, weight in weights.items():
            check_numbers(**{f'{domain}_weight': weight})
            if weight < 0:
                raise ValueError(f'{domain}_weight must not be negative, got {weight}')
        super().__init__(*args, **kwargs)
        self.weights = weights
        self.target_domains = checked_names('target_domains', target_domains)
        if not self.target_domains:
            raise ValueError('target_domains must name a domain, got none')
        self.adapter = None if adapter is None else FeatureAdapter(**adapter)
        self.discriminator = None
        if discriminator is not None:
            self.discriminator = DomainDiscriminator(**discriminator)
            warn_of_pose_weight(self.discriminator.pose_weight, self.head)
        self.norms = DomainNorms(batch_norm, self, checked_names('norm_domains', norm_domains))
        self.consistency = None if consistency is None else Consistency(**consistency)
        self._register_load_state_dict_pre_hook(self._complete)
        self._unchecked: tuple[Tensor, list] | None = None
        self._tapped: Tensor  # during a step of alternating updates

    def check_domains(self, domains: Sequence[str]) -> None:
        """Compare the names of domains in the arguments with those of the data.

        Raises:
            ValueError: If the data lack one of them, or one of the data has no BatchNorm layers
                with ``batch_norm='domain'``.
        """
        named = {
            'domain_weights': [name for name in self.weights if name != TARGET],
            'target_domains': [name for name in self.target_domains if name != TARGET],
        }
        for argument, names in named.items():
            for name in names:
                if name not in domains:
                    raise ValueError(
                        f'{argument} must name domains of the data, {[*domains]}, got {name!r}'
                    )
        if self.norms.mode == 'domain':
            lacking = {*domains} - {*self.target_domains} - {*self.norms.own}
            if lacking:
                raise ValueError(
                    f"batch_norm='domain' needs norm_domains with {sorted(lacking)}, got "
                    f'{[*self.norms.own]}'
                )

    def init_weights(self) -> None:
        """Initialise as MMEngine's models do; domains begin with the same BatchNorm layers."""
        super().init_weights()
        self.norms.copy_from(self)

    def extract_feat(self, inputs: Tensor) -> Any:
        """Extract features as the head reads them."""
        feats = super().extract_feat(inputs)
        return feats if self.adapter is None else self.adapter(feats)

    def train_step(self, data: Any, optim_wrapper: OptimWrapper) -> dict[str, Tensor]:
        """Take one step, or two with ``discriminator=dict(updates='alternate')``.

        In the first one the discriminator learns from features that get no gradient, in the
        second one the network learns against the new discriminator, whose weights stay.

        Returns:
            What is logged.
        """
        if self.discriminator is None or not self.discriminator.alternates:
            return super().train_step(data, optim_wrapper)
        with optim_wrapper.optim_context(self):
            data = self.data_preprocessor(data, True)
            losses = self._run_forward(data, mode='loss')
            first = {'discriminator/loss': losses.pop('discriminator/loss')}
            total, logged = self.parse_losses(first)
        optim_wrapper.update_params(total)
        with optim_wrapper.optim_context(self):
            losses['discriminator/resisted_loss'] = self.discriminator.resisted(
                self._tapped, data['data_samples']
            )
            del self._tapped
            total, of_network = self.parse_losses(losses)
        optim_wrapper.update_params(total)
        return {**logged, **of_network}

    def loss(self, inputs: Tensor, data_samples: list) -> dict[str, Tensor]:
        """Return losses named ``<domain>/...``, ``consistency/...`` and ``discriminator/...``.

        Samples without a ``domain`` count as source.

        Raises:
            PredictionError: If the teacher's outputs, or the outputs of this network in the
                batch before, are NaN or infinite.
        """
        self.check_finite()  # before the teacher, which has the student's weights
        labels = None
        if self.consistency is not None and (rows := self.consistency.rows(data_samples)):
            labels = self.consistency.teacher_labels(self.head, data_samples, rows)
            inputs = self.consistency.occluded(inputs, data_samples, labels)
        feats, outputs, tapped = self._passed(inputs, data_samples)
        paths = [sample.metainfo.get('img_path') for sample in data_samples]
        self._unchecked = finite_rows((outputs, tapped)), paths

        losses: dict[str, Tensor] = {}
        for domain, members in sorted(_rows_by_domain(data_samples).items()):
            learned = [r for r in members if data_samples[r].metainfo.get('has_labels', True)]
            if learned:
                with losses_of(domain):
                    values = self._losses_of(feats, outputs, data_samples, learned)
                weight = self.weights.get(domain, 1.0)
                for name, value in values.items():
                    scale = weight if 'loss' in name else 1.0  # others are only logged
                    losses[f'{domain}/{name}'] = scaled(value, scale)
        if labels is not None and self.consistency is not None:
            with losses_of(TARGET):
                values = self.consistency.losses(
                    self.head,
                    picked(feats, labels.rows),
                    picked(outputs, labels.rows),
                    labels,
                )
            losses.update({f'consistency/{name}': value for name, value in values.items()})
        if not losses and self.discriminator is None:  # a batch of boxes: BatchNorm sees it
            losses['unlabelled/loss'] = _no_loss(outputs)
        if self.discriminator is not None:
            beta = self.discriminator.pose_weight
            losses = {
                name: scaled(value, beta if 'loss' in name else 1.0)
                for name, value in losses.items()
            }
            if self.discriminator.alternates:
                self._remember(tapped)
            values = self.discriminator.losses(tapped, data_samples)
            losses.update({f'discriminator/{name}': value for name, value in values.items()})
        return losses

    def _remember(self, tapped: Tensor) -> None:
        """Keep the features for the second of two alternating updates."""
        if get_world_size() > 1:
            raise ValueError(
                "discriminator=dict(updates='alternate') works in one process, set 'reversal' "
                f'for several, got {get_world_size()} processes'
            )
        self._tapped = tapped

    def check_finite(self) -> None:
        """Check the outputs of the last training batch.

        A device has computed them by the next batch, so that nothing waits for the check.

        Raises:
            PredictionError: If one is NaN or infinite; it names the images.
        """
        if self._unchecked is None:
            return
        finite, paths = self._unchecked
        self._unchecked = None
        check_finite(finite, paths, 'the network predicts NaN or infinite values in training')

    def _passed(self, inputs: Tensor, data_samples: list) -> tuple[Any, Any, Any]:
        """Return a batch's features and head outputs, and what the discriminator reads."""
        groups: dict[str, list[int]] = {}
        for domain, rows in _rows_by_domain(data_samples).items():
            name = TARGET if domain in self.target_domains else domain
            groups.setdefault(name, []).extend(rows)

        def forward(images: Tensor) -> tuple[Any, Any, Any]:
            before = super(SourceTargetTopdown, self).extract_feat(images)
            feats = before if self.adapter is None else self.adapter(before)
            tapped = None
            if self.discriminator is not None:
                read = before if self.discriminator.tap == 'input' else feats
                tapped = self.discriminator.features_of(read)
            return feats, self.head.forward(feats), tapped

        follows = bool(drawn_domains(data_samples) & {*self.target_domains})
        return self.norms.forward_by_domain(self, forward, inputs, groups, follows)

    def _losses_of(
        self, feats: Any, outputs: Any, data_samples: list, rows: list[int]
    ) -> dict[str, Any]:
        with forward_gives(self.head, picked(outputs, rows)):
            return self.head.loss(
                picked(feats, rows),
                [data_samples[row] for row in rows],
                train_cfg=self.train_cfg,
            )

    def _complete(self, state: dict, prefix: str, *_: Any) -> None:
        """Let domains begin with the BatchNorm layers of a checkpoint that has one set."""
        if not prefix:
            state.update(self.norms.missing_from(state, self))


def _rows_by_domain(data_samples: list) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, sample in enumerate(data_samples):
        rows.setdefault(domain_of(sample), []).append(row)
    return rows


def _no_loss(outputs: Any) -> Tensor:
    """Return 0 with a gradient of zeros."""
    return torch.stack([tensor.sum() for tensor in tensors_in(outputs)]).sum() * 0
