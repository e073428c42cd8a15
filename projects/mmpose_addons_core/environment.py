"""Releases of PyTorch and the OpenMMLab stack that fit, and the commands that install them.

The official line of OpenMMLab and the maintained one (OneDL) share import names, so modules are
asked for their version; their distributions tell the line. Only the standard library is loaded
at import.
"""

import re
from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

# Import name -> (oldest version, first version that is too new).
SUPPORTED = {
    'torch': ('2.0', '3'),
    'mmengine': ('0.8', '1'),
    'mmcv': ('2.0', '3'),
    'mmpose': ('1.1', '2'),
}
OPTIONAL = {'mmdet': ('3.0', '4')}

# Import name -> distributions that bring it; of several, the first is what a command installs.
OFFICIAL = {
    'mmengine': ('mmengine', 'mmengine-lite'),
    'mmcv': ('mmcv-lite', 'mmcv', 'mmcv-full'),
    'mmdet': ('mmdet',),
}
ONEDL = {
    'mmengine': ('onedl-mmengine',),
    'mmcv': ('onedl-mmcv',),
    'mmdet': ('onedl-mmdetection',),
}
# What they import. Their own lists hold opencv-python, which would overwrite the headless one,
# and MMPose's chumpy, which does not build and which nothing imports.
DEPENDENCIES = {
    'mmengine': 'addict matplotlib pyyaml rich termcolor yapf',
    'mmpose': 'json_tricks matplotlib munkres scipy',
}

# Import name -> distribution, where they differ.
MODULES = {
    'PIL': 'pillow',
    'cv2': 'opencv-python-headless',
    'mpl_toolkits': 'matplotlib',
    'pkg_resources': '"setuptools<81"',
    'skimage': 'scikit-image',
    'xtcocotools': 'pycocotools',
    'yaml': 'pyyaml',
}


def installed(distributions: Iterable[str]) -> dict[str, str]:
    """Return the version by name of those distributions that are installed."""
    found = {}
    for name in distributions:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def all_distributions(name: str) -> tuple[str, ...]:
    """Return the known distributions that bring the module ``name``."""
    return OFFICIAL.get(name, ()) + ONEDL.get(name, ()) or (name,)


def is_official() -> bool:
    """Return whether only the official line is installed; False where neither is."""
    lines = (sum(line.values(), ()) for line in (OFFICIAL, ONEDL))
    official, onedl = map(installed, lines)
    return bool(official) and not onedl


def install_command(name: str, wanted: tuple[str, str], again: bool = False) -> str:
    """Return the command that installs a fitting ``name`` of the line that is there.

    Other distributions of the same module are removed first, with the one that is wanted,
    because they share files.

    Args:
        wanted: Oldest version and the first that is too new.
        again: Remove also what is there of the same distribution.

    Example:
        >>> install_command('no_such_package', ('1.0', '2'))
        'pip install "no_such_package>=1.0,<2"'
    """
    if name == 'torch':
        return f'pip install "torch>={wanted[0]},<{wanted[1]}" torchvision'
    official = is_official()
    target = (OFFICIAL if official else ONEDL).get(name, (name,))[0]
    oldest, too_new = wanted
    if target == 'mmcv-lite':
        too_new = '2.2'  # which MMDetection 3.3 refuses
    there = installed(all_distributions(name))
    options = '--no-deps ' if name in (*ONEDL, *DEPENDENCIES) else ''
    if name == 'mmcv':
        options += '--no-cache-dir '  # a wheel there may be compiled for another PyTorch
    command = f'pip install {options}"{target}>={oldest},<{too_new}"'
    if there and (again or set(there) != {target}):
        command = f'pip uninstall -y {" ".join(there)} && {command}'
    if name in DEPENDENCIES:
        command = f'pip install {DEPENDENCIES[name]} && {command}'
    return command


def fits(found: str, wanted: tuple[str, str]) -> bool:
    """Return whether a version lies in the range; what follows its numbers is ignored.

    Example:
        >>> fits('2.10.0+cu128', ('2.9', '3')), fits('3.0', ('2.9', '3'))
        (True, False)
    """
    lowest, number, too_high = (
        tuple(map(int, re.findall(r'\d+', re.match(r'[\d.]*', text)[0])))  # type: ignore[index]
        for text in (wanted[0], found, wanted[1])
    )
    return lowest <= number < too_high


def find_problem(name: str, wanted: tuple[str, str]) -> tuple[str, str]:
    """Import a module and compare its ``__version__``.

    Returns:
        The problem and the command that repairs it; both are empty for a module that fits, the
        command also where another package of the stack is the reason.
    """
    oldest, too_new = wanted
    try:
        found = import_module(name).__version__
    except ModuleNotFoundError as error:
        if error.name == name:
            problem = f'{name} >={oldest},<{too_new} is missing'
            return problem, install_command(name, wanted)
        return f'{name} does not import ({error})', command_for_module(error.name or '')
    except Exception as error:  # MMPose and MMDetection check MMCV's version by an assert
        is_mmcv = isinstance(error, AssertionError) and 'MMCV' in str(error)
        command = install_command('mmcv', SUPPORTED['mmcv']) if is_mmcv else ''
        return f'{name} does not import ({error})', command
    if not fits(found, wanted):
        problem = f'{name} >={oldest},<{too_new} is needed and {found} is installed'
        return problem, install_command(name, wanted)
    return '', ''


def command_for_module(module: str) -> str:
    """Return the command that installs a module outside the stack, else an empty text."""
    name = module.split('.')[0]
    if not name or name in SUPPORTED or name in OPTIONAL:
        return ''
    return f'pip install {MODULES.get(name, name)}'
