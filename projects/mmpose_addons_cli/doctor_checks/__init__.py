"""The checks of ``mmpose-addons doctor``: functions that return rows of its table.

Each check imports what it tests; only the standard library is loaded before. A check that
raises is reported as broken, so checks catch only errors for which they know a command.
"""

from collections.abc import Callable, Iterator
from functools import partial

from mmpose_addons_core.environment import OPTIONAL, SUPPORTED

from . import libraries, openmmlab
from .rows import Row

CHECKS: dict[str, Callable[[], Iterator[Row]]] = {
    'Python': libraries.python,
    'machine': libraries.machine,
    'numpy': partial(libraries.plain, 'numpy'),
    'torch': libraries.pytorch,
    'torchvision': libraries.torchvision,
    'OpenCV': libraries.opencv,
    'video': libraries.videos,
    **{name: partial(openmmlab.module, name, SUPPORTED[name]) for name in ('mmengine', 'mmcv')},
    'mmdet': partial(openmmlab.module, 'mmdet', OPTIONAL['mmdet'], optional=True),
    'operators': openmmlab.operators,
    'COCO evaluation': openmmlab.coco_evaluation,
    'mmpose': partial(openmmlab.module, 'mmpose', SUPPORTED['mmpose']),
    'fallbacks': openmmlab.fallbacks,
    'ONNX': libraries.onnx,
    'mim': libraries.mim,
    'rich': partial(libraries.plain, 'rich'),
    'mmpose_addons': openmmlab.mmpose_addons,
    'import': openmmlab.imports,
}
"""By the name under which a check is reported when it does not end."""

__all__ = ['CHECKS', 'Row']
