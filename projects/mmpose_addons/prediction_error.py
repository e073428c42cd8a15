"""The error of a network that predicts NaN or infinite values."""

from collections.abc import Sequence
from typing import Any


class PredictionError(ValueError):
    """A network predicts NaN or infinite values."""


def check_finite(finite: Any, images: Sequence[Any], complaint: str, end: str = '') -> None:
    """Refuse outputs that are not finite.

    All images are named whose outputs are not: BatchNorm carries NaN from one image of a
    training batch to the others.

    Args:
        finite: Tensor or array (B,), bool: whether the outputs for an image are finite.
        images: Names of the B images.
        complaint: Begin of the message, before the names.
        end: Of the message.

    Raises:
        PredictionError: If an output is not finite.
    """
    if not finite.all():
        named = ', '.join(
            str(image) for image, fine in zip(images, finite.tolist(), strict=True) if not fine
        )
        raise PredictionError(f'{complaint} for {named}{end}')
