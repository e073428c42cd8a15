"""A loss that does not distinguish left and right in the first epochs."""

from collections.abc import Sequence
from typing import Any

from mmengine.logging import MessageHub
from mmpose.registry import MODELS
from torch import Tensor, nn

from mmpose_addons_core.datasets.coco_values import is_id
from mmpose_addons_core.losses.side_agnostic import nearer_sides
from mmpose_addons_core.setting_checks import check_counts, checked_names

from .loss_domain import loss_domain


@MODELS.register_module()
class SideAgnosticLoss(nn.Module):
    """Any loss of heatmaps or coordinates, on the assignment of sides that fits better.

    Pseudo-labels of early rounds often have left and right exchanged. With this loss they train
    the position of a limb, and only the source trains its side.
    See :func:`mmpose_addons_core.losses.side_agnostic.nearer_sides`.

    Args:
        loss: Config of the loss.
        limbs: Lists of pairs of keypoints that exchange sides together, for example
            ``[[(9, 11), (10, 12)], [(14, 16), (15, 17)]]``: fore and hind legs.
        epochs: For this many epochs; None: always.
        domains: Whose samples; ``SourceTargetTopdown`` names them ``'source'`` and
            ``'target'``.

    Raises:
        ValueError: If a limb is not made of pairs, or another argument makes no sense.
    """

    def __init__(
        self,
        loss: dict,
        limbs: Sequence[Sequence[Sequence[int]]],
        epochs: int | None = None,
        domains: Sequence[str] = ('target',),
    ) -> None:
        super().__init__()
        if not _are_limbs(limbs):
            raise ValueError(
                'limbs must be lists of pairs of keypoints, numbers from 0 on, each of them '
                f'once, got {limbs!r}'
            )
        if epochs is not None:
            check_counts(0, epochs=epochs)
        self.loss = MODELS.build(loss)
        self.limbs = [[(a, b) for a, b in limb] for limb in limbs]
        self.largest = max(end for limb in self.limbs for pair in limb for end in pair)
        self.epochs = epochs
        self.domains = checked_names('domains', domains)

    def forward(
        self, output: Tensor, target: Tensor, target_weights: Tensor, *args: Any, **kwargs: Any
    ) -> Tensor:
        """Return the inner loss.

        Args:
            output: (B, K, ...), predicted heatmaps or coordinates.
            target: (B, K, ...).
            target_weights: (B, K) or (B, K, ...).

        Raises:
            ValueError: If a limb has a keypoint that the output does not have.
        """
        if self.largest >= output.shape[1]:
            raise ValueError(
                f'limbs must have keypoints below {output.shape[1]}, got {self.largest}'
            )
        if self._open():
            target, target_weights = nearer_sides(output, target, target_weights, self.limbs)
        return self.loss(output, target, target_weights, *args, **kwargs)

    def _open(self) -> bool:
        """Return whether sides are not distinguished now."""
        if loss_domain() not in self.domains:
            return False
        hub = MessageHub.get_current_instance()
        return self.epochs is None or int(hub.get_info('epoch', 0)) < self.epochs


def _are_limbs(limbs: Any) -> bool:
    """Return whether these are lists of pairs of keypoints, each keypoint once."""
    if not _is_list(limbs) or not all(map(_is_list, limbs)):
        return False
    pairs = [pair for limb in limbs for pair in limb]
    if not all(_is_list(pair) and len(pair) == 2 for pair in pairs):
        return False
    ends = [end for pair in pairs for end in pair]
    return all(is_id(end) for end in ends) and len({*ends}) == len(ends)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and len(value) > 0
