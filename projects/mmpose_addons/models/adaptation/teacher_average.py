"""The average of a student over time, which teaches it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from mmengine.model import MomentumAnnealingEMA
from mmpose.registry import MODELS
from torch import Tensor, distributed, nn

BUFFERS = ('averaged', 'copied', 'own')


@MODELS.register_module()
class TeacherAverage(MomentumAnnealingEMA):
    """MMEngine's exponential moving average with a start-up ramp, and a choice for BatchNorm.

    Step t moves the average by max(``momentum``, gamma / (gamma + t)) of the way to the
    student; with a momentum of 0.001 the published codes call this a decay of 0.999. The
    numbers are those of MMEngine; all weights are moved together, which takes a GPU less time.

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
        with _without_process_groups(model) as groups:
            super().__init__(model, *args, update_buffers=buffers == 'averaged', **kwargs)
        for layer, attribute, group in groups:
            setattr(self.module.get_submodule(layer), attribute, group)
        self.buffers_from = buffers

    @torch.no_grad()
    def update_parameters(self, model: nn.Module) -> None:
        """Move the average towards the student."""
        teacher: list[Tensor] = [*self.module.parameters()]
        student: list[Tensor] = [*model.parameters()]
        buffers = list(zip(self.module.buffers(), model.buffers(), strict=True))
        step = int(self.steps)
        if self.buffers_from == 'averaged':
            for average, value in buffers:
                if average.is_floating_point():
                    teacher.append(average)
                    student.append(value)
                elif step == 0:
                    average.copy_(value)
        elif self.buffers_from == 'copied':
            for average, value in buffers:
                average.copy_(value)
        if step == 0:
            for average, value in zip(teacher, student, strict=True):
                average.copy_(value)
        elif step % self.interval == 0:
            momentum = max(self.momentum, self.gamma / (self.gamma + step))
            torch._foreach_lerp_(teacher, student, momentum)
        self.steps += 1


@contextmanager
def _without_process_groups(model: nn.Module) -> Iterator[list[tuple[str, str, Any]]]:
    """Take away the process groups that synchronized BatchNorm holds: they cannot be copied.

    Yields name of the layer, attribute and group of each.
    """
    groups = []
    if distributed.is_available():
        groups = [
            (name, attribute, value)
            for name, layer in model.named_modules()
            for attribute, value in vars(layer).items()
            if isinstance(value, distributed.ProcessGroup)
        ]
    try:
        for layer, attribute, _ in groups:
            setattr(model.get_submodule(layer), attribute, None)
        yield groups
    finally:
        for layer, attribute, group in groups:
            setattr(model.get_submodule(layer), attribute, group)
