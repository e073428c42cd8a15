"""A top-down estimator that weighs the losses of two domains."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from mmpose.models.pose_estimators import TopdownPoseEstimator
from mmpose.registry import MODELS
from torch import Tensor, nn

from ..losses.loss_domain import losses_of


@MODELS.register_module()
class SourceTargetTopdown(TopdownPoseEstimator):
    """Source loss plus ``target_weight`` times target loss (CC-SSL, arXiv 1912.08265).

    Works with every head of MMPose whose ``loss`` calls its ``forward``, and any backbone,
    codec and number of stages. Backbone and head see source and target as one batch; the
    head's loss is then taken over the samples of each domain. A batch without target samples
    has the source loss alone.

    Args:
        target_weight: Factor to the target loss; 10 in the paper.
        args, kwargs: Of ``TopdownPoseEstimator``.

    Raises:
        ValueError: If the weight is negative.
    """

    def __init__(self, *args: Any, target_weight: float = 10.0, **kwargs: Any) -> None:
        if target_weight < 0:
            raise ValueError(f'target_weight must not be negative, got {target_weight}')
        super().__init__(*args, **kwargs)
        self.target_weight = target_weight

    def loss(self, inputs: Tensor, data_samples: list) -> dict[str, Tensor]:
        """Losses named ``source/...`` and ``target/...``.

        Samples without a ``domain`` count as source.
        """
        feats = self.extract_feat(inputs)
        outputs = self.head.forward(feats)
        rows: dict[str, list[int]] = {}
        for row, sample in enumerate(data_samples):
            rows.setdefault(sample.metainfo.get('domain', 'source'), []).append(row)
        losses: dict[str, Tensor] = {}
        for domain, members in sorted(rows.items()):
            index = torch.tensor(members, device=inputs.device)
            with losses_of(domain), _forward_gives(self.head, _pick(outputs, index)):
                values = self.head.loss(
                    _pick(feats, index),
                    [data_samples[row] for row in members],
                    train_cfg=self.train_cfg,
                )
            weight = self.target_weight if domain == 'target' else 1.0
            for name, value in values.items():
                scale = weight if 'loss' in name else 1.0  # others are only logged
                losses[f'{domain}/{name}'] = _scaled(value, scale)
        return losses


@contextmanager
def _forward_gives(head: nn.Module, outputs: Any) -> Iterator[None]:
    """Let the head's loss work with outputs that are there already."""
    head.forward = lambda *_: outputs
    try:
        yield
    finally:
        del head.forward


def _pick(value: Any, index: Tensor) -> Any:
    """Rows of a tensor, or of each tensor in nested lists and tuples."""
    if isinstance(value, Tensor):
        return value[index]
    if isinstance(value, (list, tuple)):
        return type(value)(_pick(item, index) for item in value)
    return value


def _scaled(value: Any, scale: float) -> Any:
    if isinstance(value, (list, tuple)):
        return [item * scale for item in value]
    return value * scale
