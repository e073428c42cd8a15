"""Names that users choose from, apart from what implements them.

A command offers them in its help without importing PyTorch.
"""

CHECKPOINT_FAMILIES = 'ccssl_hourglass', 'dark', 'hrnet', 'lpn', 'simple_baseline', 'udp'
"""Published code whose checkpoints can be converted."""
DECODERS = 'argmax', 'quarter-shift', 'dark', 'udp', 'soft-argmax'
"""Ways to decode one heatmap a keypoint."""
