"""Channels-last memory format for networks of light convolutions."""

from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS

from mmpose_addons_core.networks.channels_last import to_channels_last


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Keep weights, and thereby feature maps, in channels-last memory format.

    Results are the same. Depthwise and 1 x 1 convolutions are faster, on a CPU and on tensor
    cores. Checkpoints do not change.
    """

    # before a hook that copies the network, such as that of a mean teacher
    priority = 'HIGH'

    def before_run(self, runner: Runner) -> None:
        to_channels_last(runner.model)
