"""Channels-last memory for networks of light convolutions."""

from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS

from mmpose_addons_core.networks.channels_last import to_channels_last


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Keep the network's weights, and with them its feature maps, channels last.

    The same numbers in another order in memory: depthwise and 1 x 1 convolutions read it
    faster, on a CPU and on tensor cores. Checkpoints do not change.
    """

    def before_run(self, runner: Runner) -> None:
        to_channels_last(runner.model)
