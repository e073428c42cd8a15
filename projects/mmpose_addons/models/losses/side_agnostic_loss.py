"""A loss that does not distinguish left and right in the first epochs."""

from collections.abc import Sequence
from typing import Any

from mmengine.logging import MessageHub
from mmpose.registry import MODELS
from torch import Tensor, nn

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
        if not limbs or not all(_is_limb(limb) for limb in limbs):
            raise ValueError(
                f'limbs must be lists of pairs of two different keypoints, got {limbs}'
            )
        if epochs is not None:
            check_counts(0, epochs=epochs)
        self.loss = MODELS.build(loss)
        self.limbs = [[(int(a), int(b)) for a, b in limb] for limb in limbs]
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
        """
        if self._open():
            target, target_weights = nearer_sides(output, target, target_weights, self.limbs)
        return self.loss(output, target, target_weights, *args, **kwargs)

    def _open(self) -> bool:
        """Return whether sides are not distinguished now."""
        if loss_domain() not in self.domains:
            return False
        hub = MessageHub.get_current_instance()
        return self.epochs is None or int(hub.get_info('epoch', 0)) < self.epochs


def _is_limb(limb: Any) -> bool:
    """Return whether this is a list of pairs of different keypoints, and not empty."""
    return (
        isinstance(limb, Sequence)
        and len(limb) > 0
        and all(
            isinstance(pair, Sequence) and len(pair) == 2 and pair[0] != pair[1]
            for pair in limb
        )
    )
