"""The size of a network's heatmaps, for metrics that see its results only."""

from typing import Any

from mmengine.config import Config
from mmengine.logging import MessageHub


def heatmap_size_of(sample: dict) -> tuple[int, int]:
    """Return the size (W, H) of the heatmaps by the first of these that is known.

    1. The predicted heatmaps in the sample.
    2. ``heatmap_size`` of the head's codec in the config of the present run.
    3. A quarter of the input's size, as most networks have it.

    Args:
        sample: A data sample as a dictionary.

    Raises:
        ValueError: If the sample has neither heatmaps nor an ``input_size``.
    """
    if 'pred_fields' in sample:
        heatmaps = sample['pred_fields']['heatmaps']
        return heatmaps.shape[-1], heatmaps.shape[-2]
    size = _of_codec(_config())
    if size is None:
        if 'input_size' not in sample:
            raise ValueError('expected a sample with input_size, got none; set heatmap_size')
        size = [side // 4 for side in sample['input_size']]
    return int(size[0]), int(size[1])


def _config() -> Any:
    """Read the config of the present run, which MMEngine keeps as text; empty without one."""
    hub = MessageHub.get_current_instance()
    if 'cfg' not in hub.runtime_info:
        return {}
    return Config.fromstring(hub.get_info('cfg'), '.py')


def _of_codec(config: Any) -> Any:
    head = (config.get('model') or {}).get('head') or {}
    decoder = head.get('decoder') or {}
    if isinstance(decoder, (list, tuple)):
        decoder = decoder[-1]
    return decoder.get('heatmap_size')
