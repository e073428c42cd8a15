"""Python replacements for compiled modules of the OpenMMLab stack.

MMCV imports its compiled operators as ``mmcv._ext``; MMPose evaluates with ``xtcocotools``.
Both need a C++ compiler to be installed on today's PyTorch and NumPy. :func:`install` adds a
finder to the end of ``sys.meta_path`` that offers the modules of this package by their names.
Python asks it only when no other finder knows the name, so an installed compiled module is
always used first, and no file of another distribution is changed.

``mmpose_addons_fallbacks.pth`` calls :func:`install` when Python starts, so that
``mim train mmpose ...`` and ``python -c "import mmdet.apis"`` work before ``mmpose_addons`` is
imported. ``pip uninstall mmpose_addons`` removes both.

This module imports nothing but ``sys``: it runs at every start of Python in the environment.
"""

import sys

# Name that other packages import -> module of ours that replaces it.
FALLBACKS = {
    'mmcv._ext': 'mmpose_addons_fallbacks.mmcv_operators',
    'xtcocotools': 'mmpose_addons_fallbacks.coco_evaluation',
}
# Modules that MMDetection tries to import, and says in a warning that they are missing.
MISSING = ('faster_coco_eval', 'loguru', 'onedl')


class FallbackFinder:
    """Find the modules of ``FALLBACKS``; Python finds their submodules by ``__path__``."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Return the spec of the replacement for ``name``, or None if there is none."""
        if name in MISSING:
            from .quiet import quiet_logs, quiet_warnings

            quiet_warnings()
            quiet_logs()
        if name not in FALLBACKS:
            return None
        from importlib.util import find_spec, spec_from_file_location

        source = find_spec(FALLBACKS[name])
        return spec_from_file_location(
            name,
            source.origin,
            submodule_search_locations=source.submodule_search_locations,
        )


def install() -> None:
    """Add the finder to the end of ``sys.meta_path``, once."""
    if FallbackFinder not in sys.meta_path:
        sys.meta_path.append(FallbackFinder)
