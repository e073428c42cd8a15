"""BatchNorm statistics of each domain in training and at test time."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from mmpose_addons_core.networks.batch_norm import batch_norms, exchanged, statistics_kept

from ...datasets.source_target_dataset import TARGET
from ...estimators.outputs import map_tensors, picked, tensors_in

MODES = ('joint', 'separate', 'target', 'domain')


class DomainNorms(nn.Module):
    """Passes a batch through a network, domain by domain where the mode asks for it.

    ============  =============================  ===========================================
    mode          a training batch is normalised  statistics and weights at test time
    ============  =============================  ===========================================
    joint         as a whole                     running statistics of whole batches
    separate      domain by domain               running statistics over all domains
    target        domain by domain               running statistics of target domains only
    domain        domain by domain               the target's own statistics and weights
    ============  =============================  ===========================================

    With ``domain`` each other domain has BatchNorm layers of its own (DSBN: Chang et al.,
    CVPR 2019, arXiv 1906.03950). The network's layers are those of the target in every mode, so
    a checkpoint can be tested without knowing the mode.

    Args:
        mode: One of the above.
        network: Whose BatchNorm layers are meant; not registered here.
        domains: Names of the other domains with layers of their own, for ``domain``.

    Raises:
        ValueError: If the mode is unknown, or ``domain`` lacks names.
    """

    def __init__(self, mode: str, network: nn.Module, domains: Sequence[str]) -> None:
        super().__init__()
        if mode not in MODES:
            raise ValueError(f'batch_norm must be one of {MODES}, got {mode!r}')
        self.mode = mode
        self.own = nn.ModuleDict()
        if mode == 'domain':
            if not domains:
                raise ValueError("batch_norm='domain' needs the names of the other domains")
            self.own = nn.ModuleDict(
                {name: nn.ModuleList(deepcopy(batch_norms(network))) for name in domains}
            )

    def copy_from(self, network: nn.Module) -> None:
        """Let every domain begin with the network's weights and statistics."""
        norms = self._norms_of(network)
        for layers in self.own.values():
            for layer, norm in zip(layers.children(), norms, strict=True):
                layer.load_state_dict(norm.state_dict())

    def missing_from(self, state: Mapping[str, Tensor], network: nn.Module) -> dict:
        """Return the entries for a state dict without layers of domains: those of the network.

        Args:
            state: Of ``network``.
            network: The estimator, which holds these layers as ``norms``.
        """
        known = {id(norm) for norm in self._norms_of(network)}
        names = [name for name, module in network.named_modules() if id(module) in known]
        return {
            key: state[f'{name}.{part}'].clone()
            for domain, layers in self.own.items()
            for number, (name, layer) in enumerate(zip(names, layers.children(), strict=True))
            for part in layer.state_dict()
            if (key := f'norms.own.{domain}.{number}.{part}') not in state
            and f'{name}.{part}' in state
        }

    def forward_by_domain(
        self,
        network: nn.Module,
        forward: Callable[[Tensor], Any],
        inputs: Tensor,
        groups: Mapping[str, Sequence[int]],
        target_follows: bool = False,
    ) -> Any:
        """Return the outputs of ``forward`` for a batch, in the batch's order.

        Args:
            network: With the BatchNorm layers that ``forward`` uses.
            forward: From images to a tensor, or tensors in nested lists and tuples.
            inputs: (B, C, h, w).
            groups: Rows of each domain; the target domains together under ``TARGET``.
            target_follows: Whether a target domain has other batches, if not this one.
        """
        if self.mode == 'joint' or (len(groups) == 1 and TARGET in groups):
            return forward(inputs)
        norms = self._norms_of(network)
        parts: list[Any] = []
        order: list[int] = []
        for domain, rows in groups.items():
            around: Any = nullcontext()
            if domain != TARGET:
                if self.mode == 'domain':
                    around = exchanged(norms, self._layers_of(domain))
                elif self.mode == 'target' and (target_follows or TARGET in groups):
                    around = statistics_kept(norms)
            with around:
                parts.append(forward(picked(inputs, rows)))
            order += rows
        joined = _joined(parts)
        if order == sorted(order):
            return joined
        return picked(joined, torch.tensor(order).argsort().tolist())

    def _norms_of(self, network: nn.Module) -> list[_BatchNorm]:
        """Return the BatchNorm layers of the network itself, without those of other domains."""
        ours = {id(module) for module in self.modules()}
        return [norm for norm in batch_norms(network) if id(norm) not in ours]

    def _layers_of(self, domain: str) -> Sequence[nn.Module]:
        if domain not in self.own:
            raise ValueError(
                f'the domain {domain!r} has no BatchNorm layers of its own; norm_domains has '
                f'{[*self.own]}'
            )
        return [*self.own[domain].children()]


def _joined(parts: list[Any]) -> Any:
    """Return the outputs of all parts as those of one batch."""
    columns = iter(zip(*map(tensors_in, parts), strict=True))
    return map_tensors(lambda _: torch.cat(next(columns)), parts[0])
