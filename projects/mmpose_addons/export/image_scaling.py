"""How a detector's test pipeline brings images of any size to the network's input."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mmengine.config import Config

from .errors import ExportError

IGNORED = 'LoadImage', 'LoadAnnotations', 'PackDetInputs'


@dataclass(frozen=True)
class ImageScaling:
    """MMDet's ``Resize`` and ``Pad`` with a result of one size.

    Attributes:
        scale: (w, h) into which the image is scaled, px.
        keep_ratio: Whether the image keeps its shape. If so, its longer side is at most the
            longer of the scale, its shorter side at most the shorter one.
        input_size: (w, h) after padding at the right and the bottom, px.
        pad_value: Grey level of the padding.
    """

    scale: tuple[int, int]
    keep_ratio: bool
    input_size: tuple[int, int]
    pad_value: float = 0.0

    @classmethod
    def of_config(cls, config: Config) -> 'ImageScaling':
        """Read the test pipeline.

        Raises:
            ExportError: It has other steps, or its result has no fixed size.
        """
        steps: dict[str, Mapping[str, Any]] = {}
        for step in config.test_dataloader.dataset.pipeline:
            kind = step['type'].removeprefix('mmdet.')
            if kind in ('Resize', 'Pad') and kind not in steps:
                steps[kind] = step
            elif not kind.startswith(IGNORED):
                raise ExportError(
                    'a test pipeline with one Resize and one Pad can be exported, got '
                    f'{[step["type"] for step in config.test_dataloader.dataset.pipeline]}'
                )
        if 'Resize' not in steps:
            raise ExportError('the test pipeline must have a Resize, got none')
        scale, keep_ratio = _scale(steps['Resize'])
        pad = steps.get('Pad', {})
        return cls(scale, keep_ratio, _input_size(scale, keep_ratio, pad), _pad_value(pad))


def _scale(resize: Mapping[str, Any]) -> tuple[tuple[int, int], bool]:
    for name, usual in (('interpolation', 'bilinear'), ('backend', 'cv2')):
        if resize.get(name, usual) != usual:
            raise ExportError(f'Resize must have {name} {usual!r}, got {resize[name]!r}')
    scale = resize.get('scale')
    if scale is None:
        raise ExportError(f'Resize must have a scale in px, got {dict(resize)}')
    width, height = (scale, scale) if isinstance(scale, int) else scale
    return (int(width), int(height)), bool(resize.get('keep_ratio', False))


def _input_size(
    scale: tuple[int, int], keep_ratio: bool, pad: Mapping[str, Any]
) -> tuple[int, int]:
    """Return (w, h) of every padded image, px.

    Raises:
        ExportError: The size depends on the image.
    """
    divisor = pad.get('size_divisor')
    longer = max(scale)
    size: tuple[int, int] | None = None if keep_ratio else scale
    if pad.get('pad_to_square'):
        # an image that keeps its ratio has the longer side of a square scale only
        size = (longer, longer) if size or scale[0] == scale[1] else None
    elif pad.get('size') and not divisor:  # of both, MMCV takes the divisor
        size = pad['size'][0], pad['size'][1]
    needed = (longer, longer) if keep_ratio else scale
    if size is None or size[0] < needed[0] or size[1] < needed[1]:
        raise ExportError(
            f'the test pipeline must pad every image to one size of at least {needed} px, got '
            f'Resize to {scale} px with keep_ratio={keep_ratio} and {dict(pad) or "no Pad"}'
        )
    divisor = divisor or 1
    width, height = (-(-side // divisor) * divisor for side in size)
    return width, height


def _pad_value(pad: Mapping[str, Any]) -> float:
    if pad.get('padding_mode', 'constant') != 'constant':
        raise ExportError(f'Pad must pad with a constant, got {pad["padding_mode"]!r}')
    value = pad.get('pad_val', 0)
    value = value.get('img', 0) if isinstance(value, Mapping) else value
    values = {float(v) for v in value} if isinstance(value, (tuple, list)) else {float(value)}
    if len(values) != 1:
        raise ExportError(f'Pad must have one value for all channels, got {value}')
    return values.pop()
