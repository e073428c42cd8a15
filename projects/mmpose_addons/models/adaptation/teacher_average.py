"""The average of a student over time, which teaches it."""

from typing import Any

import torch
from mmengine.model import MomentumAnnealingEMA
from mmpose.registry import MODELS
from torch import nn

BUFFERS = ('averaged', 'copied', 'own')


@MODELS.register_module()
class TeacherAverage(MomentumAnnealingEMA):
    """MMEngine's exponential moving average with a start-up ramp, and a choice for BatchNorm.

    Step t moves the average by max(``momentum``, gamma / (gamma + t)) of the way to the
    student; with a momentum of 0.001 the published codes call this a decay of 0.999.

    Args:
        model: The student.
        buffers: Where BatchNorm's statistics come from: ``'averaged'`` like weights (EMAN: Cai
            et al., CVPR 2021, arXiv 2101.08482), ``'copied'`` from the student, or ``'own'``:
            the teacher normalises its views by their own statistics and records these, as
            UDAPE's.
        args, kwargs: Of ``MomentumAnnealingEMA``.

    Raises:
        ValueError: If ``buffers`` is unknown.
    """

    def __init__(
        self, model: nn.Module, *args: Any, buffers: str = 'averaged', **kwargs: Any
    ) -> None:
        if buffers not in BUFFERS:
            raise ValueError(f'buffers must be one of {BUFFERS}, got {buffers!r}')
        super().__init__(model, *args, update_buffers=buffers == 'averaged', **kwargs)
        self.buffers_from = buffers

    def update_parameters(self, model: nn.Module) -> None:
        """Move the average towards the student."""
        if self.buffers_from != 'own':
            super().update_parameters(model)
            return
        own = [buffer.clone() for buffer in self.module.buffers()]
        super().update_parameters(model)
        with torch.no_grad():
            for buffer, value in zip(self.module.buffers(), own, strict=True):
                buffer.copy_(value)
