"""Check the OpenMMLab stack, the replacements of its compiled parts, and this package."""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

from mmpose_addons_core.environment import (
    SUPPORTED,
    all_distributions,
    find_problem,
    install_command,
    installed,
)

from .rows import Row, by_fallback, usable

AT_START = 'mmpose_addons_fallbacks' in sys.modules
"""Whether this process found the replacements for compiled modules before it ran our code."""


def module(name: str, wanted: tuple[str, str], optional: bool = False) -> Iterator[Row]:
    """Return version, distribution and line of a module."""
    there = installed(all_distributions(name))
    distributions = ', '.join(f'{name} {version}' for name, version in there.items())
    if optional and not there and find_spec(name) is None:
        yield Row(name, 'missing (optional)')
        return
    problem, command = find_problem(name, wanted)
    version = getattr(sys.modules.get(name), '__version__', 'does not import')
    if find_spec(name) is None:
        version = 'missing'
    line = ''
    if len(all_distributions(name)) > 1 and there:
        line = ', OneDL line' if any('onedl' in key for key in there) else ', official line'
    if len(there) > 1:
        # the files of one have overwritten those of the other, whatever imports now
        problem = f'{distributions} overwrite each other'
        command, line = install_command(name, wanted), ', mixed'
    found = version if not distributions else f'{version} ({distributions}{line})'
    yield Row(name, found, problem, command, broken=bool(problem))


def operators() -> Iterator[Row]:
    """Check which module provides MMCV's operators, and whether they work."""
    if not usable('torch', 'mmcv'):
        yield Row('operators', 'not tried: need torch and mmcv')
        return
    try:
        import torch
        from mmcv.ops import nms

        kept = nms(torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 5]]), torch.tensor([0.9, 0.8]), 0.5)
        if kept[1].tolist() != [0]:
            raise RuntimeError(f'nms gives {kept[1].tolist()} instead of [0]')
    except Exception as error:
        command = install_command('mmcv', SUPPORTED['mmcv'], again=True)
        wrong = f"MMCV's operators do not load ({error}): compiled for another PyTorch?"
        yield Row('operators', 'do not load', wrong, command, broken=True)
        return
    fallback = by_fallback('mmcv._ext')
    yield Row('operators', "torchvision's (fallback)" if fallback else 'compiled')


def coco_evaluation() -> Iterator[Row]:
    real = PathFinder.find_spec('xtcocotools')
    try:
        import_module('xtcocotools.mask')
        import_module('xtcocotools.cocoeval')
    except Exception as error:
        wrong = f'the COCO evaluation does not load ({error})'
        command = 'pip uninstall -y xtcocotools && pip install pycocotools'
        if real is None:
            command = 'pip install pycocotools'
        yield Row('COCO evaluation', 'does not load', wrong, command, broken=True)
        return
    version = ' '.join(' '.join(item) for item in installed(['pycocotools']).items())
    yield Row('COCO evaluation', 'xtcocotools' if real else f'{version} (fallback)')


def fallbacks() -> Iterator[Row]:
    """Check that scripts which never import this package find the replacements, as mim's do."""
    used = any(map(by_fallback, ('mmcv._ext', 'xtcocotools')))
    wrong = (
        'mim and scripts that do not import mmpose_addons first lack the fallbacks, because '
        'mmpose_addons is not installed'
    )
    if used and not AT_START:
        yield Row('fallbacks', 'after import mmpose_addons', wrong, 'pip install --no-deps .')
    else:
        yield Row('fallbacks', 'at every start of Python' if AT_START else 'not in use')


def mmpose_addons() -> Iterator[Row]:
    here = Path(__file__).resolve().parents[3]
    from mmpose_addons_core.version import __version__

    wrong = command = ''
    try:
        url = json.loads(distribution('mmpose_addons').read_text('direct_url.json') or '{}')
        found = f'{__version__}, installed'
    except PackageNotFoundError:
        url, found = {}, f'{__version__}, not installed (on the path)'
    if url.get('dir_info', {}).get('editable'):
        checkout = Path(url2pathname(urlparse(url['url']).path))
        found = f'{__version__}, editable'
        if not checkout.is_dir():
            wrong = f'the checkout of the editable installation is gone: {checkout}'
        elif checkout.resolve() != here:
            wrong = f'another checkout than the one that runs is installed: {checkout}'
        if wrong:
            command = 'pip install --no-build-isolation --no-deps -e .'
    yield Row('mmpose_addons', found, wrong, command, broken='is gone' in wrong)


def imports() -> Iterator[Row]:
    """Check that the whole package imports."""
    if not usable('numpy', 'cv2', 'rich', *SUPPORTED):
        yield Row('import', 'not tried: needs what is missing above')
        return
    import_module('mmpose_addons')
    yield Row('import', 'mmpose_addons imports')
