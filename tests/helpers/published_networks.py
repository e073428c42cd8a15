"""The HRNet code family's networks by their published weights alone, in plain PyTorch.

Names and order of operations as in the published code; nothing of MMPose. A network is its
state dict; the functions below run it, or list names and shapes.
"""

import torch
import torch.nn.functional as F

EPSILON = 1e-5


class Shapes(dict):
    """Collects names and shapes of weights."""

    def conv(self, name, out, into, size, bias=False):
        self[f'{name}.weight'] = (out, into, size, size)
        if bias:
            self[f'{name}.bias'] = (out,)

    def norm(self, name, channels):
        for part in ('weight', 'bias', 'running_mean', 'running_var'):
            self[f'{name}.{part}'] = (channels,)
        self[f'{name}.num_batches_tracked'] = ()

    def block(self, name, into, width, bottleneck, shortcut):
        out = 4 * width if bottleneck else width
        convs = [(into, width, 1), (width, width, 3), (width, out, 1)]
        if not bottleneck:
            convs = [(into, width, 3), (width, width, 3)]
        for i, (start, end, size) in enumerate(convs, 1):
            self.conv(f'{name}.conv{i}', end, start, size)
            self.norm(f'{name}.bn{i}', end)
        if shortcut:
            self.conv(f'{name}.downsample.0', out, into, 1)
            self.norm(f'{name}.downsample.1', out)
        return out


def pose_resnet_shapes(blocks, bottleneck, keypoints, deconv=256):
    shapes = Shapes()
    shapes.conv('conv1', 64, 3, 7)
    shapes.norm('bn1', 64)
    channels = 64
    for layer, count in enumerate(blocks, 1):
        width = 64 * 2 ** (layer - 1)
        for i in range(count):
            shortcut = i == 0 and (layer > 1 or bottleneck)
            name = f'layer{layer}.{i}'
            channels = shapes.block(name, channels, width, bottleneck, shortcut)
    for i in range(3):
        shapes[f'deconv_layers.{3 * i}.weight'] = (channels, deconv, 4, 4)
        shapes.norm(f'deconv_layers.{3 * i + 1}', deconv)
        channels = deconv
    shapes.conv('final_layer', keypoints, deconv, 1, bias=True)
    return shapes


def pose_hrnet_shapes(width, keypoints, modules=(1, 4, 3)):
    shapes = Shapes()
    for i, into in ((1, 3), (2, 64)):
        shapes.conv(f'conv{i}', 64, into, 3)
        shapes.norm(f'bn{i}', 64)
    channels = 64
    for i in range(4):
        channels = shapes.block(f'layer1.{i}', channels, 64, True, i == 0)
    before = [256]
    for stage in (2, 3, 4):
        widths = [width * 2**i for i in range(stage)]
        for i, out in enumerate(widths):
            name = f'transition{stage - 1}.{i}'
            if i < len(before) and before[i] != out:
                shapes.conv(f'{name}.0', out, before[i], 3)
                shapes.norm(f'{name}.1', out)
            elif i >= len(before):
                shapes.conv(f'{name}.0.0', out, before[-1], 3)
                shapes.norm(f'{name}.0.1', out)
        for module in range(modules[stage - 2]):
            start = f'stage{stage}.{module}'
            for i, out in enumerate(widths):
                for block in range(4):
                    shapes.block(f'{start}.branches.{i}.{block}', out, out, False, False)
            last = stage == 4 and module == modules[2] - 1
            for to in range(1 if last else stage):
                for source in range(stage):
                    name = f'{start}.fuse_layers.{to}.{source}'
                    if source > to:
                        shapes.conv(f'{name}.0', widths[to], widths[source], 1)
                        shapes.norm(f'{name}.1', widths[to])
                    for step in range(to - source):
                        out = widths[to] if step == to - source - 1 else widths[source]
                        shapes.conv(f'{name}.{step}.0', out, widths[source], 3)
                        shapes.norm(f'{name}.{step}.1', out)
        before = widths
    shapes.conv('final_layer', keypoints, width, 1, bias=True)
    return shapes


class Published:
    """Runs a state dict."""

    def __init__(self, state):
        self.state = state

    def conv(self, x, name, stride=1):
        weight = self.state[f'{name}.weight']
        bias = self.state.get(f'{name}.bias')
        return F.conv2d(x, weight, bias, stride, weight.shape[-1] // 2)

    def norm(self, x, name):
        mean, variance, weight, bias = (
            self.state[f'{name}.{part}'][:, None, None]
            for part in ('running_mean', 'running_var', 'weight', 'bias')
        )
        return (x - mean) / torch.sqrt(variance + EPSILON) * weight + bias

    def block(self, x, name, stride=1):
        """A residual block; the 3 x 3 convolution of a bottleneck strides."""
        bottleneck = f'{name}.conv3.weight' in self.state
        out = x
        for i in (1, 2, 3) if bottleneck else (1, 2):
            strides = stride if i == (2 if bottleneck else 1) else 1
            out = self.norm(self.conv(out, f'{name}.conv{i}', strides), f'{name}.bn{i}')
            out = out if i == (3 if bottleneck else 2) else out.relu()
        if f'{name}.downsample.0.weight' in self.state:
            x = self.norm(self.conv(x, f'{name}.downsample.0', stride), f'{name}.downsample.1')
        return (out + x).relu()

    def blocks(self, x, name, stride=1):
        i = 0
        while f'{name}.{i}.conv1.weight' in self.state:
            x = self.block(x, f'{name}.{i}', stride if i == 0 else 1)
            i += 1
        return x

    def pose_resnet(self, x):
        x = self.norm(self.conv(x, 'conv1', 2), 'bn1').relu()
        x = F.max_pool2d(x, 3, 2, 1)
        for layer in range(1, 5):
            x = self.blocks(x, f'layer{layer}', 1 if layer == 1 else 2)
        for i in range(3):
            weight = self.state[f'deconv_layers.{3 * i}.weight']
            x = F.conv_transpose2d(x, weight, stride=2, padding=1)
            x = self.norm(x, f'deconv_layers.{3 * i + 1}').relu()
        return self.conv(x, 'final_layer')

    def pose_hrnet(self, x):
        for i in (1, 2):
            x = self.norm(self.conv(x, f'conv{i}', 2), f'bn{i}').relu()
        branches = [self.blocks(x, 'layer1')]
        for stage in (2, 3, 4):
            branches = [self.transition(branches, stage, i) for i in range(stage)]
            module = 0
            while f'stage{stage}.{module}.branches.0.0.conv1.weight' in self.state:
                branches = self.module(branches, f'stage{stage}.{module}')
                module += 1
        return self.conv(branches[0], 'final_layer')

    def transition(self, branches, stage, i):
        name = f'transition{stage - 1}.{i}'
        if f'{name}.0.0.weight' in self.state:
            return self.norm(self.conv(branches[-1], f'{name}.0.0', 2), f'{name}.0.1').relu()
        if f'{name}.0.weight' in self.state:
            return self.norm(self.conv(branches[i], f'{name}.0'), f'{name}.1').relu()
        return branches[i]

    def module(self, branches, name):
        branches = [self.blocks(x, f'{name}.branches.{i}') for i, x in enumerate(branches)]
        rows = {key.split('.')[3] for key in self.state if key.startswith(f'{name}.fuse_l')}
        return [self.fused(branches, name, to) for to in range(len(rows))]

    def fused(self, branches, name, to):
        total = 0
        for source, x in enumerate(branches):
            path = f'{name}.fuse_layers.{to}.{source}'
            if source > to:
                x = self.norm(self.conv(x, f'{path}.0'), f'{path}.1')
                x = F.interpolate(x, scale_factor=2 ** (source - to), mode='nearest')
            for step in range(to - source):
                x = self.norm(self.conv(x, f'{path}.{step}.0', 2), f'{path}.{step}.1')
                x = x if step == to - source - 1 else x.relu()
            total = total + x
        return total.relu()
