"""A loss that does not distinguish left and right in the first epochs."""

from collections.abc import Sequence
from typing import Any

from mmengine.logging import MessageHub
from mmpose.registry import MODELS
from torch import Tensor, nn

from mmpose_addons_core.losses.side_agnostic import nearer_sides

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
        ValueError: If a limb is not made of pairs.
    """

    def __init__(
        self,
        loss: dict,
        limbs: Sequence[Sequence[Sequence[int]]],
        epochs: int | None = None,
        domains: Sequence[str] = ('target',),
    ) -> None:
        super().__init__()
        if not limbs or any(len(pair) != 2 for limb in limbs for pair in limb):
            raise ValueError(f'limbs must be lists of pairs of keypoints, got {limbs}')
        self.loss = MODELS.build(loss)
        self.limbs = [[(int(a), int(b)) for a, b in limb] for limb in limbs]
        self.epochs = epochs
        self.domains = tuple(domains)

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
