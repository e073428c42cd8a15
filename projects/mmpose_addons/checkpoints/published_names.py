"""Names of the weights in published checkpoints, which all converters read and change."""

from collections.abc import Mapping
from typing import Any

from mmpose.registry import MODELS
from torch import Tensor, nn

from .state_dicts import StateDict, check_keys

HEAD_PARTS = ('deconv_layers.', 'final_layer.')
"""Prefixes of the weights of a head; the others are those of the backbone."""


def count_parts(published: StateDict, prefix: str) -> int:
    """Count the parts that are numbered after a prefix.

    Example:
        >>> import torch
        >>> count_parts({f'layer1.{i}.conv.weight': torch.zeros(1) for i in (0, 1)}, 'layer1.')
        2
    """
    depth = prefix.count('.')
    return len({key.split('.')[depth] for key in published if key.startswith(prefix)})


def renamed_for(
    config: Mapping[str, dict[str, Any]], published: StateDict
) -> dict[str, Tensor]:
    """Return the weights with ``backbone.`` or ``head.`` before their names.

    Args:
        config: Of the backbone, and of the head if there is one.
        published: The published state dict.

    Raises:
        CheckpointError: If the weights are not those of this network.
    """
    network = nn.ModuleDict({part: MODELS.build(dict(value)) for part, value in config.items()})
    renamed = {
        ('head.' if key.startswith(HEAD_PARTS) else 'backbone.') + key: value
        for key, value in published.items()
    }
    check_keys(renamed, network)
    return renamed
