"""Names of the choices that commands offer.

They stand apart from their implementations, so that a command can list them without importing
PyTorch.
"""

CHECKPOINT_FAMILIES = 'ccssl_hourglass', 'dark', 'hrnet', 'lpn', 'simple_baseline', 'udp'
"""Projects whose published checkpoints can be converted."""
DECODERS = 'argmax', 'quarter-shift', 'dark', 'udp', 'soft-argmax'
"""Ways to decode one heatmap a keypoint."""
