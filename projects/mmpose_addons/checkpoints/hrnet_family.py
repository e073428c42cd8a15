"""Convert checkpoints of the published code of HRNet and of methods based on it.

Simple Baselines, HRNet, DARK and UDP share two networks, ``pose_resnet`` and ``pose_hrnet``,
with the same names of weights; only rendering and decoding of heatmaps differ. The weights fit
MMPose's ResNet or HRNet with its HeatmapHead:

================  ==========================  =================================
family            network                     codec to put into the config
================  ==========================  =================================
simple_baseline   pose_resnet                 QuarterShiftHeatmap
hrnet             pose_hrnet                  QuarterShiftHeatmap
dark              either                      DARKHeatmap
udp               either                      UDPGaussianHeatmap, or with three
                                              maps a keypoint UDPOffsetHeatmap
================  ==========================  =================================
"""

from torch import Tensor

from .published_names import count_parts, renamed_for
from .state_dicts import CheckpointError, StateDict

DEPTHS: dict[tuple[tuple[int, ...], bool], int] = {
    ((2, 2, 2, 2), False): 18,
    ((3, 4, 6, 3), False): 34,
    ((3, 4, 6, 3), True): 50,
    ((3, 4, 23, 3), True): 101,
    ((3, 8, 36, 3), True): 152,
}
"""Blocks of the four layers, and whether they are bottlenecks, of each ResNet."""
OFFSET_MAPS = (48, 51)
"""Three maps a keypoint, of MPII's 16 and COCO's 17, which only UDP has."""


def simple_baseline(published: StateDict) -> dict[str, Tensor]:
    """Convert ``pose_resnet_*`` of Simple Baselines (arXiv 1804.06208) or of HRNet's code."""
    return _converted(published, 'simple_baseline', ('pose_resnet',))


def hrnet(published: StateDict) -> dict[str, Tensor]:
    """Convert ``pose_hrnet_*`` of HRNet (arXiv 1902.09212)."""
    return _converted(published, 'hrnet', ('pose_hrnet',))


def dark(published: StateDict) -> dict[str, Tensor]:
    """Convert either network as DARK's authors (arXiv 1910.06278) trained it."""
    return _converted(published, 'dark', ('pose_resnet', 'pose_hrnet'))


def udp(published: StateDict) -> dict[str, Tensor]:
    """Convert either network as UDP's authors (arXiv 1911.07524) trained it."""
    return _converted(published, 'udp', ('pose_resnet', 'pose_hrnet'))


def network_of(published: StateDict) -> str:
    """Find the network by the names of the weights.

    Raises:
        CheckpointError: If no known network has them; it names similar ones.
    """
    starts = {key.split('.')[0] for key in published}
    if 'stage2' in starts and 'transition1' in starts and 'final_layer' in starts:
        return 'pose_hrnet'
    depthwise = published.get('layer1.0.conv2.weight')
    light = depthwise is not None and depthwise.shape[1] == 1 < depthwise.shape[0]
    if {'deconv_layers', 'final_layer', 'layer4'} <= starts and not light:
        return 'pose_resnet'
    if {'backbone', 'head'} & starts or {'backbone', 'keypoint_head'} <= starts:
        guess = "MMPose's own names: load it as it is"
    elif light:
        guess = 'an LPN: family lpn'
    elif 'hg' in starts:
        guess = 'a stacked hourglass: family ccssl_hourglass'
    elif 'fc' in starts or 'classifier' in starts:
        guess = 'a classifier, not a pose network'
    else:
        guess = f'unknown, with the first keys {list(published)[:3]}'
    raise CheckpointError(f'neither pose_resnet nor pose_hrnet, but {guess}')


def _converted(
    published: StateDict, family: str, networks: tuple[str, ...]
) -> dict[str, Tensor]:
    name = network_of(published)
    if name not in networks:
        others = [other for other in ('simple_baseline', 'hrnet') if other != family]
        raise CheckpointError(f'a {name}, which is no {family}; try family {others[0]}')
    maps = len(published.get('final_layer.weight', ()))
    if maps in OFFSET_MAPS and family != 'udp':
        raise CheckpointError(f'{maps} maps are three a keypoint, as only UDP has; family udp')
    config = _resnet(published) if name == 'pose_resnet' else _hrnet(published)
    return renamed_for(config, published)


def _channels(published: StateDict, key: str) -> int:
    if key not in published or published[key].ndim != 4:
        raise CheckpointError(f'{key} is missing or no convolution')
    return len(published[key])


def _final_layer(published: StateDict) -> dict[str, int | dict[str, int]]:
    weight = published['final_layer.weight']
    size = weight.shape[-1]
    final = dict(kernel_size=size, padding=size // 2)
    return dict(in_channels=weight.shape[1], out_channels=len(weight), final_layer=final)


def _resnet(published: StateDict) -> dict[str, dict]:
    """Return the config of backbone and head of a pose_resnet."""
    blocks = tuple(count_parts(published, f'layer{i}.') for i in range(1, 5))
    depth = DEPTHS.get((blocks, 'layer1.0.conv3.weight' in published))
    if depth is None:
        known = [layers for layers, _ in DEPTHS]
        raise CheckpointError(f'a ResNet with {blocks} blocks; known are {known}')
    deconvs = [
        value
        for key, value in published.items()
        if key.startswith('deconv_layers.') and value.ndim == 4
    ]
    head = _final_layer(published)
    head['in_channels'] = 512 if depth < 50 else 2048
    return dict(
        backbone=dict(type='ResNet', depth=depth),
        head=dict(
            type='HeatmapHead',
            **head,
            deconv_out_channels=[weight.shape[1] for weight in deconvs],
            deconv_kernel_sizes=[weight.shape[-1] for weight in deconvs],
        ),
    )


def _hrnet(published: StateDict) -> dict[str, dict]:
    """Return the config of backbone and head of a pose_hrnet."""
    extra = {
        'stage1': dict(
            num_modules=1,
            num_branches=1,
            block='BOTTLENECK',
            num_blocks=(count_parts(published, 'layer1.'),),
            num_channels=(_channels(published, 'layer1.0.conv1.weight'),),
        )
    }
    for stage in (2, 3, 4):
        start = f'stage{stage}.0.branches.'
        extra[f'stage{stage}'] = dict(
            num_modules=count_parts(published, f'stage{stage}.'),
            num_branches=stage,
            block='BASIC',
            num_blocks=tuple(count_parts(published, f'{start}{i}.') for i in range(stage)),
            num_channels=tuple(
                _channels(published, f'{start}{i}.0.conv1.weight') for i in range(stage)
            ),
        )
    return dict(
        backbone=dict(type='HRNet', in_channels=3, extra=extra),
        head=dict(type='HeatmapHead', deconv_out_channels=None, **_final_layer(published)),
    )
