"""Fine-tune a network with some of its modules frozen."""

import re
from collections.abc import Sequence

from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from mmpose.registry import HOOKS
from torch import nn


@HOOKS.register_module()
class FreezeHook(Hook):
    """Freeze modules during training: parameters and BatchNorm statistics.

    The modules' parameters get no gradient, and the modules stay in evaluation mode, so that
    BatchNorm uses and keeps its running mean and variance, and Dropout is off. Nothing is
    stored: a run that is resumed with this hook freezes the same modules. ::

        custom_hooks = [
            *_base_.custom_hooks,
            dict(type='FreezeHook', modules=['backbone.conv1', r'backbone.layer[12]'])]

    Args:
        modules: Names of modules, or regular expressions for whole names.

    Raises:
        ValueError: At the start of the training. A name fits no module (the message has those
            that there are), nothing is left to train, or the network is wrapped for several
            GPUs without ``find_unused_parameters=True``.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        if isinstance(modules, str) or not modules:
            raise ValueError(f'modules must be a list of names, got {modules!r}')
        self.modules = tuple(modules)
        self._frozen: list[nn.Module] = []

    def before_train(self, runner: Runner) -> None:
        """Find the modules and stop their gradients."""
        model = runner.model
        if is_model_wrapper(model):
            if not getattr(model, 'find_unused_parameters', True):
                raise ValueError(
                    'FreezeHook on several GPUs needs find_unused_parameters=True in the config'
                )
            model = model.module
        names = [n for pattern in self.modules for n in _matching(model, pattern)]
        self._frozen = [model.get_submodule(name) for name in names]
        for module in self._frozen:
            module.requires_grad_(False)
        if not any(parameter.requires_grad for parameter in model.parameters()):
            raise ValueError(f'FreezeHook leaves nothing to train: {list(self.modules)}')
        print_log(f'FreezeHook: {", ".join(names)}', logger='current')

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch=None) -> None:
        """Undo that training loops switch the whole network to training mode."""
        for module in self._frozen:
            module.eval()


def _matching(model: nn.Module, pattern: str) -> list[str]:
    """Return names of modules; leave out those inside a matching module."""
    names = [name for name, _ in model.named_modules() if name]
    found = [n for n in names if n == pattern or re.fullmatch(pattern, n)]
    if not found:
        parent = pattern.rpartition('.')[0]
        prefix = f'{parent}.' if parent in names else ''
        inside = model.get_submodule(prefix[:-1])
        there = [prefix + name for name, _ in inside.named_children()]
        raise ValueError(f'FreezeHook: modules must be among {there}, got {pattern!r}')
    return [n for n in found if not any(n.startswith(f'{outer}.') for outer in found)]
