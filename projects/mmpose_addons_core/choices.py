"""Names of the choices that commands offer.

They stand apart from their implementations, so that a command can list them without importing
PyTorch.
"""

CHECKPOINT_FAMILIES = 'ccssl_hourglass', 'dark', 'hrnet', 'lpn', 'simple_baseline', 'udp'
"""Projects whose published checkpoints can be converted."""
ADAPTATION_METHODS = {
    'cc-ssl': 'learns from pseudo-labels of the new images of which the network is sure',
    'mean-teacher': 'on the new images, the network learns to agree with the running average '
    'of its own weights',
    'batchnorm': 'the control of both: learns from labelled images only, while BatchNorm sees '
    'the new images, too; AdaBN, which learns nothing, is "mmpose-addons adapt-batchnorm"',
}
"""Methods of ``mmpose-addons adapt``, and what they do."""
DECODERS = 'argmax', 'quarter-shift', 'dark', 'udp', 'soft-argmax'
"""Ways to decode one heatmap a keypoint."""
RUN_NETWORKS = 'lpn-50', 'resnet-50', 'hrnet-w32'
"""Networks that ``mmpose-addons adapt`` and ``train --labelled`` know by name."""
