"""WS-CDA's domain adaptation network, a block between backbone and head.

Shape letters: B samples, C channels, H x W px of a feature map.
"""

from typing import Any

from torch import Tensor, nn

from ...estimators.outputs import map_tensors


class FeatureAdapter(nn.Module):
    """A residual block that all domains share; it changes nothing at the start.

    The paper (arXiv 1908.05806) names a "domain adaptation network" and no code shows it. This
    is one reading of it: x + BN(conv(ReLU(BN(conv(x))))), with 3 x 3 convolutions. The last
    BatchNorm begins with the weight 0.

    Args:
        channels: C, of the features.
        hidden: Channels between the convolutions; None: C.

    Raises:
        ValueError: If a number of channels is not positive.
    """

    def __init__(self, channels: int, hidden: int | None = None) -> None:
        super().__init__()
        inside = channels if hidden is None else hidden
        if min(channels, inside) < 1:
            raise ValueError(f'the adapter needs channels >= 1, got {channels} and {hidden}')
        self.channels = channels
        last = nn.BatchNorm2d(channels)
        nn.init.zeros_(last.weight)
        self.layers = nn.Sequential(
            nn.Conv2d(channels, inside, 3, padding=1, bias=False),
            nn.BatchNorm2d(inside),
            nn.ReLU(inplace=True),
            nn.Conv2d(inside, channels, 3, padding=1, bias=False),
            last,
        )

    def forward(self, features: Any) -> Any:
        """Return features of the same shapes.

        Args:
            features: (B, C, H, W), or such tensors in nested lists and tuples.

        Raises:
            ValueError: If a tensor has other channels.
        """
        return map_tensors(self._adapted, features)

    def _adapted(self, features: Tensor) -> Tensor:
        if features.ndim != 4 or features.shape[1] != self.channels:
            raise ValueError(
                f'adapter=dict(channels={self.channels}) needs features of this number of '
                f'channels, (B, C, H, W), got {tuple(features.shape)}'
            )
        return features + self.layers(features)
