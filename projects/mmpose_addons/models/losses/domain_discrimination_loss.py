"""WS-CDA's loss of a domain discriminator (arXiv 1908.05806)."""

from mmpose.registry import MODELS
from torch import Tensor, nn

from mmpose_addons_core.adaptation.domain_losses import domain_discrimination_loss


@MODELS.register_module()
class DomainDiscriminationLoss(nn.Module):
    """L_DDL = w1 BCE(y) + y BCE(z), the mean over B samples.

    See :func:`mmpose_addons_core.adaptation.domain_losses.domain_discrimination_loss`.

    Args:
        animal_weight: w1, of the decision "human or animal".
        loss_weight: Factor to the loss.

    Raises:
        ValueError: If a weight is negative.
    """

    def __init__(self, animal_weight: float = 1.0, loss_weight: float = 1.0) -> None:
        super().__init__()
        if min(animal_weight, loss_weight) < 0:
            raise ValueError(
                f'weights must not be negative, got {animal_weight} and {loss_weight}'
            )
        self.animal_weight = animal_weight
        self.loss_weight = loss_weight

    def forward(self, logits: Tensor, animal: Tensor, target: Tensor) -> Tensor:
        """Return the loss, a scalar.

        Args:
            logits: (B, 2); positive for "an animal" and for "of the target".
            animal: (B,), bool, y.
            target: (B,), bool, z; ignored for people.
        """
        loss = domain_discrimination_loss(logits, animal, target, self.animal_weight)
        return self.loss_weight * loss
