"""Convert checkpoints that papers published to those that our configs load.

A converter is a function from the published state dict to ours. Its result is compared with the
network key by key. Used by ``mmpose-addons convert``.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from mmengine.logging import print_log
from torch import Tensor

from mmpose_addons_core.choices import CHECKPOINT_FAMILIES
from mmpose_addons_core.version import __version__

from .hrnet_family import dark, hrnet, simple_baseline, udp
from .published_names import count_parts, renamed_for
from .state_dicts import (
    CheckpointError,
    StateDict,
    left_out_line,
    rescue_checkpoint,
    write_checkpoint,
)


def lpn(published: StateDict) -> dict[str, Tensor]:
    """Convert LPN-50/101/152 of the authors' code, with GC, SE or no attention."""
    depths = {6: 50, 23: 101, 36: 152}
    blocks = {key.split('.')[1] for key in published if key.startswith('layer3.')}
    if len(blocks) not in depths or 'final_layer.weight' not in published:
        raise CheckpointError(
            'not a checkpoint of LPN-50, 101 or 152: '
            f'{len(blocks)} blocks in layer3 (6, 23 or 36 expected), first keys '
            f'{list(published)[:3]}'
        )
    parts = {key.split('.')[3] for key in published if '.att.' in key}
    attention = 'SE' if 'fc' in parts else 'GC' if parts else None
    fusion = 'channel_mul' if 'channel_mul_conv' in parts else 'channel_add'
    pooling = 'att' if 'conv_mask' in parts else 'avg'
    context = dict(pooling_type=pooling, fusion_type=fusion)
    config = dict(
        backbone=dict(
            type='LPN',
            depth=depths[len(blocks)],
            attention=attention,
            attention_cfg=context if attention == 'GC' else None,
        ),
        head=dict(
            type='LPNHead',
            in_channels=512,
            out_channels=len(published['final_layer.weight']),
        ),
    )
    return renamed_for(config, published)


def ccssl_hourglass(published: StateDict) -> dict[str, Tensor]:
    """Convert the stacked hourglass of "Learning from Synthetic Animals" (arXiv 1912.08265)."""
    sizes = dict(
        num_stacks=count_parts(published, 'score.'),
        num_blocks=count_parts(published, 'hg.0.hg.0.0.'),
        depth=count_parts(published, 'hg.0.hg.'),
    )
    if not all(sizes.values()) or not {'score.0.weight', 'layer3.0.conv3.weight'} <= {
        *published
    }:
        raise CheckpointError(
            f'not a checkpoint of a stacked hourglass: found {sizes}, first keys '
            f'{list(published)[:3]}'
        )
    backbone = dict(
        type='HourglassPreAct',
        out_channels=len(published['score.0.weight']),
        feat_channels=len(published['layer3.0.conv3.weight']),
        **sizes,
    )
    return renamed_for(dict(backbone=backbone), published)


CONVERTERS: dict[str, Callable[[StateDict], dict[str, Tensor]]] = dict(
    zip(
        CHECKPOINT_FAMILIES,
        (ccssl_hourglass, dark, hrnet, lpn, simple_baseline, udp),
        strict=True,
    )
)


def convert_checkpoint(family: str, source: Path, target: Path) -> dict[str, Tensor]:
    """Read ``source``, convert it and write ``target`` atomically.

    Args:
        family: Key of :data:`CONVERTERS`.
        source: Checkpoint of the published code: a state dict, or a dict with one under
            ``state_dict`` or ``model``; keys with or without ``module.``.
        target: File of the checkpoint for MMEngine.

    Raises:
        CheckpointError: ``source`` is missing, damaged, without tensors, or of another family;
            the message names the file and the first keys. What the file holds beside tensors
            is left out, with a warning that names it.
    """
    published, _, left_out = rescue_checkpoint(source)
    if left_out:
        print_log(left_out_line(source, left_out), level=logging.WARNING)
    try:
        published = {key.removeprefix('module.'): value for key, value in published.items()}
        converted = CONVERTERS[family](published)
    except CheckpointError as error:
        raise CheckpointError(f'{source}: {error}') from None
    meta = dict(converted_from=source.name, mmpose_addons=__version__)
    write_checkpoint(target, converted, meta)
    return converted
